/*
 * A deadline may come at the very moment at which the task is done. Whatever
 * comes of it, the future is whole, and the iterator may be left half way.
 */

#include <assert.h>
#include <errno.h>

#include "wb/base.h"
#include "wb/pool.h"

static int run(void *arg, void **result)
{
    *result = arg;
    return 0;
}

int main(void)
{
    struct wb_pool *pool;
    struct wb_as_completed *it;
    struct wb_future *f, *next;
    void *result;
    WB_MUST(wb_pool_create(&pool, 1));
    WB_MUST(wb_pool_submit(pool, run, &pool, &f));
    int64_t deadline = wb_deadline_in_ms(10);
    WB_MUST(wb_as_completed_create(&it, &f, 1));
    int rc = wb_as_completed_next(it, &next, deadline);
    assert(rc == 0 ? next == f && wb_future_done(f) : rc == -ETIMEDOUT);
    wb_as_completed_free(it);
    rc = wb_future_wait_until(f, deadline);
    assert(rc == 0 || rc == -ETIMEDOUT);
    assert(wb_future_get(f, &result) == 0 && result == &pool);
    wb_future_free(f);
    wb_pool_free(pool);
    return 0;
}
