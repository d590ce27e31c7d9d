/* Coroutines: the switch of stacks, a turn of the loop, and very many that
 * are asleep at once. */
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

#include "bench.h"
#include "fiber.h"
#include "wb/base.h"
#include "wb/coro.h"

enum { STACK = 64 * 1024, NAP_MS = 10 };

static char stack[STACK] __attribute__((aligned(64)));

/* -- the switch alone ------------------------------------------------------ */

static struct wb_fiber home, away;

static void go_back_for_ever(void *unused)
{
    (void)unused;
    for (;;)
        wb_fiber_switch(&away, &home);
}

static double switch_fibers(long n, double *extra)
{
    (void)extra;
    wb_fiber_thread(&home);
    wb_fiber_init(&away, stack, STACK, go_back_for_ever, NULL);
    int64_t start = wb_now();
    for (long i = 0; i < n; i += 2)
        wb_fiber_switch(&home, &away);
    return bench_rate(n, start);
}

static ucontext_t home_context, away_context;

static void swap_back_for_ever(void)
{
    for (;;)
        swapcontext(&away_context, &home_context);
}

static double swap_contexts(long n, double *extra)
{
    (void)extra;
    getcontext(&away_context);
    away_context.uc_stack.ss_sp = stack;
    away_context.uc_stack.ss_size = STACK;
    makecontext(&away_context, swap_back_for_ever, 0);
    int64_t start = wb_now();
    for (long i = 0; i < n; i += 2)
        swapcontext(&home_context, &away_context);
    return bench_rate(n, start);
}

/* -- a turn of the loop ---------------------------------------------------- */

static int yield_often(void *arg)
{
    for (long i = *(long *)arg; i > 0; i--)
        wb_coro_yield();
    return 0;
}

static int yield_in_turn(void *arg)
{
    struct wb_coro *c[2];
    for (int i = 0; i < 2; i++)
        c[i] = wb_coro_spawn(yield_often, arg);
    return wb_coro_gather(c, 2);
}

static double yield(long n, double *extra)
{
    long half = n / 2;
    int64_t start = wb_now();
    (void)extra;
    int rc = wb_coro_run(yield_in_turn, &half);
    return rc < 0 ? rc : bench_rate(n, start);
}

/* -- asleep ---------------------------------------------------------------- */

struct night {
    long n;
    double resident; /* bytes, when all are asleep */
};

static double resident_bytes(void)
{
    long total = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL || fscanf(f, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    if (f != NULL)
        fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static int nap(void *unused)
{
    (void)unused;
    return wb_coro_sleep_ms(NAP_MS);
}

/* Started last, so it runs when all the others are asleep: deadlines are
 * looked at when everybody has had a turn. */
static int look(void *arg)
{
    ((struct night *)arg)->resident = resident_bytes();
    return 0;
}

static int sleep_together(void *arg)
{
    struct night *night = arg;
    double before = resident_bytes();
    struct wb_coro **c = calloc((size_t)night->n + 1, sizeof(struct wb_coro *));
    if (c == NULL)
        return -1;
    for (long i = 0; i < night->n; i++)
        c[i] = wb_coro_spawn(nap, NULL);
    c[night->n] = wb_coro_spawn(look, night);
    int rc = wb_coro_gather(c, (size_t)night->n + 1);
    night->resident -= before;
    free(c);
    return rc;
}

static double sleepers(long n, double *extra)
{
    struct night night = { .n = n };
    int64_t start = wb_now();
    int rc = wb_coro_run(sleep_together, &night);
    *extra = night.resident / (double)n;
    return rc < 0 ? rc : bench_rate(n, start);
}

const struct bench_row bench_coro[] = {
    { .name = "coro-switch",
      .what = "one switch of stacks, back and forth",
      .unit = "switches/s",
      .n = 5000000,
      .tiny = 100,
      .runs = { { "wb_fiber", .measure = switch_fibers },
                { "swapcontext", .measure = swap_contexts, .wanted = 10,
                  .share = 5 } } },
    { .name = "coro-yield",
      .what = "one turn of the loop, two coroutines that yield",
      .unit = "turns/s",
      .n = 2000000,
      .tiny = 100,
      .runs = { { "wb_coro", .measure = yield },
                { "asyncio", .script = "coro_peer.py", .arg = "yield",
                  .share = 10 } } },
    { .name = "coro-sleep",
      .what = "100,000 asleep at once",
      .unit = "coroutines/s",
      .extra = "bytes each",
      .extra_most = 4200,
      .n = 100000,
      .tiny = 100,
      .runs = { { "wb_coro", .measure = sleepers },
                { "asyncio.gather", .script = "coro_peer.py", .arg = "sleep",
                  .wanted = 6 } } },
    { 0 }
};
