/*
 * Into the queue and out of it. How it is made, and why no wakeup is lost:
 * queue_impl.h.
 */

#include "wb/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "queue_impl.h"

#define AT_ONCE INT64_MIN /* the deadline of those who do not wait at all */

/* region: create */
int wb_queue_create(struct wb_queue **out, size_t capacity)
{
    size_t bytes;
    if (capacity == 0)
        return -EINVAL;
    if (__builtin_mul_overflow(capacity, sizeof(void *), &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct wb_queue) + APART, &bytes))
        return -ENOMEM;
    struct wb_queue *q = aligned_alloc(APART, bytes - bytes % APART);
    if (q == NULL)
        return -ENOMEM;
    memset(q, 0, sizeof(*q));
    q->capacity = capacity;
    q->in.peak = 1;
    WB_MUST(pthread_mutex_init(&q->in.mu, NULL));
    WB_MUST(pthread_mutex_init(&q->out.mu, NULL));
    WB_MUST(pthread_cond_init(&q->in.not_empty.cond, NULL));
    WB_MUST(pthread_cond_init(&q->out.not_full.cond, NULL));
    WB_MUST(pthread_cond_init(&q->out.all_done, NULL));
    *out = q;
    return 0;
}

void wb_queue_free(struct wb_queue *q)
{
    if (q == NULL)
        return;
    WB_MUST(pthread_cond_destroy(&q->out.all_done));
    WB_MUST(pthread_cond_destroy(&q->out.not_full.cond));
    WB_MUST(pthread_cond_destroy(&q->in.not_empty.cond));
    WB_MUST(pthread_mutex_destroy(&q->out.mu));
    WB_MUST(pthread_mutex_destroy(&q->in.mu));
    free(q);
}
/* endregion: create */

/* region: wake */
/* Sleep, with both locks held, until somebody tells, the deadline comes, or
 * for no reason; meanwhile both are free. Whoever wakes counts as the one who
 * was told: if it was another, there is at worst a signal too many. */
static int sleep_locked(struct wb_queue *q, struct sleepers *s,
                        int64_t deadline)
{
    s->asleep++;
    unlock(&q->in.mu);
    int waited = wb_cond_wait_until(&s->cond, &q->out.mu, deadline);
    lock(&q->in.mu);
    s->asleep--;
    s->told = false;
    return waited;
}

/* There are n items, or free slots, for those who sleep.
 * @return whether to tell one of them */
static bool choose_locked(struct sleepers *s, size_t n)
{
    bool chosen = n > 0 && s->asleep > 0 && !s->told;
    s->told = s->told || chosen;
    return chosen;
}

/* Wake the one who was chosen: rather when the locks are free again. */
static void tell(struct sleepers *s, bool chosen)
{
    if (chosen)
        WB_MUST(pthread_cond_signal(&s->cond));
}
/* endregion: wake */

/* region: push */
/* Append n items, with in.mu held. @return whether to tell a popper */
static bool put_locked(struct wb_queue *q, void *const *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        q->items[q->in.at] = items[i];
        q->in.at = q->in.at + 1 < q->capacity ? q->in.at + 1 : 0;
    }
    q->in.count += n;
    return choose_locked(&q->in.not_empty, n);
}

/* Wait for room, with both locks held.
 * @return 0, or why it was not waited any longer */
static int wait_for_room_locked(struct wb_queue *q, int64_t deadline)
{
    int waited = deadline == AT_ONCE ? -ETIMEDOUT : 0;
    while (q->in.count - q->out.count == q->capacity && !q->in.closed &&
           waited == 0)
        waited = sleep_locked(q, &q->out.not_full, deadline);
    return waited;
}

/* Append as many of n > 0 items as there is room for. Whoever has slept comes
 * by here: if there is more room than he needs, he tells the next. */
static ssize_t push_through_both(struct wb_queue *q, void *const *items,
                                 size_t n, int64_t deadline)
{
    lock_both(q);
    int waited = wait_for_room_locked(q, deadline);
    size_t size = q->in.count - q->out.count, room = q->capacity - size;
    n = n < room ? n : room;
    ssize_t rc = q->in.closed ? -EPIPE : n == 0 ? waited : (ssize_t)n;
    bool told = rc > 0 && put_locked(q, items, n);
    bool more = choose_locked(&q->out.not_full, room - n);
    if (rc > 0 && q->in.peak < size + n)
        q->in.peak = size + n;
    q->in.seen = q->out.count;
    q->out.seen = q->in.count;
    unlock_both(q);
    tell(&q->in.not_empty, told);
    tell(&q->out.not_full, more);
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
    bool told = fits && put_locked(q, items, n);
    unlock(&q->in.mu);
    if (!fits)
        return push_through_both(q, items, n, deadline);
    if (told) { /* he may not be asleep yet, but then he holds out.mu */
        lock(&q->out.mu);
        tell(&q->in.not_empty, told);
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
/* Take n items, with out.mu held. @return whether to tell a pusher */
static bool take_locked(struct wb_queue *q, void **items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        items[i] = q->items[q->out.at];
        q->out.at = q->out.at + 1 < q->capacity ? q->out.at + 1 : 0;
    }
    q->out.count += n;
    return choose_locked(&q->out.not_full, n);
}

/* The same for an item. */
static int wait_for_item_locked(struct wb_queue *q, int64_t deadline)
{
    int waited = deadline == AT_ONCE ? -ETIMEDOUT : 0;
    while (q->in.count == q->out.count && !q->in.closed && waited == 0)
        waited = sleep_locked(q, &q->in.not_empty, deadline);
    return waited;
}

/* Take as many items as there are, at most n > 0, with out.mu held, and let it
 * go. If some are left, tell the next. */
static ssize_t pop_through_both(struct wb_queue *q, void **items, size_t n,
                                int64_t deadline)
{
    lock(&q->in.mu);
    int waited = wait_for_item_locked(q, deadline);
    size_t size = q->in.count - q->out.count;
    n = n < size ? n : size;
    ssize_t rc = n > 0 ? (ssize_t)n : q->in.closed ? -EPIPE : waited;
    bool told = take_locked(q, items, n);
    bool more = choose_locked(&q->in.not_empty, size - n);
    q->out.seen = q->in.count;
    q->in.seen = q->out.count;
    unlock_both(q);
    tell(&q->out.not_full, told);
    tell(&q->in.not_empty, more);
    return rc;
}

/* Whatever is known of can be taken. */
static ssize_t pop(struct wb_queue *q, void **items, size_t n, int64_t deadline)
{
    lock(&q->out.mu);
    size_t known = q->out.seen - q->out.count; /* or more */
    if (known == 0)
        return pop_through_both(q, items, n, deadline);
    n = n < known ? n : known;
    bool told = take_locked(q, items, n);
    unlock(&q->out.mu);
    tell(&q->out.not_full, told);
    return (ssize_t)n;
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
