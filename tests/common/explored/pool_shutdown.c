/*
 * A task is submitted while the pool shuts down: it is refused, cancelled or
 * run, and its future tells which. Argument "cancel": the rest is cancelled.
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/pool.h"

static struct wb_pool *pool;
static struct wb_future *f;
static int rc, runs;

static int run(void *arg, void **result)
{
    (void)arg;
    (void)result;
    runs++;
    return 0;
}

static void *submit(void *unused)
{
    rc = wb_pool_submit(pool, run, NULL, &f);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t other;
    (void)argv;
    WB_MUST(wb_pool_create(&pool, 1));
    WB_MUST(pthread_create(&other, NULL, submit, NULL));
    WB_MUST(wb_pool_shutdown(pool, argc > 1 ? WB_POOL_CANCEL_REST
                                            : WB_POOL_RUN_REST));
    int seen = runs;
    WB_MUST(pthread_join(other, NULL));
    assert(rc == 0 || rc == -EPIPE);
    if (rc == 0) {
        int got = wb_future_get(f, NULL);
        assert(got == 0 || (got == -ECANCELED && argc > 1));
        assert(seen == (got == 0 ? 1 : 0));
        wb_future_free(f);
    }
    wb_pool_free(pool);
    assert(runs == seen);
    return 0;
}
