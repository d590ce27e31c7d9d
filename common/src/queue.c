/*
 * A bounded FIFO that can be closed. See wb/queue.h for what each call
 * promises.
 *
 * One mutex guards everything, and three condition variables say what a
 * thread may wait for. Every wait is a loop around its predicate, so it does
 * not matter who was woken or why: whoever finds the predicate true goes on.
 *
 * No wakeup is lost. A predicate changes only under mu, and so does the step
 * from looking at it to waiting for it. Whoever makes one true says so:
 *
 *   not_empty  one new item admits one popper: signal. close() admits all of
 *              them: broadcast.
 *   not_full   one free slot admits one pusher: signal. close() admits all.
 *   all_done   the last task_done() admits every joiner: broadcast.
 *
 * A signal may go to a waiter whose deadline comes at that very moment. It
 * still looks once more before it gives up, so the item is taken or was
 * taken by somebody else; it is never left with nobody told.
 */

#include "wb/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "wb/base.h"

/* region: state */
struct wb_queue {
    pthread_mutex_t mu;
    pthread_cond_t not_empty; /* size > 0, or closed */
    pthread_cond_t not_full;  /* size < capacity, or closed */
    pthread_cond_t all_done;  /* unfinished == 0 */

    /* const after init */
    size_t capacity;

    /* guarded by mu */
    size_t head;       /* where the oldest item stands */
    size_t size;       /* items in the queue, at most capacity */
    size_t peak;       /* the most there ever were */
    size_t unfinished; /* pushed, and not yet marked done */
    bool closed;       /* never becomes false again */
    void *items[];     /* a ring of capacity slots */
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
    WB_MUST(pthread_mutex_init(&q->mu, NULL));
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

/* region: push */
static int push_locked(struct wb_queue *q, void *item)
{
    if (q->closed)
        return -EPIPE;
    if (q->size == q->capacity)
        return -EAGAIN;
    q->items[(q->head + q->size) % q->capacity] = item;
    q->size++;
    q->unfinished++;
    if (q->peak < q->size)
        q->peak = q->size;
    WB_MUST(pthread_cond_signal(&q->not_empty));
    return 0;
}

int wb_queue_push_until(struct wb_queue *q, void *item, int64_t deadline)
{
    int waited = 0;
    lock(q);
    while (q->size == q->capacity && !q->closed && waited == 0)
        waited = wb_cond_wait_until(&q->not_full, &q->mu, deadline);
    int rc = push_locked(q, item);
    unlock(q);
    return rc == -EAGAIN ? -ETIMEDOUT : rc;
}
/* endregion: push */

int wb_queue_push(struct wb_queue *q, void *item)
{
    return wb_queue_push_until(q, item, WB_FOREVER);
}

int wb_queue_try_push(struct wb_queue *q, void *item)
{
    lock(q);
    int rc = push_locked(q, item);
    unlock(q);
    return rc;
}

/* region: pop */
static int pop_locked(struct wb_queue *q, void **item)
{
    if (q->size == 0)
        return q->closed ? -EPIPE : -EAGAIN;
    *item = q->items[q->head];
    q->head = (q->head + 1) % q->capacity;
    q->size--;
    WB_MUST(pthread_cond_signal(&q->not_full));
    return 0;
}

int wb_queue_pop_until(struct wb_queue *q, void **item, int64_t deadline)
{
    int waited = 0;
    lock(q);
    while (q->size == 0 && !q->closed && waited == 0)
        waited = wb_cond_wait_until(&q->not_empty, &q->mu, deadline);
    int rc = pop_locked(q, item);
    unlock(q);
    return rc == -EAGAIN ? -ETIMEDOUT : rc;
}
/* endregion: pop */

int wb_queue_pop(struct wb_queue *q, void **item)
{
    return wb_queue_pop_until(q, item, WB_FOREVER);
}

int wb_queue_try_pop(struct wb_queue *q, void **item)
{
    lock(q);
    int rc = pop_locked(q, item);
    unlock(q);
    return rc;
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
void wb_queue_task_done(struct wb_queue *q)
{
    lock(q);
    if (q->unfinished == q->size)
        wb_misuse("wb_queue_task_done: called once more than items popped");
    q->unfinished--;
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
