#ifndef SERIES_H
#define SERIES_H

/**
 * @file series.h
 * One figure, measured once in each round.
 */

enum { ROUNDS = 5, ROUNDS_MAX = 99 };

struct series {
    double values[ROUNDS_MAX];
    int count;
};

/** One more than ROUNDS_MAX aborts. */
void series_add(struct series *s, double value);

/** Of a series that has a value. */
double series_median(const struct series *s);
double series_least(const struct series *s);
double series_most(const struct series *s);

#endif
