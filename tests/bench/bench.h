#ifndef BENCH_H
#define BENCH_H

/**
 * @file bench.h
 * What `./workbook bench` measures. To add rows write one file and edit none:
 *
 *     tests/bench/rows/bench_NAME.c   defines const struct bench_row
 *                                     bench_NAME[], ends with an empty row
 *     tests/bench/peers/WHAT.py       a peer in Python, if there is one
 *
 *     static double ours(long n, double *extra)
 *     {
 *         int64_t start = wb_now();
 *         ... do it n times ...
 *         return bench_rate(n, start);
 *     }
 *
 *     const struct bench_row bench_switch[] = {
 *         { .name = "switch", .what = "one coroutine switch",
 *           .unit = "switches/s", .n = 1000000, .tiny = 100,
 *           .runs = { { .name = "wb_coro", .measure = ours },
 *                     { .name = "swapcontext", .measure = theirs,
 *                       .wanted = 10 } } },
 *         { 0 }
 *     };
 *
 * The first run of a row is ours, the others are peers. Each round measures
 * all of them, one after the other, each in a process of its own which is
 * killed if it never ends. More is better: a figure is a rate. For times give
 * their inverse: "at most 1.05 times as long" is wanted = 1 / 1.05. A peer
 * that is a C library and optional goes between #ifdef BENCH_GLIB and #else
 * { .name = "GThreadPool", .missing = "libglib2.0-dev" }.
 *
 * A script is called with arg and n, and prints what a bench_fn gives: the
 * rate and, if there is one, the extra figure, with a blank between. When
 * python3 is not there its row is skipped, and said to be. Exit status 77
 * says that it cannot run here, and the line printed says what is missing.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
    BENCH_RUNS = 6,
    BENCH_UNFIT = 77 /**< exit status of a script that cannot run here */
};

/**
 * Do something n times and say how fast, in units per second; a negative
 * errno when it went wrong. *extra, if the row has one, is set to 0 before.
 * It runs on the main thread of a new process and may leave things behind.
 */
typedef double bench_fn(long n, double *extra);

/** One of those that are compared. */
struct bench_run {
    const char *name;    /**< "GAsyncQueue" */
    bench_fn *measure;   /**< NULL: script, or missing */
    const char *script;  /**< file in tests/bench/peers */
    const char *arg;     /**< first argument of script */
    const char *missing; /**< package without which it was not compiled */
    double wanted;       /**< our median must be so many times its median; 0:
                              nothing is wanted */
    double wanted_worst; /**< our least so many times its median */
    long share;          /**< does n / share only, being slow; 0: all */
};

/** One line of work, and who does it. */
struct bench_row {
    const char *name; /**< for --only; all rows of a file share a beginning */
    const char *what;
    const char *unit;  /**< of the rate */
    const char *extra; /**< unit of the extra figure, less is better; or NULL */
    double extra_most; /**< ours must be at most that; 0: nothing wanted */
    long n, tiny;      /**< how often; and when only the form is tested */
    bool pinned;       /**< all on one processor */
    struct bench_run runs[BENCH_RUNS];
};

/** @return n per second since start, which is a time of wb_now() */
double bench_rate(long n, int64_t start);

#endif
