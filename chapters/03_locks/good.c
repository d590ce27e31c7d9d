/* Turnstiles that count visitors, every one of them.
 *
 * The counter has a lock of its own. Whoever touches the value holds it, so
 * nobody can come between the read and the write of counter_add.
 *
 * Prove:   ./workbook explore 03 good
 * Next:    atomic.c, for when the counter is all there is */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"

enum { MAX_TURNSTILES = 16 };

/* region: counter */
struct counter {
    pthread_mutex_t mu;
    long value; /* guarded by mu */
};

static void counter_add(struct counter *c, long n)
{
    pthread_mutex_lock(&c->mu);
    c->value += n;
    pthread_mutex_unlock(&c->mu);
}

static long counter_get(struct counter *c)
{
    pthread_mutex_lock(&c->mu);
    long value = c->value;
    pthread_mutex_unlock(&c->mu);

    return value;
}
/* endregion: counter */

static struct counter visitors = { .mu = PTHREAD_MUTEX_INITIALIZER };
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
