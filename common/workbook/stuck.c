/* What the threads of a process group are doing, from /proc. */
#include "stuck.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

struct description {
    char *dst;
    size_t size, used;
    bool running;
};

static void add_line(struct description *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void add_line(struct description *d, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    size_t room = d->size - d->used;
    int n = vsnprintf(d->dst + d->used, room, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < room)
        d->used += (size_t)n;
    else
        d->dst[d->used] = '\0'; /* whole lines only */
}

/* What it is blocked on. The number of a pipe says nothing to anybody; who
 * could end the wait does. */
static void name_target(const struct wb_blocked *b, char *dst, size_t size)
{
    enum { SHOWN = 4 };
    pid_t peers[SHOWN];
    bool reads = strncmp(b->syscall, "read", 4) == 0;
    snprintf(dst, size, "%s%s", b->target[0] != '\0' ? " of " : "", b->target);
    if (strncmp(b->target, "pipe:", 5) != 0)
        return;
    int n = wb_inspect_holders(b->target, reads, peers, SHOWN);
    size_t used = (size_t)snprintf(dst, size, " of a pipe that %s",
                                   n > 0 ? "" : "nobody");
    for (int i = 0; i < n && i < SHOWN && used < size; i++) {
        struct wb_blocked peer;
        bool known = wb_proc_blocked(peers[i], &peer) == 0;
        used +=
            (size_t)snprintf(dst + used, size - used, "%s%s",
                             i > 0 ? " or " : "", known ? peer.name : "one");
    }
    if (used < size)
        snprintf(dst + used, size - used, " can %s", reads ? "write" : "read");
}

/* The kernel's name of a thread is its program's unless it chose another. */
static void describe_thread(struct description *d, pid_t pid, pid_t tid,
                            int number)
{
    char target[160];
    struct wb_blocked b;
    if (wb_thread_blocked(pid, tid, &b) < 0) {
        add_line(d, "thread %d: the kernel does not let us see\n", number);
        return;
    }
    name_target(&b, target, sizeof target);
    d->running |= b.state == 'R';
    if (b.state == 'R')
        add_line(d, "%s, thread %d: running\n", b.name, number);
    else if (b.state == 'Z')
        add_line(d, "%s, thread %d: ended, waited for by nobody\n", b.name,
                 number);
    else
        add_line(d, "%s, thread %d: blocked in %s%s\n", b.name, number,
                 b.syscall, target);
}

static void describe_process(struct description *d, pid_t pid)
{
    char path[64];
    struct dirent *e;
    int number = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    while ((e = readdir(dir)) != NULL) {
        if (isdigit((unsigned char)e->d_name[0]))
            describe_thread(d, pid, (pid_t)atoi(e->d_name), ++number);
    }
    closedir(dir);
}

bool wb_stuck_describe(pid_t group, char *dst, size_t size)
{
    struct description d = { .dst = dst, .size = size };
    struct wb_proc_stat *all = NULL;
    size_t n = 0;
    dst[0] = '\0';
    if (wb_proc_scan(&all, &n) < 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (all[i].pgrp == group)
            describe_process(&d, all[i].pid);
    }
    free(all);
    return d.running;
}

/* Could this process, which captures what the program prints, end the wait? */
static bool is_ours(const struct wb_blocked *b)
{
    enum { SHOWN = 64 };
    pid_t peers[SHOWN];
    bool reads = strncmp(b->syscall, "read", 4) == 0;
    int n = wb_inspect_holders(b->target, reads, peers, SHOWN);
    for (int i = 0; i < n && i < SHOWN; i++) {
        if (getpgid(peers[i]) != getpgid(b->tid))
            return true;
    }
    return n < 0 || n > SHOWN;
}

static bool waits_within(pid_t tid, pid_t pid, bool *alive)
{
    struct wb_blocked b;
    if (wb_thread_blocked(pid, tid, &b) < 0)
        return false;
    if (b.state == 'Z')
        return true;
    *alive = true;
    if (strcmp(b.syscall, "futex") == 0 || strcmp(b.syscall, "wait4") == 0 ||
        strcmp(b.syscall, "waitid") == 0)
        return true;
    return strncmp(b.target, "pipe:", 5) == 0 && !is_ours(&b);
}

static bool process_waits_within(pid_t pid, bool *alive)
{
    char path[64];
    struct dirent *e;
    bool within = true;
    *alive = false;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return false;
    while (within && (e = readdir(dir)) != NULL) {
        if (isdigit((unsigned char)e->d_name[0]))
            within = waits_within((pid_t)atoi(e->d_name), pid, alive);
    }
    closedir(dir);
    return within;
}

/* Of the leader some thread must be there: when all have ended, it waits for
 * nothing but to be reaped, by us. */
static bool group_waits_within(pid_t group)
{
    struct wb_proc_stat *all = NULL;
    size_t n = 0;
    bool alive, within = wb_proc_scan(&all, &n) >= 0;
    for (size_t i = 0; within && i < n; i++) {
        if (all[i].pgrp == group)
            within = process_waits_within(all[i].pid, &alive) &&
                     (alive || all[i].pid != group);
    }
    free(all);
    return within;
}

bool wb_stuck_for_ever(pid_t pid)
{
    uint64_t before, after;
    return wb_inspect_look(pid, 0, &before) == 1 && group_waits_within(pid) &&
           wb_inspect_look(pid, 0, &after) == 1 && before == after;
}
