/* One figure, measured once in each round. */
#include "series.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void series_add(struct series *s, double value)
{
    if (s->count == ROUNDS_MAX)
        abort();
    s->values[s->count++] = value;
    qsort(s->values, (size_t)s->count, sizeof(s->values[0]), compare);
}

double series_median(const struct series *s)
{
    return s->values[s->count / 2];
}

double series_least(const struct series *s)
{
    return s->values[0];
}

double series_most(const struct series *s)
{
    return s->values[s->count - 1];
}
