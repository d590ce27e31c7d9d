/* A weak compare-exchange may fail although nobody interferes.
 * only: gcc
 * expect: assertion "taken == 1" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int token, taken;

static void *take(void *arg)
{
    int none = 0;

#ifdef FIXED
    while (!atomic_compare_exchange_weak(&token, &none, 1))
        if (none != 0)
            return arg;
#else
    if (!atomic_compare_exchange_weak(&token, &none, 1))
        return arg;
#endif
    taken++;
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, take, NULL);
    take(NULL);
    pthread_join(t, NULL);
    assert(taken == 1);
    return 0;
}
