/* One way out of a function forgets the lock; nobody comes after, so nobody
 * waits.
 * expect: leaked-lock "mu" */
#include <pthread.h>

static int work;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *take(void *arg)
{
    pthread_mutex_lock(&mu);
    if (work == 0) {
#ifdef FIXED
        pthread_mutex_unlock(&mu);
#endif
        return arg;
    }
    work--;
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, take, NULL);
    pthread_join(t, NULL);
    return 0;
}
