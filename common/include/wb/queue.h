#ifndef WB_QUEUE_H
#define WB_QUEUE_H

/**
 * @file queue.h
 * A bounded FIFO of pointers that can be closed.
 *
 *     struct wb_queue *q;
 *     WB_MUST(wb_queue_create(&q, 16));
 *     WB_MUST(wb_queue_push(q, item));      // the producer: waits while full
 *     while (wb_queue_pop(q, &item) == 0) { // the consumer: waits while empty
 *         handle(item);
 *         wb_queue_task_done(q);
 *     }                                     // -EPIPE: closed and drained
 *
 * The bound is the back-pressure: a producer that is too fast waits. close()
 * is how consumers learn that nothing more will come. task_done() and join()
 * are how a producer learns that everything was handled, not merely taken.
 *
 * Producers and consumers have a lock each, so that neither stands in the
 * other's way; whoever has to wait, close() and some queries take both. Threads
 * that wait for the same thing are woken one after the other: each wakes the
 * next, if there is something left for it. No item lies while somebody waits.
 *
 * Any thread may call any of these at the same time, except create and free.
 * None may be called from a signal handler; a thread inside one of them must
 * not be cancelled with pthread_cancel().
 *
 * Deadlines are those of base.h: CLOCK_MONOTONIC, nanoseconds, absolute.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** A queue; only ever behind a pointer. */
struct wb_queue;

/* -- life cycle --------------------------------------------------------- */

/**
 * Make an open, empty queue that holds capacity items.
 *
 * @param out       receives the queue; the caller frees it with wb_queue_free()
 * @param capacity  at least 1
 * @return 0, -EINVAL (no capacity) or -ENOMEM; *out is set only on 0
 */
int wb_queue_create(struct wb_queue **out, size_t capacity);

/**
 * Free the queue; NULL is allowed. Nobody may be inside a call on it, or
 * start one. Items still in it are the caller's business: pop them first.
 */
void wb_queue_free(struct wb_queue *q);

/* -- operations --------------------------------------------------------- */

/**
 * Append item, blocking while the queue is full.
 *
 * @param item      not copied; the popper owns it, on error the caller still
 *                  does; NULL is an item like any other
 * @param deadline  how long to wait at most
 * @return 0, -EPIPE (closed) or -ETIMEDOUT (still full)
 */
int wb_queue_push_until(struct wb_queue *q, void *item, int64_t deadline);

/** wb_queue_push_until() with WB_FOREVER. @return 0 or -EPIPE */
int wb_queue_push(struct wb_queue *q, void *item);

/** Append item if there is room now. @return 0, -EPIPE or -EAGAIN (full) */
int wb_queue_try_push(struct wb_queue *q, void *item);

/**
 * Take the oldest item, blocking while the queue is open and empty.
 *
 * @param item      receives the item, which is now the caller's; untouched on
 *                  error
 * @param deadline  how long to wait at most
 * @return 0, -EPIPE (closed, and nothing left) or -ETIMEDOUT (still empty)
 */
int wb_queue_pop_until(struct wb_queue *q, void **item, int64_t deadline);

/** wb_queue_pop_until() with WB_FOREVER. @return 0 or -EPIPE */
int wb_queue_pop(struct wb_queue *q, void **item);

/** Take the oldest item if there is one. @return 0, -EPIPE, -EAGAIN (empty) */
int wb_queue_try_pop(struct wb_queue *q, void **item);

/* -- many at once: one lock and one wakeup for all of them ---------------- */

/**
 * Append n items in that order, blocking while there is no room for the rest.
 * Between two of them other producers may push.
 *
 * @return n; fewer when the queue was closed meanwhile: the first so many are
 * in, the rest is still the caller's; -EPIPE when it was closed before
 */
ssize_t wb_queue_push_many(struct wb_queue *q, void *const *items, size_t n);

/**
 * Take the oldest items, as many as there are but at most n, blocking while
 * the queue is open and empty. Unless n is 0, at least one is taken.
 *
 * @return how many were taken, or -EPIPE (closed, and nothing left)
 */
ssize_t wb_queue_pop_many(struct wb_queue *q, void **items, size_t n);

/* -- the end -------------------------------------------------------------- */

/**
 * Close the queue: from now on pushes fail; pops drain what is left and then
 * fail. Wakes everybody who waits to push or pop. Closing twice is allowed.
 */
void wb_queue_close(struct wb_queue *q);

/**
 * Say that one popped item has been handled; once per item, on every path
 * through the worker, failures included. One too many is misuse and aborts.
 */
void wb_queue_task_done(struct wb_queue *q);

/** The same for n popped items at once. */
void wb_queue_tasks_done(struct wb_queue *q, size_t n);

/**
 * Block until every item that was pushed has been marked done. A queue that
 * never had an item is done. Closing does not end the wait: items that were
 * accepted are still owed.
 *
 * @return 0 or -ETIMEDOUT (some are not done)
 */
int wb_queue_join_until(struct wb_queue *q, int64_t deadline);

/** wb_queue_join_until() with WB_FOREVER. */
void wb_queue_join(struct wb_queue *q);

/* -- queries: true when asked, perhaps no longer when answered ----------- */

/** @return items in the queue */
size_t wb_queue_size(struct wb_queue *q);

/** @return the most items that were ever in the queue at once */
size_t wb_queue_peak(struct wb_queue *q);

/** @return items pushed and not yet marked done */
size_t wb_queue_unfinished(struct wb_queue *q);

/** @return the capacity it was made with */
size_t wb_queue_capacity(const struct wb_queue *q);

#endif
