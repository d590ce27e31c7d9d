/*
 * Which processes belong to a program: counting them, and killing those that
 * left its group. See subprocess_impl.h.
 *
 * A process that calls setsid() escapes every signal to the group. When its
 * parent dies it is handed to the nearest subreaper, so a sweep makes the
 * caller one: an escapee then turns up as a child of ours that we did not
 * start. It is killed with all that descends from it, again and again until
 * a look at /proc finds none. Nothing waits between a look and the killing,
 * so that a program that keeps forking falls behind.
 */

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"
#include "subprocess_impl.h"
#include "wb/base.h"

enum { BETWEEN_ROUNDS_MS = 1 };

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

/* -- what was started here ------------------------------------------------ */

void wb_subprocess_enlist_locked(struct wb_subprocess *p)
{
    p->next = started;
    started = p;
}

void wb_subprocess_delist_locked(struct wb_subprocess *p)
{
    struct wb_subprocess **link = &started;
    while (*link != NULL && *link != p)
        link = &(*link)->next;
    if (*link != NULL)
        *link = p->next;
}

/* Does s belong to something in the list, by its process or its group? */
static bool is_listed_locked(const struct wb_proc_stat *s)
{
    for (const struct wb_subprocess *q = started; q != NULL; q = q->next)
        if (q->pid == s->pid || q->pid == s->pgrp)
            return true;
    return false;
}

/* -- adopting ------------------------------------------------------------- */

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
    if (s->ppid != getpid() || is_listed_locked(s))
        return false;
    for (size_t i = 0; i < p->nbefore; i++)
        if (p->before[i] == s->pid)
            return false;
    return true;
}

/* -- who belongs to it ------------------------------------------------------
 */

static int compare_pid(const void *key, const void *element)
{
    pid_t pid = *(const pid_t *)key;
    pid_t other = ((const struct wb_proc_stat *)element)->pid;
    return (pid > other) - (pid < other);
}

/* In its group, or, for a sweep, an orphan or a child of one of them? */
static bool belongs_locked(const struct wb_subprocess *p,
                           const struct wb_proc_stat *all, size_t n,
                           const bool *marked, size_t i)
{
    if (all[i].pgrp == p->pid)
        return true;
    if (!p->sweep || is_listed_locked(&all[i]))
        return false;
    const struct wb_proc_stat *parent =
        bsearch(&all[i].ppid, all, n, sizeof(*all), compare_pid);
    return is_orphan_locked(p, &all[i]) ||
           (parent != NULL && marked[parent - all]);
}

/* Mark what belongs to p and lives. Returns how many those are. */
static unsigned mark_locked(const struct wb_subprocess *p,
                            const struct wb_proc_stat *all, size_t n,
                            bool *marked)
{
    unsigned count = 0, before;
    do { /* a child may stand before its parent: again until none comes */
        before = count;
        for (size_t i = 0; i < n; i++) {
            if (marked[i] || wb_proc_is_dead(&all[i]))
                continue;
            marked[i] = belongs_locked(p, all, n, marked, i);
            count += marked[i];
        }
    } while (count != before);
    return count;
}

unsigned wb_subprocess_count(const struct wb_subprocess *p)
{
    struct wb_proc_stat *all;
    size_t n;
    if (wb_proc_scan(&all, &n) < 0)
        return 0;
    bool *marked = wb_alloc(n, sizeof(*marked));
    wb_subprocess_lock();
    unsigned count = mark_locked(p, all, n, marked);
    wb_subprocess_unlock();
    free(marked);
    free(all);
    return count;
}

/* -- sweeping ---------------------------------------------------------------
 */

/* Reap an orphan that has ended; those that we killed are counted. */
static void reap_orphan(struct wb_subprocess *p, pid_t pid)
{
    int status;
    if (waitpid(pid, &status, WNOHANG) == pid && WIFSIGNALED(status) &&
        WTERMSIG(status) == SIGKILL)
        p->res.swept++;
}

/* Kill what can be seen of p, and reap what has ended, once it is no longer
 * listed. Returns how many that were. */
static unsigned sweep_once_locked(struct wb_subprocess *p, bool reaping)
{
    struct wb_proc_stat *all;
    size_t n;
    if (wb_proc_scan(&all, &n) < 0)
        return 0;
    bool *marked = wb_alloc(n, sizeof(*marked));
    unsigned found = mark_locked(p, all, n, marked);
    for (size_t i = 0; i < n; i++)
        if (marked[i])
            kill(all[i].pid, SIGKILL);
    for (size_t i = 0; i < n && reaping; i++) {
        if (!wb_proc_is_dead(&all[i]) || !is_orphan_locked(p, &all[i]))
            continue;
        reap_orphan(p, all[i].pid);
        found++;
    }
    free(marked);
    free(all);
    return found;
}

void wb_subprocess_strike(struct wb_subprocess *p)
{
    wb_subprocess_lock();
    sweep_once_locked(p, false);
    wb_subprocess_unlock();
}

void wb_subprocess_sweep_locked(struct wb_subprocess *p, int64_t deadline)
{
    while (sweep_once_locked(p, true) > 0 && !wb_deadline_passed(deadline))
        poll(NULL, 0, BETWEEN_ROUNDS_MS); /* for the killed to die */
}
