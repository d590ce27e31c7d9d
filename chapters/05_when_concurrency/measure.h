#ifndef MEASURE_H
#define MEASURE_H

/* What a piece of work does with its time. All figures are of the calling
 * thread, and a difference: before the work and after it. */

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "wb/base.h"

enum { MS = 1000000, WORTH_A_THREAD = 1 * MS, BULK = 4096 };

/* region: usage */
struct usage {
    int64_t wall;   /* ns by the clock on the wall */
    int64_t cpu;    /* ns on a processor */
    int64_t queued; /* ns ready to run, and no processor was free */
    long waits;     /* times it gave the processor up, to wait for something */
    long bytes;     /* read and written */
};
/* endregion: usage */

/* region: kind */
enum kind { TINY, COMPUTES, TRANSFERS, ASKS };

static const char *const kind_names[] = { "tiny", "CPU-bound", "I/O-bound",
                                          "latency-bound" };

static inline enum kind kind_of(const struct usage *u)
{
    long spells = u->waits + 1; /* of work, between two waits */

    if (u->cpu / spells >= WORTH_A_THREAD)
        return COMPUTES;
    if (u->waits == 0)
        return TINY;
    return u->bytes / u->waits >= BULK ? TRANSFERS : ASKS;
}
/* endregion: kind */

/* region: figures */
/* The first number in a file of /proc behind a word. */
static inline int64_t look_up(const char *path, const char *format)
{
    long long value = 0;
    char line[128];
    FILE *file = fopen(path, "r");

    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, format, &value) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return value;
}

static inline int64_t read_clock(clockid_t clock)
{
    struct timespec ts;

    WB_MUST_SYS(clock_gettime(clock, &ts));
    return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static inline long waits_now(void)
{
    struct rusage r;

    WB_MUST_SYS(getrusage(RUSAGE_THREAD, &r));
    return r.ru_nvcsw;
}

static inline struct usage usage_now(void)
{
    struct usage u = { .waits = waits_now() };

    u.wall = read_clock(CLOCK_MONOTONIC);
    u.cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
    u.queued = look_up("/proc/thread-self/schedstat", "%*d %lld");
    u.bytes = look_up("/proc/thread-self/io", "rchar: %lld") +
              look_up("/proc/thread-self/io", "wchar: %lld");
    return u;
}
/* endregion: figures */

/* region: measure */
static inline struct usage measure(void *(*work)(void *), void *arg)
{
    struct usage idle = usage_now(), before = usage_now();

    before.waits = waits_now(); /* to read a file may be a wait as well */
    work(arg);
    struct usage after = usage_now();
    return (struct usage){
        .wall = after.wall - before.wall,
        .cpu = after.cpu - before.cpu,
        .queued = after.queued - before.queued,
        .waits = after.waits - before.waits,
        /* To look is to read: all but a few bytes of that are taken off. */
        .bytes = (after.bytes - before.bytes) - (before.bytes - idle.bytes),
    };
}
/* endregion: measure */

static inline void print_usage(const char *name, const struct usage *u)
{
    printf("%-9s %6.1f ms: %5.1f computing, %5.1f in the queue; "
           "%ld waits, %ld KiB: %s\n",
           name, (double)u->wall / MS, (double)u->cpu / MS,
           (double)u->queued / MS, u->waits, u->bytes >> 10,
           kind_names[kind_of(u)]);
}

#endif
