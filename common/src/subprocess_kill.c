/*
 * The end of a program: kill its group, reap it, and sweep up those that
 * left the group. See subprocess_impl.h.
 *
 * A process that calls setsid() escapes every signal to the group. When its
 * parent dies it is handed to the nearest subreaper, so a sweep makes the
 * caller one: an escapee then turns up as a child of ours that we did not
 * start. Killing it hands us its children in turn, until there are none.
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"
#include "subprocess_impl.h"
#include "wb/base.h"

enum { DEATH_MS = 10000 /* a process in a system call may take a while */ };

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
/* guarded by mu */
static struct wb_subprocess *started;
static unsigned adopters;
static int was_subreaper;

void wb_subprocess_lock(void)
{
    WB_MUST(pthread_mutex_lock(&mu));
}

void wb_subprocess_unlock(void)
{
    WB_MUST(pthread_mutex_unlock(&mu));
}

void wb_subprocess_enlist_locked(struct wb_subprocess *p)
{
    p->next = started;
    started = p;
}

static void delist_locked(struct wb_subprocess *p)
{
    struct wb_subprocess **link = &started;
    while (*link != NULL && *link != p)
        link = &(*link)->next;
    if (*link == p)
        *link = p->next;
}

static bool is_zombie(const struct wb_proc_stat *s)
{
    return s->state == 'Z' || s->state == 'X';
}

static bool among(pid_t pid, const pid_t *pids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pids[i] == pid)
            return true;
    return false;
}

/* Does s belong to something in the list, by its process or its group? */
static bool is_listed_locked(const struct wb_proc_stat *s)
{
    for (const struct wb_subprocess *q = started; q != NULL; q = q->next)
        if (q->pid == s->pid || q->pid == s->pgrp)
            return true;
    return false;
}

/* -- adopting ----------------------------------------------------------- */

int wb_subprocess_adopt_locked(struct wb_subprocess *p)
{
    struct wb_proc_stat *all;
    size_t n;
    int rc = wb_proc_scan(&all, &n);
    if (rc < 0)
        return rc;
    p->before = wb_alloc(n, sizeof(*p->before));
    for (size_t i = 0; i < n; i++)
        if (all[i].ppid == getpid() && !is_listed_locked(&all[i]))
            p->before[p->nbefore++] = all[i].pid;
    free(all);
    if (adopters++ == 0) {
        WB_MUST_SYS(prctl(PR_GET_CHILD_SUBREAPER, &was_subreaper, 0, 0, 0));
        WB_MUST_SYS(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    }
    p->adopting = true;
    return 0;
}

void wb_subprocess_disown_locked(struct wb_subprocess *p)
{
    if (p->adopting && --adopters == 0 && !was_subreaper)
        WB_MUST_SYS(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0));
    p->adopting = false;
    free(p->before);
    p->before = NULL;
}

/* An orphan that came to us while p ran: nobody else's child. */
static bool is_orphan_locked(const struct wb_subprocess *p,
                             const struct wb_proc_stat *s)
{
    return s->ppid == getpid() && !is_listed_locked(s) &&
           !among(s->pid, p->before, p->nbefore);
}

/* -- killing ------------------------------------------------------------ */

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

/* Wait until nothing of the group runs. Its leader has been reaped. */
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
            if (all[i].pgrp != group)
                continue;
            bool ours = all[i].ppid == getpid();
            found = found || ours || !is_zombie(&all[i]);
            if (ours || !is_zombie(&all[i]))
                await_death(&all[i], deadline);
        }
        free(all);
        if (wb_deadline_passed(deadline))
            return;
    }
}

/* Kill and reap the orphans that can be seen now. Returns their number. */
static size_t sweep_once_locked(struct wb_subprocess *p, int64_t deadline)
{
    struct wb_proc_stat *all;
    size_t n, found = 0;
    if (wb_proc_scan(&all, &n) < 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_orphan_locked(p, &all[i]))
            continue;
        found++;
        if (!is_zombie(&all[i])) {
            kill(all[i].pid, SIGKILL);
            p->res.swept++;
        }
        await_death(&all[i], deadline);
    }
    free(all);
    return found;
}

static void sweep_locked(struct wb_subprocess *p, int64_t deadline)
{
    while (sweep_once_locked(p, deadline) > 0 && !wb_deadline_passed(deadline))
        ;
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

void wb_subprocess_finish(struct wb_subprocess *p)
{
    int64_t deadline = wb_deadline_in_ms(DEATH_MS);
    int status = 0;
    kill(-p->pid, SIGKILL);
    kill(p->pid, SIGKILL); /* it may have joined another group */
    int rc = reap(p->pid, &status);
    if (rc < 0 && p->error == 0)
        p->error = rc;
    await_group(p->pid, deadline);
    wb_subprocess_lock();
    delist_locked(p);
    if (p->sweep)
        sweep_locked(p, deadline);
    wb_subprocess_disown_locked(p);
    wb_subprocess_unlock();
    wb_subprocess_drain(p);
    set_outcome(p, status);
    wb_subprocess_close(&p->pidfd);
    wb_subprocess_close(&p->in);
    wb_subprocess_close(&p->out.fd);
    wb_subprocess_close(&p->err.fd);
    wb_subprocess_describe(p);
    p->done = true;
}

/* -- counting ----------------------------------------------------------- */

static int compare_pid(const void *key, const void *element)
{
    pid_t pid = *(const pid_t *)key;
    pid_t other = ((const struct wb_proc_stat *)element)->pid;
    return (pid > other) - (pid < other);
}

/* Is all[i] p's: in its group, or, for a sweep, descended from it? */
static bool belongs_locked(const struct wb_subprocess *p,
                           const struct wb_proc_stat *all, size_t n,
                           const bool *counted, size_t i)
{
    if (all[i].pgrp == p->pid)
        return true;
    if (!p->sweep || is_listed_locked(&all[i]))
        return false;
    const struct wb_proc_stat *parent =
        bsearch(&all[i].ppid, all, n, sizeof(*all), compare_pid);
    return is_orphan_locked(p, &all[i]) ||
           (parent != NULL && counted[parent - all]);
}

unsigned wb_subprocess_count(const struct wb_subprocess *p)
{
    struct wb_proc_stat *all;
    size_t n;
    unsigned count = 0, before;
    if (wb_proc_scan(&all, &n) < 0)
        return 0;
    bool *counted = wb_alloc(n, sizeof(*counted));
    wb_subprocess_lock();
    do { /* children may stand before their parents: again until none comes */
        before = count;
        for (size_t i = 0; i < n; i++) {
            if (counted[i] || is_zombie(&all[i]))
                continue;
            counted[i] = belongs_locked(p, all, n, counted, i);
            count += counted[i];
        }
    } while (count != before);
    wb_subprocess_unlock();
    free(counted);
    free(all);
    return count;
}
