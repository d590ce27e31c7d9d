/*
 * The end of a program: kill its group, reap it, complete its result. See
 * subprocess_impl.h.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"
#include "subprocess_impl.h"
#include "wb/base.h"
#include "wb/trace.h"

enum {
    DEATH_MS = 10000, /* a process in a system call may take a while */
    STRIKES = 10
};

/* Wait for a killed process that need not be our child. */
static void await_death(const struct wb_proc_stat *s, int64_t deadline)
{
    int fd = (int)syscall(SYS_pidfd_open, s->pid, 0);
    if (fd >= 0) {
        struct pollfd watch = { fd, POLLIN, 0 };
        while (poll(&watch, 1, wb_deadline_poll_ms(deadline)) < 0 &&
               errno == EINTR)
            ;
        close(fd);
    }
    if (s->ppid == getpid())
        waitpid(s->pid, NULL, WNOHANG);
}

/* Wait until nothing of the group runs. Its leader has been reaped. One that
 * is dead, and whose parent is not us, is its parent's to reap. */
static void await_group(pid_t group, int64_t deadline)
{
    bool found = true;
    while (found && kill(-group, SIGKILL) == 0) {
        struct wb_proc_stat *all;
        size_t n;
        if (wb_proc_scan(&all, &n) < 0)
            return;
        found = false;
        for (size_t i = 0; i < n; i++) {
            bool ours = all[i].ppid == getpid();
            if (all[i].pgrp != group || (!ours && wb_proc_is_dead(&all[i])))
                continue;
            found = true;
            await_death(&all[i], deadline);
        }
        free(all);
        if (wb_deadline_passed(deadline))
            return;
    }
}

/* One that ended by itself at the last moment has ended by itself. */
static void set_outcome(struct wb_subprocess *p, int status)
{
    bool exited = WIFEXITED(status);
    p->res.outcome = exited ? WB_EXITED : WB_SIGNALED;
    p->res.code = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    bool by_us = !exited && p->res.code == SIGKILL;
    if (p->killed && (by_us || p->verdict == WB_TOO_MUCH_OUTPUT))
        p->res.outcome = p->verdict;
}

static int reap(pid_t pid, int *status)
{
    pid_t rc;
    do
        rc = waitpid(pid, status, 0);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? -errno : 0;
}

/* A group dies at one blow. Those that left it are struck one by one, more
 * than once, because they may make new ones meanwhile. */
static void kill_all(struct wb_subprocess *p)
{
    bool bomb = p->killed && p->verdict == WB_TOO_MANY_PROCESSES;
    kill(-p->pid, SIGKILL);
    kill(p->pid, SIGKILL); /* it may have joined another group */
    for (int i = 0; i < STRIKES && bomb && p->sweep; i++)
        wb_subprocess_strike(p);
}

static void trace_death(const struct wb_subprocess *p)
{
    char name[WB_TRACE_NAME_MAX];

    if (p->track < 0)
        return;
    if (p->res.outcome == WB_SIGNALED) {
        snprintf(name, sizeof(name), "killed by signal %d", p->res.code);
        wb_trace_instant_on(p->track, name);
    }
    wb_trace_end_on(p->track);
}

void wb_subprocess_finish(struct wb_subprocess *p)
{
    int64_t deadline = wb_deadline_in_ms(DEATH_MS);
    int status = 0;
    kill_all(p);
    int rc = reap(p->pid, &status);
    if (rc < 0 && p->error == 0)
        p->error = rc;
    await_group(p->pid, deadline);
    wb_subprocess_lock();
    wb_subprocess_delist_locked(p);
    if (p->sweep)
        wb_subprocess_sweep_locked(p, deadline);
    wb_subprocess_disown_locked(p);
    wb_subprocess_unlock();
    wb_subprocess_drain(p);
    set_outcome(p, status);
    wb_subprocess_close(&p->pidfd);
    wb_subprocess_close(&p->in);
    wb_subprocess_close(&p->out.fd);
    wb_subprocess_close(&p->err.fd);
    wb_subprocess_lower(p);
    wb_subprocess_describe(p);
    trace_death(p);
    p->done = true;
}
