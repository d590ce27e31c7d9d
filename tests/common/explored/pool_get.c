/*
 * One task and two workers, or, with an argument, two tasks and one worker.
 * Each task runs once, whoever asks gets what it has returned, however they
 * interleave, and nothing is left when the pool is freed.
 */

#include <assert.h>
#include <errno.h>

#include "wb/base.h"
#include "wb/pool.h"

static int runs; /* one task adds, and main looks when it is done */

static int add(void *arg, void **result)
{
    runs++;
    *result = arg;
    return 0;
}

static int fail(void *arg, void **result)
{
    (void)arg;
    (void)result;
    return -EIO;
}

static void look_at(struct wb_future *f, int error)
{
    void *result = NULL;
    assert(wb_future_get(f, &result) == error);
    assert(result == (error == 0 ? &runs : NULL));
    assert(wb_future_done(f) && wb_future_cancel(f) == -EBUSY);
    wb_future_free(f);
}

int main(int argc, char **argv)
{
    bool one_worker = argc > 1;
    struct wb_pool *pool;
    struct wb_future *good, *bad = NULL;
    (void)argv;
    WB_MUST(wb_pool_create(&pool, one_worker ? 1 : 2));
    WB_MUST(wb_pool_submit(pool, add, &runs, &good));
    if (one_worker)
        WB_MUST(wb_pool_submit(pool, fail, NULL, &bad));
    if (one_worker)
        look_at(bad, -EIO);
    wb_pool_free(pool);
    look_at(good, 0); /* it outlives the pool */
    assert(runs == 1);
    return 0;
}
