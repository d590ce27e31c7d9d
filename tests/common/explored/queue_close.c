/*
 * Two poppers, one item, and a queue that is closed. However the three
 * interleave, the item is taken once and both poppers end.
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/queue.h"

static struct wb_queue *q;
static int taken[2];

static void *take_all(void *arg)
{
    int *n = arg;
    void *item;
    int rc;
    while ((rc = wb_queue_pop(q, &item)) == 0)
        (*n)++;
    assert(rc == -EPIPE);
    return NULL;
}

int main(void)
{
    pthread_t poppers[2];
    WB_MUST(wb_queue_create(&q, 1));
    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_create(&poppers[i], NULL, take_all, &taken[i]));
    WB_MUST(wb_queue_push(q, NULL));
    wb_queue_close(q);
    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_join(poppers[i], NULL));
    assert(taken[0] + taken[1] == 1);
    wb_queue_free(q);
    return 0;
}
