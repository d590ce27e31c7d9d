/*
 * A task waits for its child, and the child for its parent. The one worker
 * runs the child from within the parent, and the child is told that it would
 * close the circle; then both end. (test_pool.c has two workers do it.)
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/pool.h"

static struct wb_pool *pool;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct wb_future *parent; /* guarded by mu */

static int wait_for_parent(void *arg, void **result)
{
    (void)result;
    return wb_future_get(arg, NULL);
}

static int wait_for_child(void *arg, void **result)
{
    struct wb_future *child;
    (void)arg;
    (void)result;
    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(wb_pool_submit(pool, wait_for_parent, parent, &child));
    WB_MUST(pthread_mutex_unlock(&mu));
    int rc = wb_future_get(child, NULL);
    wb_future_free(child);
    return rc;
}

int main(void)
{
    WB_MUST(wb_pool_create(&pool, 1));
    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(wb_pool_submit(pool, wait_for_child, NULL, &parent));
    WB_MUST(pthread_mutex_unlock(&mu));
    assert(wb_future_get(parent, NULL) == -EDEADLK);
    wb_pool_free(pool);
    wb_future_free(parent);
    return 0;
}
