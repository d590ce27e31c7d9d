/*
 * Two threads come in, and nobody leaves: the peak is two, whoever of them was
 * slower to raise it.
 */

#include <assert.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/gauge.h"

static struct wb_gauge g = WB_GAUGE_INIT;

static void *enter(void *arg)
{
    wb_gauge_enter(&g);
    return arg;
}

int main(void)
{
    pthread_t other;
    WB_MUST(pthread_create(&other, NULL, enter, NULL));
    enter(NULL);
    WB_MUST(pthread_join(other, NULL));
    assert(wb_gauge_peak(&g) == 2);
    return 0;
}
