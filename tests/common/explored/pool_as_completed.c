/*
 * Two futures come out of an iterator, each once and when it is done, in the
 * order in which they became so: one worker runs both. The second may be
 * cancelled before, and then comes first.
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
    struct wb_future *f[2], *next;
    WB_MUST(wb_pool_create(&pool, 1));
    for (int i = 0; i < 2; i++)
        WB_MUST(wb_pool_submit(pool, run, &f[i], &f[i]));
    WB_MUST(wb_as_completed_create(&it, f, 2));
    bool early = !wb_future_done(f[0]) && wb_future_cancel(f[1]) == 0 &&
                 !wb_future_done(f[0]);
    WB_MUST(wb_as_completed_next(it, &next, WB_FOREVER));
    assert(wb_future_done(next) && (!early || next == f[1]));
    assert(next == f[0] || wb_future_get(f[1], NULL) == -ECANCELED);
    bool second = next == f[0];
    WB_MUST(wb_as_completed_next(it, &next, WB_FOREVER));
    assert(wb_future_done(next) && next == f[second]);
    assert(wb_as_completed_next(it, &next, WB_FOREVER) == -ENODATA);
    wb_as_completed_free(it);
    wb_future_free(f[0]);
    wb_future_free(f[1]);
    wb_pool_free(pool);
    return 0;
}
