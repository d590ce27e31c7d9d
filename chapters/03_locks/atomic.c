/* Turnstiles again: one atomic in place of the lock.
 *
 * The value is one number, and adding to it is the only thing that has to be
 * whole. An atomic addition reads, adds and writes in a single step.
 *
 * Prove:   ./workbook explore chapters/03_locks/atomic.c
 * Next:    scoped.c */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"

enum { MAX_TURNSTILES = 16 };

/* region: counter */
struct counter {
    _Atomic long value; /* atomic: nothing else is published through it */
};

static void counter_add(struct counter *c, long n)
{
    /* label: one-step */
    atomic_fetch_add(&c->value, n);
}

static long counter_get(struct counter *c)
{
    return atomic_load(&c->value);
}
/* endregion: counter */

static struct counter visitors;
static long each = 1;

static void *turnstile(void *unused)
{
    (void)unused;
    for (long i = 0; i < each; i++)
        counter_add(&visitors, 1);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[MAX_TURNSTILES];
    int n = argc > 1 ? atoi(argv[1]) : 2;

    if (argc > 2)
        each = atol(argv[2]);
    if (n < 1 || n > MAX_TURNSTILES || each < 0) {
        fprintf(stderr, "usage: %s [TURNSTILES (1-%d) [VISITORS]]\n", argv[0],
                MAX_TURNSTILES);
        return 2;
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_create(&threads[i], NULL, turnstile, NULL));
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(threads[i], NULL));

    long counted = counter_get(&visitors);

    printf("%ld visitors, %ld counted\n", n * each, counted);
    return counted == n * each ? EXIT_SUCCESS : EXIT_FAILURE;
}
