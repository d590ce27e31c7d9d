/* Four threads count primes, under one lock for all of them and without it.
 *
 * The lock is what the interpreter lock of Python is: a thread that computes
 * has to hold it, and gives it up every now and then so that another may
 * compute. Giving it up more often changes who computes, never how many.
 *
 * Run:     ./workbook run 02 cpu
 *
 * explore: no, it computes for too long */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "wb/base.h"
#include "wb/gauge.h"

enum { THREADS = 4, NUMBERS = 20000, SLICE = 500 };

static pthread_mutex_t interpreter = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t all_compute;
static struct wb_gauge computing;
static atomic_int primes; /* atomic: publishes nothing */

static bool is_prime(int n)
{
    for (int i = 2; i * i <= n; i++)
        if (n % i == 0)
            return false;
    return n > 1;
}

static void compute(int from, int to)
{
    wb_gauge_enter(&computing);
    for (int n = from; n < to; n++)
        primes += is_prime(n);
    wb_gauge_leave(&computing);
}

/* region: locked */
static void *compute_locked(void *arg)
{
    int first = *(int *)arg;

    for (int n = first; n < first + NUMBERS; n += SLICE) {
        pthread_mutex_lock(&interpreter);
        compute(n, n + SLICE);
        pthread_mutex_unlock(&interpreter);
    }
    return NULL;
}
/* endregion: locked */

/* region: free */
/* The barrier opens when all four are there: each is in the middle of it. */
static void *compute_freely(void *arg)
{
    int first = *(int *)arg;

    wb_gauge_enter(&computing);
    pthread_barrier_wait(&all_compute);
    for (int n = first; n < first + NUMBERS; n++)
        primes += is_prime(n);
    wb_gauge_leave(&computing);
    return NULL;
}
/* endregion: free */

static void run(const char *how, void *(*body)(void *))
{
    pthread_t threads[THREADS];
    int first[THREADS];

    primes = 0;
    wb_gauge_reset(&computing);
    for (int i = 0; i < THREADS; i++) {
        first[i] = i * NUMBERS;
        WB_MUST(pthread_create(&threads[i], NULL, body, &first[i]));
    }
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    printf("%s %d threads found %d primes, at most %d computed at once\n", how,
           THREADS, primes, wb_gauge_peak(&computing));
}

int main(void)
{
    WB_MUST(pthread_barrier_init(&all_compute, NULL, THREADS));
    run("under one lock:  ", compute_locked);
    run("without the lock:", compute_freely);
    WB_MUST(pthread_barrier_destroy(&all_compute));
    return 0;
}
