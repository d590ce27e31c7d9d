/*
 * How a queue ends: closed, joined, and what it can be asked. How it is made:
 * queue_impl.h.
 */

#include <errno.h>

#include "queue_impl.h"
#include "wb/queue.h"

/* region: close */
void wb_queue_close(struct wb_queue *q)
{
    lock_both(q);
    q->in.closed = true;
    WB_MUST(pthread_cond_broadcast(&q->in.not_empty.cond));
    WB_MUST(pthread_cond_broadcast(&q->out.not_full.cond));
    unlock_both(q);
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
    lock_both(q);
    size_t size = q->in.count - q->out.count;
    unlock_both(q);
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
