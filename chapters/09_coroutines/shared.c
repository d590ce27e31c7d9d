/* Three ways to count together: ten coroutines add one a hundred times each.
 *
 * Between two waits nobody else runs, so what is whole there needs no lock.
 * Who waits in the middle of an update loses updates, as a thread does, only
 * that it happens each time.
 *
 * Run:     ./workbook run 09 shared
 * Next:    chain.c
 *
 * explore: no, it has one thread */
#include <stdio.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_sync.h"

enum { COUNTERS = 10, ROUNDS = 100 };

static long total; /* owner thread only */

/* region: whole */
static int count_whole(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        long seen = total;
        total = seen + 1;
        wb_coro_yield();
    }
    return 0;
}
/* endregion: whole */

/* region: torn */
static int count_torn(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        long seen = total;
        wb_coro_yield(); /* ask somebody, write a line, anything that waits */
        total = seen + 1;
    }
    return 0;
}
/* endregion: torn */

/* region: alone */
static struct wb_coro_semaphore one = WB_CORO_SEMAPHORE_INIT(one, 1);

static int count_alone(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        WB_MUST(wb_coro_semaphore_acquire(&one, WB_FOREVER));
        long seen = total;
        wb_coro_yield();
        total = seen + 1;
        wb_coro_semaphore_release(&one);
    }
    return 0;
}
/* endregion: alone */

struct way {
    const char *name;
    wb_coro_fn count;
};

static int count_together(void *arg)
{
    const struct way *way = arg;
    struct wb_coro *c[COUNTERS];

    total = 0;
    for (int i = 0; i < COUNTERS; i++)
        c[i] = wb_coro_spawn(way->count, NULL);
    WB_MUST(wb_coro_gather(c, COUNTERS));
    printf("%-31s %4ld of %d\n", way->name, total, COUNTERS * ROUNDS);
    return 0;
}

int main(void)
{
    struct way ways[] = { { "no wait in the middle:", count_whole },
                          { "a wait in the middle:", count_torn },
                          { "one at a time in the middle:", count_alone } };

    for (int i = 0; i < 3; i++)
        WB_MUST(wb_coro_run(count_together, &ways[i]));
    return 0;
}
