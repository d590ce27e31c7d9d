/* The same shops, in the order in which their answers come, and a call that
 * asks them all at once.
 *
 * as_completed gives each future once, when it is done: nobody waits for the
 * slow first one while the others have answered. map is for when the order of
 * the questions matters, and all are needed.
 *
 * Prove:   ./workbook explore 08 first
 * Next:    patience.c, where there is a deadline */
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/pool.h"
#include "wb/verdict.h"

enum { SHOPS = 2 };

static long taken[SHOPS]; /* each is one task's, until that is done */

static int ask(void *arg, void **result)
{
    long *shop = arg;

    *shop = 100 * (shop - taken + 1); /* stands for a call */
    *result = shop;
    return 0;
}

/* region: as_completed */
static long add_as_they_come(struct wb_pool *pool)
{
    struct wb_future *asked[SHOPS], *answered;
    struct wb_as_completed *answers;
    void *shop;
    long total = 0;

    for (int i = 0; i < SHOPS; i++)
        WB_MUST(wb_pool_submit(pool, ask, &taken[i], &asked[i]));
    WB_MUST(wb_as_completed_create(&answers, asked, SHOPS));
    while (wb_as_completed_next(answers, &answered, WB_FOREVER) == 0) {
        WB_MUST(wb_future_get(answered, &shop)); /* does not wait */
        wb_future_free(answered);
        total += *(long *)shop;
    }
    wb_as_completed_free(answers);
    return total;
}
/* endregion: as_completed */

/* region: map */
static long add_in_order(struct wb_pool *pool)
{
    void *const args[SHOPS] = { &taken[0], &taken[1] };
    void *answers[SHOPS];
    long total = 0;

    WB_MUST(wb_pool_map(pool, ask, args, SHOPS, answers));
    for (int i = 0; i < SHOPS; i++)
        total += *(long *)answers[i];
    return total;
}
/* endregion: map */

int main(int argc, char **argv)
{
    struct wb_pool *pool;

    (void)argv;
    WB_MUST(wb_pool_create(&pool, 1));
    long total = argc > 1 ? add_in_order(pool) : add_as_they_come(pool);
    wb_pool_free(pool);
    printf("%d shops have taken %ld\n", SHOPS, total);
    WB_JUDGE(total == 300, WB_WRONG_ANSWER, "the total is %ld, not 300", total);
    return 0;
}
