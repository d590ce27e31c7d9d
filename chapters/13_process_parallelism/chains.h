#ifndef CHAINS_H
#define CHAINS_H

/* What bad.c and good.c share: the work, and the log.
 *
 * Take a number; if it is even, halve it, otherwise triple it and add one; go
 * on until it is 1. How many steps is the longest such chain that begins in
 * a range of numbers? That takes a processor and nothing else. */

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"

enum { WIDTH = 3000, WORKERS = 2, RANGES = 8, RANGES_MAX = 4096 };

/* region: work */
struct range {
    long first;
    bool rotten; /* a bug that only some data meets */
};

static long longest_chain(const struct range *r)
{
    long longest = 0;

    if (r->rotten)
        abort();
    for (long n = r->first; n < r->first + WIDTH; n++) {
        long steps = 0;
        for (unsigned long x = (unsigned long)n; x != 1; steps++)
            x = x % 2 == 0 ? x / 2 : 3 * x + 1;
        if (steps > longest)
            longest = steps;
    }
    return longest;
}
/* endregion: work */

/* region: log */
static pthread_mutex_t log_mu = PTHREAD_MUTEX_INITIALIZER;
static long lines; /* guarded by log_mu; stands for a file */

static void log_line(void)
{
    WB_MUST(pthread_mutex_lock(&log_mu));
    lines++;
    WB_MUST(pthread_mutex_unlock(&log_mu));
}
/* endregion: log */

/* region: logger */
static sem_t in_a_line, disk_is_done;

/* A thread of ours that is in the middle of a line, on a slow disk. */
static void *log_slowly(void *unused)
{
    WB_MUST(pthread_mutex_lock(&log_mu));
    sem_post(&in_a_line);
    sem_wait(&disk_is_done);
    lines++;
    WB_MUST(pthread_mutex_unlock(&log_mu));
    return unused;
}
/* endregion: logger */

/* Start it, and wait until it holds the lock. */
static pthread_t start_logger(void)
{
    pthread_t logger;

    sem_init(&in_a_line, 0, 0);
    sem_init(&disk_is_done, 0, 0);
    WB_MUST(pthread_create(&logger, NULL, log_slowly, NULL));
    sem_wait(&in_a_line);
    return logger;
}

static void end_logger(pthread_t logger)
{
    sem_post(&disk_is_done);
    WB_MUST(pthread_join(logger, NULL));
}

static void set_ranges(struct range *ranges, long n, bool rotten)
{
    for (long i = 0; i < n; i++)
        ranges[i] = (struct range){ 1 + i * WIDTH, rotten && i == n / 2 };
}

#endif
