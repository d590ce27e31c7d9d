#ifndef WB_CORO_QUEUE_H
#define WB_CORO_QUEUE_H

/**
 * @file coro_queue.h
 * A bounded FIFO of pointers between coroutines of one loop; what queue.h is
 * between threads, without a lock.
 *
 *     struct wb_coro_queue *q;
 *     WB_MUST(wb_coro_queue_create(&q, 16));
 *     wb_coro_queue_push(q, item);               // waits while it is full
 *     while (wb_coro_queue_pop(q, &item) == 0) { // waits while it is empty
 *         handle(item);
 *         wb_coro_queue_task_done(q);
 *     }                                          // -EPIPE: closed and drained
 *
 * Those who wait are served in the order in which they came. All of it
 * belongs to the thread of the loop; create, free, try, close and the queries
 * may also be called from its callbacks, or before and after it runs.
 */

#include <stddef.h>
#include <stdint.h>

#include "wb/coro.h"

/** A queue; only ever behind a pointer. */
struct wb_coro_queue;

/**
 * Make an open, empty queue that holds capacity items.
 * @return 0, -EINVAL (no capacity) or -ENOMEM; *out is set only on 0
 */
int wb_coro_queue_create(struct wb_coro_queue **out, size_t capacity);

/** Free the queue; NULL is allowed. Nobody may wait in a call on it. */
void wb_coro_queue_free(struct wb_coro_queue *q);

/**
 * Append item, waiting while the queue is full.
 *
 * @param item  not copied; the popper owns it, on error the caller still does
 * @return 0, -EPIPE (closed), -ECANCELED
 */
int wb_coro_queue_push(struct wb_coro_queue *q, void *item);

/** The same until a deadline. @return also -ETIMEDOUT */
int wb_coro_queue_push_until(struct wb_coro_queue *q, void *item,
                             int64_t deadline);

/** Append item if there is room now. @return 0, -EPIPE or -EAGAIN (full) */
int wb_coro_queue_try_push(struct wb_coro_queue *q, void *item);

/**
 * Take the oldest item, waiting while the queue is open and empty.
 *
 * @param item  receives it, now the caller's; untouched on error
 * @return 0, -EPIPE (closed, and nothing left), -ECANCELED
 */
int wb_coro_queue_pop(struct wb_coro_queue *q, void **item);

/** The same until a deadline. @return also -ETIMEDOUT */
int wb_coro_queue_pop_until(struct wb_coro_queue *q, void **item,
                            int64_t deadline);

/** Take the oldest item if there is one. @return 0, -EPIPE, -EAGAIN (empty) */
int wb_coro_queue_try_pop(struct wb_coro_queue *q, void **item);

/** From now on pushes fail; pops drain what is left and then fail. */
void wb_coro_queue_close(struct wb_coro_queue *q);

/** Say that one popped item has been handled. One too many is misuse. */
void wb_coro_queue_task_done(struct wb_coro_queue *q);

/**
 * Wait until every item that was pushed has been marked done.
 * @return 0, -ETIMEDOUT or -ECANCELED
 */
int wb_coro_queue_join(struct wb_coro_queue *q, int64_t deadline);

/** @return items in the queue */
size_t wb_coro_queue_size(const struct wb_coro_queue *q);

/** @return the most items that were ever in the queue at once */
size_t wb_coro_queue_peak(const struct wb_coro_queue *q);

/** @return items pushed and not yet marked done */
size_t wb_coro_queue_unfinished(const struct wb_coro_queue *q);

#endif
