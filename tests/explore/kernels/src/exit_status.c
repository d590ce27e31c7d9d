/* Main reports failure when it comes too late.
 * expect: wrong-answer "exits with status 3" */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int first;

static void *worker(void *arg)
{
    int none = 0;

    atomic_compare_exchange_strong(&first, &none, 2);
    return arg;
}

int main(void)
{
    int none = 0;
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    atomic_compare_exchange_strong(&first, &none, 1);
    pthread_join(t, NULL);
#ifdef FIXED
    return first == 0;
#else
    return first == 1 ? 0 : 3;
#endif
}
