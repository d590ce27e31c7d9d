/* Each thread keeps one lock and tries for the other for ever: a deadlock
 * that burns processor time. One order for all needs no trying.
 * expect: livelock "mu_" */
#include <pthread.h>

static pthread_mutex_t mu_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mu_b = PTHREAD_MUTEX_INITIALIZER;

static void both(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    while (pthread_mutex_trylock(second) != 0)
        continue;
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void *worker(void *arg)
{
#ifdef FIXED
    both(&mu_a, &mu_b);
#else
    both(&mu_b, &mu_a);
#endif
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    both(&mu_a, &mu_b);
    pthread_join(t, NULL);
    return 0;
}
