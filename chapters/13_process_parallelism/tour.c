/* A tour of what a pool of worker processes can do.
 *
 * Run:     ./workbook run 13 tour
 * Next:    threads.c, for what threads can do in C and not in Python */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/procpool.h"

enum { TASKS = 6, WORKERS = 2, LATE_MS = 50 };

enum { ENDLESS = -2, ROTTEN = -1 };

/* region: work */
/* How many steps from this number to 1? */
static int count_steps(const void *task, size_t size,
                       struct wb_procpool_reply *reply)
{
    long n = *(const long *)task, steps = 0;

    (void)size;
    if (n == ROTTEN)
        abort();
    if (n == ENDLESS)
        for (;;)
            pause();
    if (n < 1)
        return wb_procpool_refuse(reply, -EDOM, "there is no chain from %ld",
                                  n);
    for (; n != 1; steps++)
        n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return wb_procpool_answer(reply, &steps, sizeof(steps));
}
/* endregion: work */

static void show(const struct wb_procpool_result *res, const char *end)
{
    if (res->rc == 0)
        printf("%ld%s", *(const long *)(void *)res->bytes, end);
    else
        printf("%s%s", res->bytes, end);
}

/* region: map */
static int map(struct wb_procpool *pool, const long *numbers, size_t chunk,
               int64_t deadline, struct wb_procpool_result *results)
{
    struct wb_procpool_task tasks[TASKS];

    for (int i = 0; i < TASKS; i++)
        tasks[i] = (struct wb_procpool_task){ &numbers[i], sizeof(long) };
    return wb_procpool_map(pool, tasks, TASKS, chunk, results, deadline);
}

static void in_order(struct wb_procpool *pool, size_t chunk)
{
    const long numbers[TASKS] = { 1, 2, 3, 27, 97, 871 };
    struct wb_procpool_result results[TASKS];

    WB_MUST(map(pool, numbers, chunk, WB_FOREVER, results));
    printf("in order, chunks of %zu: ", chunk);
    for (int i = 0; i < TASKS; i++)
        show(&results[i], i < TASKS - 1 ? " " : "\n");
    wb_procpool_results_free(results, TASKS);
}
/* endregion: map */

/* region: failing */
static void failing(struct wb_procpool *pool)
{
    const long numbers[TASKS] = { 1, 0, 3, ROTTEN, 97, 871 };
    struct wb_procpool_result results[TASKS];
    int rc = map(pool, numbers, 1, WB_FOREVER, results);

    printf("the map says: %s\n", strerror(-rc));
    for (int i = 0; i < TASKS; i++) {
        printf("  task %d: ", i);
        show(&results[i], "\n");
    }
    wb_procpool_results_free(results, TASKS);
}
/* endregion: failing */

/* region: completed */
static void as_completed(struct wb_procpool *pool)
{
    struct wb_procpool_result res;
    long sum = 0;
    int n = 0;

    for (long i = 1; i <= 1000; i++) {
        ssize_t index = wb_procpool_submit(pool, &i, sizeof(i));

        WB_MUST(index < 0 ? (int)index : 0);
    }
    while (wb_procpool_next(pool, &res, WB_FOREVER) == 0) {
        sum += *(const long *)(void *)res.bytes;
        n++;
        wb_procpool_results_free(&res, 1);
    }
    printf("as completed: %d chains, %ld steps in all\n", n, sum);
}
/* endregion: completed */

/* region: late */
static void late(struct wb_procpool *pool)
{
    const long numbers[TASKS] = { ENDLESS, ENDLESS, ENDLESS, ENDLESS, 1, 1 };
    struct wb_procpool_result results[TASKS];

    map(pool, numbers, 1, wb_deadline_in_ms(LATE_MS), results);
    printf("with a deadline: %s\n", results[0].bytes);
    wb_procpool_results_free(results, TASKS);
}
/* endregion: late */

int main(int argc, char **argv)
{
    struct wb_procpool *pool;

    wb_procpool_serve(argc, argv);
    WB_MUST(wb_procpool_create(&pool, WORKERS, count_steps));
    in_order(pool, 1);
    in_order(pool, 3);
    failing(pool);
    as_completed(pool);
    late(pool);
    in_order(pool, 1);
    wb_procpool_free(pool);
    return EXIT_SUCCESS;
}
