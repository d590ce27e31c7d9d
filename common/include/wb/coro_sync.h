#ifndef WB_CORO_SYNC_H
#define WB_CORO_SYNC_H

/**
 * @file coro_sync.h
 * How coroutines of one loop wait for each other without handing anything
 * over: an event, and a semaphore that bounds how many are inside.
 *
 *     static struct wb_coro_event ready = WB_CORO_EVENT_INIT(ready);
 *     wb_coro_event_wait(&ready, WB_FOREVER);        // until somebody sets it
 *
 *     struct wb_coro_semaphore slots = WB_CORO_SEMAPHORE_INIT(slots, 8);
 *     if (wb_coro_semaphore_acquire(&slots, WB_FOREVER) == 0) {
 *         fetch(page);                               // eight at a time
 *         wb_coro_semaphore_release(&slots);
 *     }
 *
 * The caller owns the storage; while somebody waits it must stay. Waiting is
 * for coroutines; the rest may also be called from callbacks of the loop.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wb/coro.h"

/** Both ends of a list of those that wait; not to be touched. */
struct wb_coro_list {
    struct wb_coro_list *prev, *next; /* of an empty list: itself */
};

/** Something that has happened or not. */
struct wb_coro_event {
    struct wb_coro_list waiters; /* owner thread only */
    bool set;                    /* owner thread only */
};

/** Initial value of an event called name. */
#define WB_CORO_EVENT_INIT(name)                                               \
    {                                                                          \
        { &(name).waiters, &(name).waiters }, false                            \
    }

/** It has happened: all who wait go on, and nobody waits any more. */
void wb_coro_event_set(struct wb_coro_event *e);

/** It has not: those who come now wait. */
void wb_coro_event_clear(struct wb_coro_event *e);

/** Wait until it has happened. @return 0, -ETIMEDOUT or -ECANCELED */
int wb_coro_event_wait(struct wb_coro_event *e, int64_t deadline);

/** So many may be inside. */
struct wb_coro_semaphore {
    struct wb_coro_list waiters; /* owner thread only */
    size_t free;                 /* owner thread only */
};

/** Initial value of a semaphore called name with n places. */
#define WB_CORO_SEMAPHORE_INIT(name, n)                                        \
    {                                                                          \
        { &(name).waiters, &(name).waiters }, (n)                              \
    }

/**
 * Take a place, waiting until there is one; first come, first served.
 * @return 0, -ETIMEDOUT or -ECANCELED
 */
int wb_coro_semaphore_acquire(struct wb_coro_semaphore *s, int64_t deadline);

/** Give a place back; whoever has waited longest gets it. */
void wb_coro_semaphore_release(struct wb_coro_semaphore *s);

#endif
