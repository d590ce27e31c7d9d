/* A wait without a predicate misses a signal that was sent before.
 * expect: lost-wakeup "ready" */
#include <pthread.h>
#include <stdbool.h>

static bool done;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
    pthread_mutex_lock(&mu);
    done = true;
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_mutex_lock(&mu);
#ifdef FIXED
    while (!done)
#endif
        pthread_cond_wait(&ready, &mu);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    return 0;
}
