/* The longest chain in each range of numbers, by two processes.
 *
 * The workers are programs started anew, so no lock of ours is held in them.
 * The pool knows which range each is at: when one dies, that range's result
 * says so, a new worker comes, and all others are done as if nothing had been.
 *
 * Run:     ./workbook run 13 good 8 log
 *          ./workbook run 13 good 8 rotten
 * Next:    tour.c, for what else a pool can do */
#include <stdio.h>

#include "chains.h"
#include "wb/procpool.h"

/* region: work */
static int work(const void *task, size_t size, struct wb_procpool_reply *reply)
{
    struct range r;

    memcpy(&r, task, size);
    long chain = longest_chain(&r);
    log_line();
    return wb_procpool_answer(reply, &chain, sizeof(chain));
}
/* endregion: work */

/* The longest of all; what failed is reported and left out. */
static bool reduce(const struct wb_procpool_result *results, long n,
                   long *longest)
{
    bool ok = true;

    for (long i = 0; i < n; i++) {
        long chain = 0;

        if (results[i].rc == 0)
            memcpy(&chain, results[i].bytes, sizeof(chain));
        else
            fprintf(stderr, "range %ld: %s\n", i, results[i].bytes);
        ok = ok && results[i].rc == 0;
        *longest = chain > *longest ? chain : *longest;
    }
    return ok;
}

int main(int argc, char **argv)
{
    wb_procpool_serve(argc, argv);
    long n = argc > 1 ? atol(argv[1]) : RANGES, longest = 0;
    bool log = argc > 2 && strcmp(argv[2], "log") == 0;
    bool rotten = argc > 2 && strcmp(argv[2], "rotten") == 0;
    static struct range ranges[RANGES_MAX];
    pthread_t logger = pthread_self();

    if (n < 1 || n > RANGES_MAX)
        wb_die("usage: %s [RANGES [log|rotten]]", argv[0]);
    set_ranges(ranges, n, rotten);
    if (log)
        logger = start_logger();

    /* region: map */
    static struct wb_procpool_task tasks[RANGES_MAX];
    static struct wb_procpool_result results[RANGES_MAX];
    struct wb_procpool *pool;

    for (long i = 0; i < n; i++)
        tasks[i] = (struct wb_procpool_task){ &ranges[i], sizeof(ranges[i]) };
    WB_MUST(wb_procpool_create(&pool, WORKERS, work));
    if (log)
        end_logger(logger);
    wb_procpool_map(pool, tasks, (size_t)n, 1, results, WB_FOREVER);
    bool ok = reduce(results, n, &longest);
    wb_procpool_results_free(results, (size_t)n);
    wb_procpool_free(pool);
    /* endregion: map */
    printf("%ld ranges, the longest chain has %ld steps\n", n, longest);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
