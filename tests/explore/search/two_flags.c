/* Store buffering: each of two threads sets its flag and reads the other's.
 * With MESSAGE it is message passing: one sets both, the other reads both. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic int a, b;

static void *first(void *arg)
{
    atomic_store(&a, 1);
#ifdef MESSAGE
    atomic_store(&b, 1);
#else
    (void)atomic_load(&b);
#endif
    return arg;
}

static void *second(void *arg)
{
#ifdef MESSAGE
    (void)atomic_load(&b);
#else
    atomic_store(&b, 1);
#endif
    (void)atomic_load(&a);
    return arg;
}

int main(void)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
