/*
 * What a process is blocked in, and what it holds. See wb/inspect.h.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proc.h"
#include "wb/base.h"
#include "wb/inspect.h"

/* Calls that block, and whether their first argument is a descriptor. */
struct call {
    long number;
    const char *name;
    bool has_fd;
};

/* clang-format off */
static const struct call calls[] = {
#define FD(name) { SYS_##name, #name, true }
#define NO_FD(name) { SYS_##name, #name, false }
    FD(read), FD(write), FD(readv), FD(writev), FD(recvfrom), FD(sendto),
    FD(recvmsg), FD(sendmsg), FD(accept), FD(accept4), FD(connect),
    FD(epoll_pwait), FD(ioctl), FD(flock), FD(fcntl), FD(fsync), FD(splice),
    NO_FD(futex), NO_FD(wait4), NO_FD(waitid), NO_FD(nanosleep),
    NO_FD(clock_nanosleep), NO_FD(ppoll), NO_FD(pselect6), NO_FD(openat),
    NO_FD(rt_sigtimedwait), NO_FD(rt_sigsuspend), NO_FD(restart_syscall),
#ifdef SYS_poll /* older calls, which newer machines do without */
    NO_FD(poll), NO_FD(select), NO_FD(pause), FD(epoll_wait),
#endif
#undef FD
#undef NO_FD
};
/* clang-format on */

enum { CALLS = sizeof(calls) / sizeof(calls[0]), BETWEEN_LOOKS_MS = 1 };

static const struct call *find_call(long number)
{
    for (int i = 0; i < CALLS; i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}

static void name_target(pid_t pid, struct wb_blocked *out)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, out->fd);
    ssize_t n = readlink(path, out->target, sizeof(out->target) - 1);
    out->target[n > 0 ? n : 0] = '\0';
}

/* text is "running", or "-1 ...", or "NUMBER ARGUMENT ARGUMENT..." */
static void parse_call(pid_t pid, const char *text, struct wb_blocked *out)
{
    unsigned long first = 0;
    if (sscanf(text, "%ld %lx", &out->number, &first) < 1) {
        snprintf(out->syscall, sizeof(out->syscall), "running");
        return;
    }
    const struct call *call = find_call(out->number);
    if (out->number < 0)
        snprintf(out->syscall, sizeof(out->syscall), "none");
    else if (call == NULL)
        snprintf(out->syscall, sizeof(out->syscall), "#%ld", out->number);
    else
        snprintf(out->syscall, sizeof(out->syscall), "%s", call->name);
    if (call != NULL && call->has_fd) {
        out->fd = (int)first;
        name_target(pid, out);
    }
}

/* A thread is read where its process keeps it: /proc/PID/task/TID. */
static int read_state(pid_t pid, pid_t tid, struct wb_blocked *out)
{
    char text[512];
    int rc = wb_proc_read(text, sizeof(text), "/proc/%d/task/%d/stat", (int)pid,
                          (int)tid);
    const char *after = rc < 0 ? NULL : strrchr(text, ')');
    if (after == NULL || sscanf(after, ") %c", &out->state) != 1)
        return rc < 0 ? rc : -ESRCH;
    wb_proc_read(out->name, sizeof(out->name), "/proc/%d/task/%d/comm",
                 (int)pid, (int)tid);
    rc = wb_proc_read(out->wchan, sizeof(out->wchan), "/proc/%d/task/%d/wchan",
                      (int)pid, (int)tid);
    if (rc < 0 || strcmp(out->wchan, "0") == 0)
        out->wchan[0] = '\0';
    return 0;
}

static bool is_over(const struct wb_blocked *at)
{
    return at->state == 'Z' || at->state == 'X';
}

int wb_thread_blocked(pid_t pid, pid_t tid, struct wb_blocked *out)
{
    char text[256];
    *out = (struct wb_blocked){ .tid = tid, .number = -1, .fd = -1 };
    int rc = read_state(pid, tid, out);
    if (rc < 0)
        return rc;
    if (is_over(out)) {
        snprintf(out->syscall, sizeof(out->syscall), "none");
        return 0;
    }
    rc = wb_proc_read(text, sizeof(text), "/proc/%d/task/%d/syscall", (int)pid,
                      (int)tid);
    if (rc == -ESRCH && read_state(pid, tid, out) == 0 && !is_over(out))
        return -ENOENT; /* the thread is there: it is the file that is not */
    if (rc < 0)
        return rc;
    parse_call(pid, text, out);
    return 0;
}

int wb_proc_blocked(pid_t pid, struct wb_blocked *out)
{
    return wb_thread_blocked(pid, pid, out);
}

int wb_proc_wait_blocked(pid_t pid, const char *syscall, int64_t deadline,
                         struct wb_blocked *out)
{
    for (;;) {
        bool last = wb_deadline_passed(deadline);
        int rc = wb_proc_blocked(pid, out);
        if (rc < 0)
            return rc;
        if (out->state == 'Z' || out->state == 'X')
            return -ESRCH;
        if (strchr("SD", out->state) && strcmp(out->syscall, syscall) == 0)
            return 0;
        if (last)
            return -ETIMEDOUT;
        poll(NULL, 0, BETWEEN_LOOKS_MS);
    }
}

/* -- counting ----------------------------------------------------------- */

int wb_proc_threads(pid_t pid)
{
    return wb_proc_count("/proc/%d/task", (int)pid);
}

int wb_proc_descriptors(pid_t pid)
{
    int n = wb_proc_count("/proc/%d/fd", (int)pid);
    /* Reading our own directory opens it, so it lists that descriptor too. */
    return n > 0 && pid == getpid() ? n - 1 : n;
}

static int count_children(pid_t pid, bool only_zombies)
{
    struct wb_proc_stat *all, self;
    size_t n;
    int count = 0, rc = wb_proc_stat(pid, &self);
    if (rc == 0)
        rc = wb_proc_scan(&all, &n);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (all[i].ppid == pid && (!only_zombies || all[i].state == 'Z'))
            count++;
    free(all);
    return count;
}

int wb_proc_children(pid_t pid)
{
    return count_children(pid, false);
}

int wb_proc_zombies(pid_t pid)
{
    return count_children(pid, true);
}
