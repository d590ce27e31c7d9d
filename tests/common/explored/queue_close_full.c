/*
 * Two pushers at a full queue that is closed. Neither gets in, and neither is
 * left waiting.
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/queue.h"

static struct wb_queue *q;
static int rc[2];

static void *push_one(void *arg)
{
    *(int *)arg = wb_queue_push(q, q);
    return NULL;
}

int main(void)
{
    pthread_t pushers[2];
    WB_MUST(wb_queue_create(&q, 1));
    WB_MUST(wb_queue_push(q, q));
    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_create(&pushers[i], NULL, push_one, &rc[i]));
    wb_queue_close(q);
    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_join(pushers[i], NULL));
    assert(rc[0] == -EPIPE && rc[1] == -EPIPE);
    assert(wb_queue_size(q) == 1 && wb_queue_peak(q) == 1);
    wb_queue_free(q);
    return 0;
}
