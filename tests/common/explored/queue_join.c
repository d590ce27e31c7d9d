/*
 * A worker, a queue of one slot, two items, and a producer that joins. When
 * join comes back both items have been handled, not merely taken.
 */

#include <assert.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/queue.h"

static struct wb_queue *q;
static int handled; /* the worker writes it, main reads it after the join */

static void *work(void *arg)
{
    void *item;
    while (wb_queue_pop(q, &item) == 0) {
        handled++;
        wb_queue_task_done(q);
    }
    return arg;
}

int main(void)
{
    pthread_t worker;
    WB_MUST(wb_queue_create(&q, 1));
    WB_MUST(pthread_create(&worker, NULL, work, NULL));
    WB_MUST(wb_queue_push(q, q));
    WB_MUST(wb_queue_push(q, q));
    wb_queue_join(q);
    assert(handled == 2);
    wb_queue_close(q);
    WB_MUST(pthread_join(worker, NULL));
    wb_queue_free(q);
    return 0;
}
