/* Worker processes: how many tiny tasks go through two of them, and how much
 * faster two are than none at work that keeps a processor busy. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "wb/base.h"
#include "wb/procpool.h"

enum { WORKERS = 2, STEPS = 20000000 /* at least 10 ms */ };

static int square(const void *task, size_t size,
                  struct wb_procpool_reply *reply)
{
    long value;

    memcpy(&value, task, size);
    value *= value;
    return wb_procpool_answer(reply, &value, sizeof(value));
}

static unsigned burn(unsigned x)
{
    for (int i = 0; i < STEPS; i++)
        x = x * 1664525u + 1013904223u + (x >> 7);
    return x;
}

static int burn_task(const void *task, size_t size,
                     struct wb_procpool_reply *reply)
{
    unsigned x = 0;

    memcpy(&x, task, size < sizeof(x) ? size : sizeof(x));
    x = burn(x);
    return wb_procpool_answer(reply, &x, sizeof(x));
}

/* The workers are there before the clock starts, as they are in a program. */
static double map(long n, wb_procpool_fn fn)
{
    struct wb_procpool *pool;
    struct wb_procpool_task *tasks =
        wb_alloc((size_t)n + WORKERS, sizeof(*tasks));
    struct wb_procpool_result *results =
        wb_alloc((size_t)n + WORKERS, sizeof(*results));
    long *values = wb_alloc((size_t)n + WORKERS, sizeof(*values));

    for (long i = 0; i < n + WORKERS; i++) {
        values[i] = i;
        tasks[i] = (struct wb_procpool_task){ &values[i], sizeof(values[i]) };
    }
    WB_MUST(wb_procpool_create(&pool, WORKERS, fn));
    WB_MUST(wb_procpool_map(pool, tasks, WORKERS, 1, results, WB_FOREVER));
    wb_procpool_results_free(results, WORKERS);
    int64_t start = wb_now();
    int rc = wb_procpool_map(pool, tasks, (size_t)n, 1, results, WB_FOREVER);
    double rate = rc == 0 ? bench_rate(n, start) : rc;
    wb_procpool_results_free(results, (size_t)n);
    wb_procpool_free(pool);
    free(tasks);
    free(results);
    free(values);
    return rate;
}

static double tiny_tasks(long n, double *extra)
{
    (void)extra;
    return map(n, square);
}

static double busy_tasks(long n, double *extra)
{
    (void)extra;
    return map(n, burn_task);
}

static double busy_serial(long n, double *extra)
{
    volatile unsigned sink;
    int64_t start = wb_now();

    (void)extra;
    for (long i = 0; i < n; i++)
        sink = burn((unsigned)i);
    (void)sink;
    return bench_rate(n, start);
}

const struct bench_row bench_procpool[] = {
    { .name = "procpool-tiny",
      .what = "tiny tasks to 2 worker processes",
      .unit = "tasks/s",
      .n = 20000,
      .tiny = 20,
      .runs = { { .name = "wb_procpool_map", .measure = tiny_tasks },
                { "ProcessPoolExecutor, chunk 1", .script = "procpool_peer.py",
                  .arg = "executor", .wanted = 30, .share = 4 },
                { "multiprocessing.Pool, chunk 1", .script = "procpool_peer.py",
                  .arg = "pool" } } },
    { .name = "procpool-busy",
      .what = "CPU-bound map, 2 worker processes, tasks of 10 ms or more",
      .unit = "tasks/s",
      .n = 60,
      .tiny = 2,
      .runs = { { .name = "wb_procpool_map", .measure = busy_tasks },
                { "the same map, serial", busy_serial, .wanted = 1.9 } } },
    { 0 }
};
