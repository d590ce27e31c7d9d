/*
 * A bounded FIFO between coroutines. See wb/coro_queue.h.
 *
 * There is no lock, because nothing here waits in the middle of a change. An
 * item is handed to a popper that waits directly, and a pusher that waits has
 * its item moved in when there is room: whoever comes in between cannot take
 * what another has waited for. So at most one of these is true: somebody
 * waits to pop, somebody waits to push, or neither.
 */

#include "wb/coro_queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "coro_impl.h"
#include "wb/base.h"

/* owner thread only */
struct wb_coro_queue {
    struct wb_coro_list poppers; /* wait: the queue is empty */
    struct wb_coro_list
        pushers; /* wait: it is full; their item is in c->item */
    struct wb_coro_list joiners;
    size_t capacity, head, size, peak, unfinished;
    bool closed;
    void *items[];
};

int wb_coro_queue_create(struct wb_coro_queue **out, size_t capacity)
{
    size_t bytes;
    if (capacity == 0)
        return -EINVAL;
    if (__builtin_mul_overflow(capacity, sizeof(void *), &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct wb_coro_queue), &bytes))
        return -ENOMEM;
    struct wb_coro_queue *q = calloc(1, bytes);
    if (q == NULL)
        return -ENOMEM;
    wbc_list_init(&q->poppers);
    wbc_list_init(&q->pushers);
    wbc_list_init(&q->joiners);
    q->capacity = capacity;
    *out = q;
    return 0;
}

void wb_coro_queue_free(struct wb_coro_queue *q)
{
    if (q == NULL)
        return;
    if (!wbc_list_empty(&q->poppers) || !wbc_list_empty(&q->pushers) ||
        !wbc_list_empty(&q->joiners))
        wb_misuse("wb_coro_queue_free: a coroutine still waits in it");
    free(q);
}

static void put(struct wb_coro_queue *q, void *item)
{
    q->items[(q->head + q->size) % q->capacity] = item;
    q->size++;
    if (q->peak < q->size)
        q->peak = q->size;
}

int wb_coro_queue_try_push(struct wb_coro_queue *q, void *item)
{
    if (q->closed)
        return -EPIPE;
    if (q->size == q->capacity)
        return -EAGAIN;
    q->unfinished++;
    if (!wbc_list_empty(&q->poppers)) {
        ((struct wb_coro *)q->poppers.next)->item = item;
        wbc_wake_first(&q->poppers, 0);
        return 0;
    }
    put(q, item);
    return 0;
}

int wb_coro_queue_push_until(struct wb_coro_queue *q, void *item,
                             int64_t deadline)
{
    struct wb_coro *self = wbc_need_self("wb_coro_queue_push");
    int rc = wb_coro_queue_try_push(q, item);
    if (rc != -EAGAIN) {
        wbc_breathe();
        return rc;
    }
    self->item = item;
    return wbc_park(&q->pushers, deadline);
}

int wb_coro_queue_push(struct wb_coro_queue *q, void *item)
{
    return wb_coro_queue_push_until(q, item, WB_FOREVER);
}

int wb_coro_queue_try_pop(struct wb_coro_queue *q, void **item)
{
    if (q->size == 0)
        return q->closed ? -EPIPE : -EAGAIN;
    *item = q->items[q->head];
    q->head = (q->head + 1) % q->capacity;
    q->size--;
    if (!wbc_list_empty(&q->pushers)) {
        put(q, ((struct wb_coro *)q->pushers.next)->item);
        q->unfinished++;
        wbc_wake_first(&q->pushers, 0);
    }
    return 0;
}

int wb_coro_queue_pop_until(struct wb_coro_queue *q, void **item,
                            int64_t deadline)
{
    struct wb_coro *self = wbc_need_self("wb_coro_queue_pop");
    int rc = wb_coro_queue_try_pop(q, item);
    if (rc != -EAGAIN) {
        wbc_breathe();
        return rc;
    }
    rc = wbc_park(&q->poppers, deadline);
    if (rc == 0)
        *item = self->item;
    return rc;
}

int wb_coro_queue_pop(struct wb_coro_queue *q, void **item)
{
    return wb_coro_queue_pop_until(q, item, WB_FOREVER);
}

void wb_coro_queue_close(struct wb_coro_queue *q)
{
    q->closed = true;
    wbc_wake_all(&q->poppers, -EPIPE);
    wbc_wake_all(&q->pushers, -EPIPE);
}

void wb_coro_queue_task_done(struct wb_coro_queue *q)
{
    if (q->unfinished == q->size)
        wb_misuse("wb_coro_queue_task_done: called once more than items "
                  "popped");
    if (--q->unfinished == 0)
        wbc_wake_all(&q->joiners, 0);
}

int wb_coro_queue_join(struct wb_coro_queue *q, int64_t deadline)
{
    wbc_need_self("wb_coro_queue_join");
    return q->unfinished == 0 ? 0 : wbc_park(&q->joiners, deadline);
}

size_t wb_coro_queue_size(const struct wb_coro_queue *q)
{
    return q->size;
}

size_t wb_coro_queue_peak(const struct wb_coro_queue *q)
{
    return q->peak;
}

size_t wb_coro_queue_unfinished(const struct wb_coro_queue *q)
{
    return q->unfinished;
}
