/* A trylock that failed is followed by the unlock all the same: it releases
 * somebody else's lock.
 * expect: assertion "does not hold" */
#include <pthread.h>

static int value;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *arg)
{
#ifdef FIXED
    if (pthread_mutex_trylock(&mu) != 0)
        return arg;
    value++;
#else
    if (pthread_mutex_trylock(&mu) == 0)
        value++;
#endif
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_mutex_lock(&mu);
    value++;
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    return 0;
}
