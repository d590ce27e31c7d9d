#ifndef SUITE_H
#define SUITE_H

/**
 * @file suite.h
 * What was measured, and how it is shown. Main thread only.
 */

#include <stdio.h>

#include "bench.h"
#include "series.h"

/** What came of one run of a row. */
struct bench_result {
    struct series rate, extra;
    char skipped[128]; /* why nothing was measured; "" when it was */
    char failed[192];  /* what went wrong; "" when nothing did */
};

/** A row that was chosen. */
struct bench_chosen {
    const struct bench_row *row;
    struct bench_result results[BENCH_RUNS];
};

struct bench_suite {
    struct bench_chosen *chosen;
    int nchosen;
    int rounds;
    bool tiny;
};

/** All there are, up to the NULL: made by CMake from rows/bench_*.c. */
extern const struct bench_row *const bench_groups[];

/** @return the runs of a row */
int bench_count(const struct bench_row *row);

/** Measure one run of it once, in a process of its own; add to its result. */
void bench_measure(struct bench_chosen *c, int run, bool tiny);

/** What `bench --measure ROW RUN N` does in that process. @return its status */
int bench_measure_here(const struct bench_row *row, int run, long n);

/** How ours compares with a run, where something is wanted of it. */
struct bench_verdict {
    bool asked;          /* something was wanted, and both were measured */
    double ratio, worst; /* ours to its median: our median, our least */
    bool met;
};

/** Compare with run; 0 is ours, where only the extra figure is asked for. */
struct bench_verdict bench_judge(const struct bench_chosen *c, int run);

/** @return whether all that was asked was met and nothing has failed */
bool bench_all_met(const struct bench_suite *s);

void bench_print_row(const struct bench_chosen *c);
void bench_print_end(const struct bench_suite *s);
void bench_print_json(const struct bench_suite *s, FILE *to);

#endif
