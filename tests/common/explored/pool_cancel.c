/*
 * A task is cancelled while a worker may be about to start it: either it
 * never runs, or it is too late. A second one, nobody's, runs all the same.
 */

#include <assert.h>
#include <errno.h>

#include "wb/base.h"
#include "wb/pool.h"

static int runs[2];

static int run(void *arg, void **result)
{
    (void)result;
    (*(int *)arg)++;
    return 0;
}

int main(void)
{
    struct wb_pool *pool;
    struct wb_future *f;
    WB_MUST(wb_pool_create(&pool, 1));
    WB_MUST(wb_pool_submit(pool, run, &runs[0], &f));
    WB_MUST(wb_pool_submit(pool, run, &runs[1], NULL));
    int rc = wb_future_cancel(f);
    assert(rc == 0 || rc == -EBUSY);
    assert(wb_future_get(f, NULL) == (rc == 0 ? -ECANCELED : 0));
    wb_future_free(f);
    wb_pool_free(pool);
    assert(runs[0] == (rc == 0 ? 0 : 1) && runs[1] == 1);
    return 0;
}
