/* Turnstiles that count visitors, and lose some.
 *
 * Symptom: now and then the total is smaller than the number of visitors.
 * Cause:   counter_add reads the value, adds, and writes it back; another
 *          thread can do the same between the read and the write.
 * Provoke: ./workbook explore 03 bad
 *          It runs two turnstiles with one visitor each in every order.
 * Next:    good.c */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"

enum { MAX_TURNSTILES = 16 };

/* region: counter */
struct counter {
    long value;
};

static void counter_add(struct counter *c, long n)
{
    c->value += n;
}

static long counter_get(struct counter *c)
{
    return c->value;
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
