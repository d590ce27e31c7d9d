/*
 * Two poppers, one of which has a deadline, and one item. The deadline may
 * come at the very moment the item does: even then the item is not lost, and
 * the popper without a deadline is not left waiting for it.
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/queue.h"

static struct wb_queue *q;
static int hasty, patient;

static void *pop_until(void *arg)
{
    void *item;
    hasty = wb_queue_pop_until(q, &item, wb_deadline_in_ms(10));
    return arg;
}

static void *pop(void *arg)
{
    void *item;
    patient = wb_queue_pop(q, &item);
    return arg;
}

int main(void)
{
    pthread_t one, other;
    WB_MUST(wb_queue_create(&q, 1));
    WB_MUST(pthread_create(&one, NULL, pop_until, NULL));
    WB_MUST(pthread_create(&other, NULL, pop, NULL));
    WB_MUST(wb_queue_push(q, q));
    WB_MUST(pthread_join(one, NULL));
    assert(hasty == 0 || hasty == -ETIMEDOUT);
    if (hasty == 0)
        wb_queue_close(q);
    WB_MUST(pthread_join(other, NULL));
    assert(patient == (hasty == 0 ? -EPIPE : 0));
    wb_queue_free(q);
    return 0;
}
