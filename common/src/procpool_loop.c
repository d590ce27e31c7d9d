/*
 * The loop of a process pool. See procpool_impl.h.
 *
 * There is no thread in here. Whoever waits for a result runs the loop: hand
 * out, wait until a worker has something to say, receive, replace the dead.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procpool_impl.h"
#include "wb/base.h"

enum {
    FDS_EACH = 3,     /* replies, end, room for tasks */
    BIRTHS_TRIED = 3, /* for each place, before no more are started */
    HUNG_UP_MS = 1000 /* that one may go on without its pipe */
};

/* -- failing ----------------------------------------------------------------
 */

static void fail_job(struct wb_procpool *pool, struct wb_job *job, int rc,
                     const char *message)
{
    job->res.rc = rc;
    job->res.size = strlen(message);
    job->res.bytes = wb_alloc(job->res.size + 1, 1);
    memcpy(job->res.bytes, message, job->res.size + 1);
    wb_jobs_push(&pool->done, job);
}

void wb_procpool_fail_all(struct wb_procpool *pool, struct wb_jobs *jobs,
                          int rc, const char *message)
{
    struct wb_job *job;
    while ((job = wb_jobs_pop(jobs)) != NULL)
        fail_job(pool, job, rc, message);
}

/* -- workers ----------------------------------------------------------------
 */

/* Fill the empty places. Returns how many workers there are, or why none. */
int wb_procpool_start_missing(struct wb_procpool *pool)
{
    int alive = 0, rc = 0;
    for (size_t i = 0; i < pool->n; i++) {
        if (pool->links[i].process == NULL)
            rc = wb_link_start(&pool->links[i], pool->fn);
        alive += pool->links[i].process != NULL;
    }
    return alive > 0 ? alive : rc;
}

/*
 * The worker has ended, and what it wrote has been read. The first job it had
 * is the one it died of, if anything of it had been sent; the others were
 * never begun. One that never was ready has begun nothing.
 */
static void bury(struct wb_procpool *pool, struct wb_link *l)
{
    char why[200], message[256];
    bool ready = l->greeted;
    bool began = l->sent.first != NULL &&
                 (l->sending != l->sent.first || l->sent_bytes > 0);
    int number = wb_link_stop(l, HUNG_UP_MS, why, sizeof(why));
    pool->births = ready ? 0 : pool->births + 1;
    if (!ready)
        snprintf(pool->why, sizeof(pool->why),
                 "workers end before they are ready: %s", why);
    if (ready && began) {
        struct wb_job *job = wb_jobs_pop(&l->sent);
        job->res.signal = number;
        snprintf(message, sizeof(message), "its worker died: %s", why);
        fail_job(pool, job, -EOWNERDEAD, message);
    }
    wb_jobs_return(&pool->queued, &l->sent);
    pool->replaced++;
}

/* Fill the places of the dead. When none can be, no task will ever be done. */
static void replace(struct wb_procpool *pool)
{
    int rc = -ECHILD;
    if (pool->births < BIRTHS_TRIED * (int)pool->n) {
        rc = wb_procpool_start_missing(pool);
        if (rc > 0)
            return;
        snprintf(pool->why, sizeof(pool->why), "no worker can be started: %s",
                 strerror(-rc));
    }
    for (size_t i = 0; i < pool->n; i++)
        if (pool->links[i].process != NULL && pool->links[i].greeted)
            return;
    wb_procpool_fail_all(pool, &pool->queued, -ECHILD, pool->why);
    pool->births = 0;
}

/* -- the loop ---------------------------------------------------------------
 */

/*
 * How many chunks a worker gets ahead. Two keep it busy while we are told of
 * the first. But when it had answered all it had before we looked, it waited
 * for us: give it twice as many. When it had answered one, it is slow, and
 * tasks that wait behind others are better kept for whoever is free.
 */
/* region: window */
static void adapt_window(struct wb_link *l, size_t chunk)
{
    if (l->sent.count == 0 && l->window < WB_PROCPOOL_WINDOW_MAX)
        l->window *= 2;
    else if (l->nanswers <= chunk && l->window > 2)
        l->window /= 2;
}
/* endregion: window */

/* An idle worker gets a chunk in any case. Ahead of that it gets no more than
 * its share of half of what is left: the end of a map is dealt out one by one,
 * so that no worker sits idle while tasks wait behind another's. */
/* region: hand_out */
static bool may_have_more(const struct wb_procpool *pool,
                          const struct wb_link *l)
{
    size_t share = 1 + pool->queued.count / (2 * pool->n * pool->chunk);
    size_t most = l->window < share ? l->window : share;
    return pool->queued.count > 0 &&
           l->sent.count + pool->chunk <= most * pool->chunk;
}

static void hand_out(struct wb_procpool *pool, struct wb_link *l)
{
    while (may_have_more(pool, l) ||
           (l->sent.count == 0 && pool->queued.count > 0))
        for (size_t i = 0; i < pool->chunk && pool->queued.count > 0; i++)
            wb_link_give(l, wb_jobs_pop(&pool->queued));
    wb_link_send(l);
}
/* endregion: hand_out */

static size_t list_fds(const struct wb_procpool *pool, struct pollfd *fds)
{
    size_t n = 0;
    for (size_t i = 0; i < pool->n; i++) {
        const struct wb_link *l = &pool->links[i];
        if (l->process == NULL)
            continue;
        fds[n++] = (struct pollfd){ l->replies, POLLIN, 0 };
        fds[n++] = (struct pollfd){ wb_link_end_fd(l), POLLIN, 0 };
        if (l->sending != NULL)
            fds[n++] = (struct pollfd){ l->tasks, POLLOUT, 0 };
    }
    return n;
}

/* Take what l says. If it has ended, take all it said before. */
static void serve(struct wb_procpool *pool, struct wb_link *l, bool ended)
{
    int rc;
    l->nanswers = 0;
    do
        rc = wb_link_receive(l, &pool->done);
    while (rc > 0 && ended);
    if (ended || rc < 0)
        bury(pool, l);
    else if (l->nanswers > 0)
        adapt_window(l, pool->chunk);
}

/* region: turn */
int wb_procpool_turn(struct wb_procpool *pool, int64_t deadline)
{
    struct pollfd fds[FDS_EACH * WB_PROCPOOL_WORKERS_MAX];
    replace(pool);
    if (pool->done.first != NULL)
        return 0;
    for (size_t i = 0; i < pool->n; i++)
        if (pool->links[i].process != NULL)
            hand_out(pool, &pool->links[i]);
    size_t n = list_fds(pool, fds);
    if (poll(fds, n, wb_deadline_poll_ms(deadline)) < 0)
        return errno == EINTR ? 0 : -errno;
    for (size_t i = 0, at = 0; i < pool->n; i++) {
        struct wb_link *l = &pool->links[i];
        if (l->process == NULL)
            continue;
        bool said = fds[at++].revents != 0, ended = fds[at++].revents != 0;
        at += l->sending != NULL;
        if (said || ended)
            serve(pool, l, ended);
    }
    return 0;
}
/* endregion: turn */
