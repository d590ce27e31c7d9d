/*
 * One popper, and three items for it to find. However many come before it
 * runs, it is told at most once.
 */

#include <assert.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/queue.h"

int wb_signals(void); /* how many were made so far */

static struct wb_queue *q;

static void *pop(void *arg)
{
    void *item;
    WB_MUST(wb_queue_pop(q, &item));
    return arg;
}

int main(void)
{
    pthread_t popper;
    WB_MUST(wb_queue_create(&q, 3));
    WB_MUST(pthread_create(&popper, NULL, pop, NULL));
    for (int i = 0; i < 3; i++)
        WB_MUST(wb_queue_push(q, q));
    WB_MUST(pthread_join(popper, NULL));
    assert(wb_signals() <= 1);
    assert(wb_queue_size(q) == 2);
    wb_queue_free(q);
    return 0;
}
