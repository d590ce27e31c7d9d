/* When a coroutine begins: not where it is spawned, but when its parent waits.
 *
 * Run:     ./workbook run 09 order
 * Next:    shared.c, which shows what may happen in between
 *
 * explore: no, it has one thread */
#include <stdio.h>

#include "wb/base.h"
#include "wb/coro.h"

/* region: baker */
static int bake(void *arg)
{
    const char *who = arg;

    printf("%s: the dough is made\n", who);
    int rc = wb_coro_yield(); /* let the others run, too */
    printf("%s: the bread is baked\n", who);
    return rc;
}
/* endregion: baker */

/* region: parent */
static int run_bakery(void *arg)
{
    static char ada[] = "Ada", ben[] = "Ben";
    struct wb_coro *bakers[2];

    (void)arg;
    bakers[0] = wb_coro_spawn(bake, ada);
    bakers[1] = wb_coro_spawn(bake, ben);
    printf("both are spawned, and neither has begun\n");
    int rc = wb_coro_gather(bakers, 2);
    printf("both are done\n");
    return rc;
}
/* endregion: parent */

int main(void)
{
    WB_MUST(wb_coro_run(run_bakery, NULL));
    return 0;
}
