/* The same shops, and a shopkeeper who does not wait for ever.
 *
 * At the deadline she takes back what no worker has begun. What has begun is
 * waited for all the same: it writes into her array, and nobody can stop it.
 * With a second argument she claims that all shops have answered, and there is
 * an order in which one has not.
 *
 * Prove:   ./workbook explore 08 patience
 *          ./workbook explore 08 patience -- 1 all
 * Next:    waits.c, where a task waits for its own pool */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/pool.h"
#include "wb/verdict.h"

enum { MAX_SHOPS = 64, PATIENCE_MS = 60000 };

static long taken[MAX_SHOPS]; /* each is one task's, until that is done */

static int ask(void *arg, void **result)
{
    long *shop = arg;

    *shop = 100; /* stands for a call over the network */
    *result = shop;
    return 0;
}

/* region: patience */
/* @return how many of n shops have answered */
static int ask_until(struct wb_pool *pool, int n, int64_t deadline)
{
    struct wb_future *asked[MAX_SHOPS];
    int answered = 0;

    for (int i = 0; i < n; i++)
        WB_MUST(wb_pool_submit(pool, ask, &taken[i], &asked[i]));
    if (wb_future_wait_all(asked, (size_t)n, deadline) == -ETIMEDOUT)
        for (int i = 0; i < n; i++)
            wb_future_cancel(asked[i]); /* -EBUSY if it has begun */
    for (int i = 0; i < n; i++) {
        answered += wb_future_get(asked[i], NULL) != -ECANCELED;
        wb_future_free(asked[i]);
    }
    return answered;
}
/* endregion: patience */

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1;
    long total = 0;
    struct wb_pool *pool;

    if (n < 1 || n > MAX_SHOPS)
        wb_die("usage: %s [SHOPS [all]]", argv[0]);
    WB_MUST(wb_pool_create(&pool, 1));
    int answered = ask_until(pool, n, wb_deadline_in_ms(PATIENCE_MS));
    wb_pool_free(pool);
    for (int i = 0; i < n; i++)
        total += taken[i];
    printf("%d of %d shops have answered, and taken %ld\n", answered, n, total);
    WB_JUDGE(total == 100L * answered, WB_WRONG_ANSWER,
             "%d shops have answered, and the total is %ld", answered, total);
    WB_JUDGE(argc < 3 || answered == n, WB_WRONG_ANSWER,
             "%d of %d shops have answered", answered, n);
    return 0;
}
