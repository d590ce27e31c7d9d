/* A shopkeeper adds up what her shops have taken today, with a pool.
 *
 * Each task has a future. Getting it waits for the task, makes what it wrote
 * visible, and hands over its error. However many shops there are, no more
 * are asked at once than the pool has workers.
 *
 * Prove:   ./workbook explore 08 good
 *          ./workbook explore 08 good -- 2 1
 * Next:    first.c, for answers in the order in which they come */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/pool.h"
#include "wb/verdict.h"

enum { MAX_SHOPS = 64 };

static struct shop {
    int number;
    long taken;
} shops[MAX_SHOPS];

static int closed; /* the number of a shop that cannot be reached, or 0 */

static int ask(struct shop *s)
{
    if (s->number == closed)
        return -EHOSTDOWN;
    s->taken = 100L * s->number; /* stands for a call over the network */
    return 0;
}

/* region: task */
static int ask_shop(void *arg, void **result)
{
    *result = arg;
    return ask(arg);
}
/* endregion: task */

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 2, told = 0;
    long total = 0;

    closed = argc > 2 ? atoi(argv[2]) : 0;
    unsigned workers = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    if (n < 1 || n > MAX_SHOPS)
        wb_die("usage: %s [SHOPS [CLOSED [WORKERS]]]", argv[0]);
    /* region: main */
    struct wb_pool *pool;
    struct wb_future *asked[MAX_SHOPS];

    WB_MUST(wb_pool_create(&pool, workers));
    for (int i = 0; i < n; i++) {
        shops[i].number = i + 1;
        WB_MUST(wb_pool_submit(pool, ask_shop, &shops[i], &asked[i]));
    }
    for (int i = 0; i < n; i++) {
        int error = wb_future_get(asked[i], NULL);

        wb_future_free(asked[i]);
        if (error == 0)
            total += shops[i].taken;
        else
            told += printf("shop %d: %s\n", i + 1, strerror(-error)) > 0;
    }
    wb_pool_free(pool);
    /* endregion: main */
    printf("%d shops have taken %ld\n", n, total);
    long right = 50L * n * (n + 1) - 100L * closed;
    WB_JUDGE(total == right, WB_WRONG_ANSWER, "the total is %ld, not %ld",
             total, right);
    WB_JUDGE(told == (closed > 0), WB_WRONG_ANSWER,
             "shop %d could not be reached, and nobody was told", closed);
    return 0;
}
