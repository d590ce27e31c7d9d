/*
 * A bounded FIFO that can be closed: what it is made of. What each call
 * promises: wb/queue.h. queue.c has push and pop, queue_end.c close, join and
 * the queries.
 *
 * The queue has two doors, each with a lock of its own. Producers come in by
 * one, consumers go out by the other, and do not stand in each other's way. A
 * door counts what has ever passed through it, and remembers what the other
 * had counted when somebody last looked there:
 *
 *   in.seen <= out.count <= out.seen <= in.count <= in.seen + capacity
 *
 * So there is at least what a door believes, and mostly its own lock is
 * enough. Whoever believes that he has to wait takes both, out.mu, then in.mu,
 * and knows. What is traded for it: two locks for those who wait and for
 * close(), more memory, and counts that only both locks together keep still.
 *
 * No wakeup is lost. Whoever has to wait says so with both locks held, and
 * keeps out.mu until he sleeps:
 *
 *   not_empty  an item that comes wakes one popper: signal.
 *   not_full   a slot that becomes free wakes one pusher: signal.
 *   all_done   the last item that is done wakes every joiner: broadcast.
 *
 * For each condition one sleeper is told at a time, however many items or
 * slots come until he runs: a burst of pushes asks the kernel once. Whoever
 * wakes holds both locks, and tells the next if there is more than he takes.
 * So while somebody sleeps and there is something for him, one is on his way
 * who has been told, or already looks. What is traded: many sleepers wake one
 * after the other.
 *
 * A signal may go to one whose deadline has come: he looks once more.
 */
#ifndef WB_QUEUE_IMPL_H
#define WB_QUEUE_IMPL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "wb/base.h"

enum { APART = 128 }; /* two cache lines: they are fetched in pairs */

/* region: state */
/* Those who wait for a condition; guarded by the lock of the door whose count
 * makes it true. They sleep with out.mu. */
struct sleepers {
    size_t asleep; /* how many */
    bool told;     /* one has been chosen to wake, and has not run since */
    pthread_cond_t cond;
};

struct wb_queue {
    /* const after init */
    size_t capacity;

    _Alignas(APART) struct { /* what one writes does not slow the other */
        pthread_mutex_t mu;
        /* guarded by in.mu */
        size_t count; /* items pushed, ever */
        size_t seen;  /* of out.count, when somebody last looked */
        size_t at;    /* where in the ring the next item goes */
        size_t peak;  /* the most there were at once, but at least 1 */
        bool closed;  /* never becomes false again */
        struct sleepers not_empty; /* in.count > out.count, or closed */
    } in;
    _Alignas(APART) struct {
        pthread_mutex_t mu;
        /* guarded by out.mu */
        size_t count;             /* items popped, ever */
        size_t seen;              /* of in.count, when somebody last looked */
        size_t at;                /* where in the ring the oldest item is */
        size_t done;              /* items marked done, ever */
        struct sleepers not_full; /* less than capacity above, or closed */
        pthread_cond_t all_done;  /* done == in.count */
    } out;
    /* guarded by in.mu while the slot is free, by out.mu while it is not */
    _Alignas(APART) void *items[]; /* a ring of capacity slots */
};
/* endregion: state */

static inline void lock(pthread_mutex_t *mu)
{
    WB_MUST(pthread_mutex_lock(mu));
}

static inline void unlock(pthread_mutex_t *mu)
{
    WB_MUST(pthread_mutex_unlock(mu));
}

static inline void lock_both(struct wb_queue *q)
{
    lock(&q->out.mu);
    lock(&q->in.mu);
}

static inline void unlock_both(struct wb_queue *q)
{
    unlock(&q->in.mu);
    unlock(&q->out.mu);
}

#endif
