/*
 * A bounded FIFO that can be closed. See wb/queue.h for what each call
 * promises.
 *
 * One mutex guards everything, and three condition variables say what a
 * thread may wait for. Every wait is a loop around its predicate, so it does
 * not matter who was woken or why: whoever finds the predicate true goes on.
 *
 * No wakeup is lost. A predicate changes only under mu, and so does the step
 * from looking at it to waiting for it. Whoever makes one true says so, if
 * anybody waits:
 *
 *   not_empty  one new item admits one popper: signal. Several items, or
 *              close(), admit several: broadcast.
 *   not_full   the same for free slots and pushers.
 *   all_done   the last item that is done admits every joiner: broadcast.
 *
 * A signal may go to a waiter whose deadline comes at that very moment. It
 * still looks once more before it gives up, so the item is taken or was
 * taken by somebody else; it is never left with nobody told.
 */

#include "wb/queue.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "wb/base.h"

/* region: state */
struct wb_queue {
    pthread_mutex_t mu;

    /* guarded by mu; beside it, as they travel between processors with it */
    size_t head, tail; /* where the oldest item stands, and the next will */
    size_t size;       /* items in the queue, at most capacity */
    size_t poppers;    /* threads that wait on not_empty */
    size_t pushers;    /* threads that wait on not_full */
    size_t unfinished; /* pushed, and not yet marked done */
    size_t peak;       /* the most there ever were */
    bool closed;       /* never becomes false again */

    /* const after init */
    size_t capacity;

    pthread_cond_t not_empty; /* size > 0, or closed */
    pthread_cond_t not_full;  /* size < capacity, or closed */
    pthread_cond_t all_done;  /* unfinished == 0 */

    /* guarded by mu */
    void *items[]; /* a ring of capacity slots */
};
/* endregion: state */

static void lock(struct wb_queue *q)
{
    WB_MUST(pthread_mutex_lock(&q->mu));
}

static void unlock(struct wb_queue *q)
{
    WB_MUST(pthread_mutex_unlock(&q->mu));
}

/* region: create */
/* Nobody holds it for longer than a few dozen instructions, so whoever finds
 * it taken looks some more times before he sleeps: glibc does that for this
 * type of mutex. */
static void init_mutex(pthread_mutex_t *mu)
{
    pthread_mutexattr_t attr;
    WB_MUST(pthread_mutexattr_init(&attr));
    WB_MUST(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP));
    WB_MUST(pthread_mutex_init(mu, &attr));
    WB_MUST(pthread_mutexattr_destroy(&attr));
}

int wb_queue_create(struct wb_queue **out, size_t capacity)
{
    size_t bytes;
    if (capacity == 0)
        return -EINVAL;
    if (__builtin_mul_overflow(capacity, sizeof(void *), &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct wb_queue), &bytes))
        return -ENOMEM;
    struct wb_queue *q = calloc(1, bytes);
    if (q == NULL)
        return -ENOMEM;
    q->capacity = capacity;
    init_mutex(&q->mu);
    WB_MUST(pthread_cond_init(&q->not_empty, NULL));
    WB_MUST(pthread_cond_init(&q->not_full, NULL));
    WB_MUST(pthread_cond_init(&q->all_done, NULL));
    *out = q;
    return 0;
}

void wb_queue_free(struct wb_queue *q)
{
    if (q == NULL)
        return;
    WB_MUST(pthread_cond_destroy(&q->all_done));
    WB_MUST(pthread_cond_destroy(&q->not_full));
    WB_MUST(pthread_cond_destroy(&q->not_empty));
    WB_MUST(pthread_mutex_destroy(&q->mu));
    free(q);
}
/* endregion: create */

/* region: wake */
/* Wake those who can go on now that n items, or n free slots, have come. */
static void wake_locked(pthread_cond_t *cond, size_t waiting, size_t n)
{
    if (waiting == 0)
        return;
    if (n == 1)
        WB_MUST(pthread_cond_signal(cond));
    else
        WB_MUST(pthread_cond_broadcast(cond));
}

/* Whoever has taken the last item, or the last free slot, lets the other side
 * run before he comes back: it spares him the sleep, and them the waking. It
 * orders nothing, and nothing depends on it. */
static void unlock_and_step_aside(struct wb_queue *q, bool aside)
{
    unlock(q);
    if (aside)
        sched_yield();
}
/* endregion: wake */

/* region: push */
static void wait_for_room_locked(struct wb_queue *q, int64_t deadline)
{
    int waited = 0;
    while (q->size == q->capacity && !q->closed && waited == 0) {
        q->pushers++;
        waited = wb_cond_wait_until(&q->not_full, &q->mu, deadline);
        q->pushers--;
    }
}

/* Append as many of n > 0 items as there is room for. */
static ssize_t push_locked(struct wb_queue *q, void *const *items, size_t n)
{
    size_t room = q->capacity - q->size;
    if (q->closed || room == 0)
        return q->closed ? -EPIPE : -EAGAIN;
    if (n > room)
        n = room;
    for (size_t i = 0; i < n; i++) {
        q->items[q->tail] = items[i];
        q->tail = q->tail + 1 < q->capacity ? q->tail + 1 : 0;
    }
    q->size += n;
    q->unfinished += n;
    if (q->peak < q->size)
        q->peak = q->size;
    wake_locked(&q->not_empty, q->poppers, n);
    return (ssize_t)n;
}

int wb_queue_push_until(struct wb_queue *q, void *item, int64_t deadline)
{
    lock(q);
    wait_for_room_locked(q, deadline);
    ssize_t rc = push_locked(q, &item, 1);
    unlock_and_step_aside(q, q->size == q->capacity);
    return rc == 1 ? 0 : rc == -EAGAIN ? -ETIMEDOUT : (int)rc;
}
/* endregion: push */

int wb_queue_push(struct wb_queue *q, void *item)
{
    return wb_queue_push_until(q, item, WB_FOREVER);
}

int wb_queue_try_push(struct wb_queue *q, void *item)
{
    lock(q);
    ssize_t rc = push_locked(q, &item, 1);
    unlock(q);
    return rc == 1 ? 0 : (int)rc;
}

/* region: push_many */
ssize_t wb_queue_push_many(struct wb_queue *q, void *const *items, size_t n)
{
    size_t done = 0;
    ssize_t rc = 0;
    lock(q);
    while (done < n && rc >= 0) {
        wait_for_room_locked(q, WB_FOREVER);
        rc = push_locked(q, items + done, n - done);
        done += rc > 0 ? (size_t)rc : 0;
    }
    unlock(q);
    return done > 0 ? (ssize_t)done : rc;
}
/* endregion: push_many */

/* region: pop */
static void wait_for_item_locked(struct wb_queue *q, int64_t deadline)
{
    int waited = 0;
    while (q->size == 0 && !q->closed && waited == 0) {
        q->poppers++;
        waited = wb_cond_wait_until(&q->not_empty, &q->mu, deadline);
        q->poppers--;
    }
}

/* Take as many items as there are, at most n > 0. */
static ssize_t pop_locked(struct wb_queue *q, void **items, size_t n)
{
    if (q->size == 0)
        return q->closed ? -EPIPE : -EAGAIN;
    if (n > q->size)
        n = q->size;
    for (size_t i = 0; i < n; i++) {
        items[i] = q->items[q->head];
        q->head = q->head + 1 < q->capacity ? q->head + 1 : 0;
    }
    q->size -= n;
    wake_locked(&q->not_full, q->pushers, n);
    return (ssize_t)n;
}

int wb_queue_pop_until(struct wb_queue *q, void **item, int64_t deadline)
{
    lock(q);
    wait_for_item_locked(q, deadline);
    ssize_t rc = pop_locked(q, item, 1);
    unlock_and_step_aside(q, q->size == 0);
    return rc == 1 ? 0 : rc == -EAGAIN ? -ETIMEDOUT : (int)rc;
}
/* endregion: pop */

int wb_queue_pop(struct wb_queue *q, void **item)
{
    return wb_queue_pop_until(q, item, WB_FOREVER);
}

int wb_queue_try_pop(struct wb_queue *q, void **item)
{
    lock(q);
    ssize_t rc = pop_locked(q, item, 1);
    unlock(q);
    return rc == 1 ? 0 : (int)rc;
}

ssize_t wb_queue_pop_many(struct wb_queue *q, void **items, size_t n)
{
    lock(q);
    if (n > 0)
        wait_for_item_locked(q, WB_FOREVER);
    ssize_t taken = n > 0 ? pop_locked(q, items, n) : 0;
    unlock(q);
    return taken;
}

/* region: close */
void wb_queue_close(struct wb_queue *q)
{
    lock(q);
    q->closed = true;
    WB_MUST(pthread_cond_broadcast(&q->not_empty));
    WB_MUST(pthread_cond_broadcast(&q->not_full));
    unlock(q);
}
/* endregion: close */

/* region: join */
void wb_queue_tasks_done(struct wb_queue *q, size_t n)
{
    lock(q);
    if (n > q->unfinished - q->size)
        wb_misuse("wb_queue_task_done: called once more than items popped");
    q->unfinished -= n;
    if (q->unfinished == 0)
        WB_MUST(pthread_cond_broadcast(&q->all_done));
    unlock(q);
}

int wb_queue_join_until(struct wb_queue *q, int64_t deadline)
{
    int waited = 0;
    lock(q);
    while (q->unfinished > 0 && waited == 0)
        waited = wb_cond_wait_until(&q->all_done, &q->mu, deadline);
    int rc = q->unfinished > 0 ? -ETIMEDOUT : 0;
    unlock(q);
    return rc;
}
/* endregion: join */

void wb_queue_task_done(struct wb_queue *q)
{
    wb_queue_tasks_done(q, 1);
}

void wb_queue_join(struct wb_queue *q)
{
    WB_MUST(wb_queue_join_until(q, WB_FOREVER));
}

size_t wb_queue_size(struct wb_queue *q)
{
    lock(q);
    size_t size = q->size;
    unlock(q);
    return size;
}

size_t wb_queue_peak(struct wb_queue *q)
{
    lock(q);
    size_t peak = q->peak;
    unlock(q);
    return peak;
}

size_t wb_queue_unfinished(struct wb_queue *q)
{
    lock(q);
    size_t unfinished = q->unfinished;
    unlock(q);
    return unfinished;
}

size_t wb_queue_capacity(const struct wb_queue *q)
{
    return q->capacity;
}
