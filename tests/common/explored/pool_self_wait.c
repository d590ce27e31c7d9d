/*
 * A task waits for a task of its own pool, which has one worker: that one
 * runs it. Then it waits for itself, and is told that this cannot end.
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/pool.h"

static struct wb_pool *pool;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct wb_future *outer; /* guarded by mu */

static int inner(void *arg, void **result)
{
    *result = arg;
    return 0;
}

static int nested(void *arg, void **result)
{
    struct wb_future *f;
    WB_MUST(wb_pool_submit(pool, inner, arg, &f));
    assert(wb_future_get(f, result) == 0 && *result == arg);
    wb_future_free(f);
    WB_MUST(pthread_mutex_lock(&mu));
    struct wb_future *me = outer;
    WB_MUST(pthread_mutex_unlock(&mu));
    return wb_future_get(me, NULL);
}

int main(void)
{
    WB_MUST(wb_pool_create(&pool, 1));
    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(wb_pool_submit(pool, nested, &pool, &outer));
    WB_MUST(pthread_mutex_unlock(&mu));
    assert(wb_future_get(outer, NULL) == -EDEADLK);
    wb_future_free(outer);
    wb_pool_free(pool);
    return 0;
}
