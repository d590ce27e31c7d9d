/*
 * A bounded FIFO that can be closed. What each call promises: wb/queue.h.
 *
 * It has two doors, each with a lock of its own. Producers come in by one,
 * consumers go out by the other, and do not stand in each other's way. A door
 * counts what has ever passed through it, and remembers what the other had
 * counted when somebody last looked there:
 *
 *   in.seen <= out.count <= out.seen <= in.count <= in.seen + capacity
 *
 * So there is at least what a door believes, and mostly its own lock is
 * enough. Whoever believes that he has to wait takes both, out.mu, then in.mu,
 * and knows. What is traded for it: two locks for those who wait and for
 * close(), more memory, and counts that only both locks together keep still.
 *
 * No wakeup is lost. Whoever has to wait says so with both locks held, and
 * keeps out.mu until he sleeps; whoever wakes him takes out.mu:
 *
 *   not_empty  one new item admits one popper: signal. Several items, or
 *              close(), admit several: broadcast.
 *   not_full   the same for free slots and pushers.
 *   all_done   the last item that is done admits every joiner: broadcast.
 *
 * A signal may go to one whose deadline has come: he looks once more.
 */

#include "wb/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "wb/base.h"

enum { APART = 128 };     /* two cache lines: they are fetched in pairs */
#define AT_ONCE INT64_MIN /* the deadline of those who do not wait at all */

/* region: state */
struct wb_queue {
    /* const after init */
    size_t capacity;

    char apart[APART]; /* what one side writes does not slow the other */
    struct {
        pthread_mutex_t mu;
        /* guarded by in.mu */
        size_t count;   /* items pushed, ever */
        size_t seen;    /* of out.count, when somebody last looked */
        size_t at;      /* where in the ring the next item goes */
        size_t peak;    /* the most there were at once, but at least 1 */
        size_t poppers; /* threads that wait on not_empty */
        bool closed;    /* never becomes false again */
    } in;
    char apart_too[APART];
    struct {
        pthread_mutex_t mu;
        /* guarded by out.mu */
        size_t count;             /* items popped, ever */
        size_t seen;              /* of in.count, when somebody last looked */
        size_t at;                /* where in the ring the oldest item is */
        size_t done;              /* items marked done, ever */
        size_t pushers;           /* threads that wait on not_full */
        pthread_cond_t not_empty; /* in.count > out.count, or closed */
        pthread_cond_t not_full;  /* less than capacity above, or closed */
        pthread_cond_t all_done;  /* done == in.count */
    } out;
    char apart_as_well[APART];
    /* guarded by in.mu while the slot is free, by out.mu while it is not */
    void *items[]; /* a ring of capacity slots */
};
/* endregion: state */

static void lock(pthread_mutex_t *mu)
{
    WB_MUST(pthread_mutex_lock(mu));
}

static void unlock(pthread_mutex_t *mu)
{
    WB_MUST(pthread_mutex_unlock(mu));
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
    q->in.peak = 1;
    WB_MUST(pthread_mutex_init(&q->in.mu, NULL));
    WB_MUST(pthread_mutex_init(&q->out.mu, NULL));
    WB_MUST(pthread_cond_init(&q->out.not_empty, NULL));
    WB_MUST(pthread_cond_init(&q->out.not_full, NULL));
    WB_MUST(pthread_cond_init(&q->out.all_done, NULL));
    *out = q;
    return 0;
}

void wb_queue_free(struct wb_queue *q)
{
    if (q == NULL)
        return;
    WB_MUST(pthread_cond_destroy(&q->out.all_done));
    WB_MUST(pthread_cond_destroy(&q->out.not_full));
    WB_MUST(pthread_cond_destroy(&q->out.not_empty));
    WB_MUST(pthread_mutex_destroy(&q->out.mu));
    WB_MUST(pthread_mutex_destroy(&q->in.mu));
    free(q);
}
/* endregion: create */

/* region: wake */
/* How many of those who wait to tell that n items, or free slots, have come. */
static size_t choose(size_t waiting, size_t n)
{
    return n == 1 && waiting > 0 ? 1 : waiting;
}

static void tell_locked(pthread_cond_t *cond, size_t told)
{
    if (told == 1)
        WB_MUST(pthread_cond_signal(cond));
    else if (told > 1)
        WB_MUST(pthread_cond_broadcast(cond));
}
/* endregion: wake */

/* region: push */
/* Append n items, with in.mu held. @return how many poppers to tell */
static size_t put_locked(struct wb_queue *q, void *const *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        q->items[q->in.at] = items[i];
        q->in.at = q->in.at + 1 < q->capacity ? q->in.at + 1 : 0;
    }
    q->in.count += n;
    return choose(q->in.poppers, n);
}

/* Wait for room, with both locks held, and let both go meanwhile.
 * @return 0, or why it was not waited any longer */
static int wait_for_room_locked(struct wb_queue *q, int64_t deadline)
{
    int waited = deadline == AT_ONCE ? -ETIMEDOUT : 0;
    while (q->in.count - q->out.count == q->capacity && !q->in.closed &&
           waited == 0) {
        q->out.pushers++;
        unlock(&q->in.mu);
        waited = wb_cond_wait_until(&q->out.not_full, &q->out.mu, deadline);
        lock(&q->in.mu);
        q->out.pushers--;
    }
    return waited;
}

/* Append as many of n > 0 items as there is room for. */
static ssize_t push_through_both(struct wb_queue *q, void *const *items,
                                 size_t n, int64_t deadline)
{
    lock(&q->out.mu);
    lock(&q->in.mu);
    int waited = wait_for_room_locked(q, deadline);
    size_t size = q->in.count - q->out.count, room = q->capacity - size;
    n = n < room ? n : room;
    ssize_t rc = q->in.closed ? -EPIPE : n == 0 ? waited : (ssize_t)n;
    if (rc > 0) {
        tell_locked(&q->out.not_empty, put_locked(q, items, n));
        q->in.peak = q->in.peak > size + n ? q->in.peak : size + n;
    }
    q->in.seen = q->out.count;
    q->out.seen = q->in.count;
    unlock(&q->in.mu);
    unlock(&q->out.mu);
    return rc;
}

/* While there are no more than there ever were, there is room, and the peak
 * stays what it is: no need to know how many were taken meanwhile. */
static ssize_t push(struct wb_queue *q, void *const *items, size_t n,
                    int64_t deadline)
{
    lock(&q->in.mu);
    size_t size = q->in.count - q->in.seen; /* or fewer */
    bool fits = n <= q->in.peak - size && !q->in.closed;
    size_t told = fits ? put_locked(q, items, n) : 0;
    unlock(&q->in.mu);
    if (!fits)
        return push_through_both(q, items, n, deadline);
    if (told > 0) {
        lock(&q->out.mu);
        tell_locked(&q->out.not_empty, told);
        unlock(&q->out.mu);
    }
    return (ssize_t)n;
}

int wb_queue_push_until(struct wb_queue *q, void *item, int64_t deadline)
{
    ssize_t rc = push(q, &item, 1, deadline);
    return rc > 0 ? 0 : (int)rc;
}
/* endregion: push */

int wb_queue_push(struct wb_queue *q, void *item)
{
    return wb_queue_push_until(q, item, WB_FOREVER);
}

int wb_queue_try_push(struct wb_queue *q, void *item)
{
    int rc = wb_queue_push_until(q, item, AT_ONCE);
    return rc == -ETIMEDOUT ? -EAGAIN : rc;
}

/* region: push_many */
ssize_t wb_queue_push_many(struct wb_queue *q, void *const *items, size_t n)
{
    size_t done = 0;
    ssize_t rc = 0;
    while (done < n && rc >= 0) {
        rc = push(q, items + done, n - done, WB_FOREVER);
        done += rc > 0 ? (size_t)rc : 0;
    }
    return done > 0 ? (ssize_t)done : rc;
}
/* endregion: push_many */

/* region: pop */
/* Take as many items as are known of, at most n > 0, with out.mu held. */
static ssize_t take_locked(struct wb_queue *q, void **items, size_t n)
{
    if (n > q->out.seen - q->out.count)
        n = q->out.seen - q->out.count;
    for (size_t i = 0; i < n; i++) {
        items[i] = q->items[q->out.at];
        q->out.at = q->out.at + 1 < q->capacity ? q->out.at + 1 : 0;
    }
    q->out.count += n;
    tell_locked(&q->out.not_full, choose(q->out.pushers, n));
    return (ssize_t)n;
}

/* The same for an item. */
static int wait_for_item_locked(struct wb_queue *q, int64_t deadline)
{
    int waited = deadline == AT_ONCE ? -ETIMEDOUT : 0;
    while (q->in.count == q->out.count && !q->in.closed && waited == 0) {
        q->in.poppers++;
        unlock(&q->in.mu);
        waited = wb_cond_wait_until(&q->out.not_empty, &q->out.mu, deadline);
        lock(&q->in.mu);
        q->in.poppers--;
    }
    return waited;
}

/* Look at the other door before giving up, with out.mu held. */
static ssize_t look_locked(struct wb_queue *q, void **items, size_t n,
                           int64_t deadline)
{
    lock(&q->in.mu);
    ssize_t rc = wait_for_item_locked(q, deadline);
    if (q->in.closed)
        rc = -EPIPE;
    q->out.seen = q->in.count;
    if (q->out.seen != q->out.count)
        rc = take_locked(q, items, n);
    q->in.seen = q->out.count;
    unlock(&q->in.mu);
    return rc;
}

static ssize_t pop(struct wb_queue *q, void **items, size_t n, int64_t deadline)
{
    lock(&q->out.mu);
    size_t known = q->out.seen - q->out.count;
    ssize_t rc = known > 0 ? take_locked(q, items, n)
                           : look_locked(q, items, n, deadline);
    unlock(&q->out.mu);
    return rc;
}

int wb_queue_pop_until(struct wb_queue *q, void **item, int64_t deadline)
{
    ssize_t rc = pop(q, item, 1, deadline);
    return rc > 0 ? 0 : (int)rc;
}
/* endregion: pop */

int wb_queue_pop(struct wb_queue *q, void **item)
{
    return wb_queue_pop_until(q, item, WB_FOREVER);
}

int wb_queue_try_pop(struct wb_queue *q, void **item)
{
    int rc = wb_queue_pop_until(q, item, AT_ONCE);
    return rc == -ETIMEDOUT ? -EAGAIN : rc;
}

ssize_t wb_queue_pop_many(struct wb_queue *q, void **items, size_t n)
{
    return n > 0 ? pop(q, items, n, WB_FOREVER) : 0;
}

/* region: close */
void wb_queue_close(struct wb_queue *q)
{
    lock(&q->out.mu);
    lock(&q->in.mu);
    q->in.closed = true;
    WB_MUST(pthread_cond_broadcast(&q->out.not_empty));
    WB_MUST(pthread_cond_broadcast(&q->out.not_full));
    unlock(&q->in.mu);
    unlock(&q->out.mu);
}
/* endregion: close */

/* region: join */
/* @return items pushed and not yet marked done, with out.mu held */
static size_t unfinished_locked(struct wb_queue *q)
{
    lock(&q->in.mu);
    q->out.seen = q->in.count;
    unlock(&q->in.mu);
    return q->out.seen - q->out.done;
}

/* All that is known of here is done: whoever joins looks whether it is all. */
void wb_queue_tasks_done(struct wb_queue *q, size_t n)
{
    lock(&q->out.mu);
    if (n > q->out.count - q->out.done)
        wb_misuse("wb_queue_task_done: called once more than items popped");
    q->out.done += n;
    if (q->out.done == q->out.seen)
        WB_MUST(pthread_cond_broadcast(&q->out.all_done));
    unlock(&q->out.mu);
}

int wb_queue_join_until(struct wb_queue *q, int64_t deadline)
{
    int waited = 0;
    lock(&q->out.mu);
    while (unfinished_locked(q) > 0 && waited == 0)
        waited = wb_cond_wait_until(&q->out.all_done, &q->out.mu, deadline);
    int rc = q->out.seen != q->out.done ? -ETIMEDOUT : 0;
    unlock(&q->out.mu);
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
    lock(&q->out.mu);
    lock(&q->in.mu);
    size_t size = q->in.count - q->out.count;
    unlock(&q->in.mu);
    unlock(&q->out.mu);
    return size;
}

size_t wb_queue_peak(struct wb_queue *q)
{
    lock(&q->in.mu);
    size_t peak = q->in.count > 0 ? q->in.peak : 0;
    unlock(&q->in.mu);
    return peak;
}

size_t wb_queue_unfinished(struct wb_queue *q)
{
    lock(&q->out.mu);
    size_t unfinished = unfinished_locked(q);
    unlock(&q->out.mu);
    return unfinished;
}

size_t wb_queue_capacity(const struct wb_queue *q)
{
    return q->capacity;
}
