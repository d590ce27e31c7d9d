/* The predicate changes outside the lock, between the waiter's look at it and
 * its wait: the signal comes before there is anybody to hear it.
 * expect: lost-wakeup "ready" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool done;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
#ifdef FIXED
    pthread_mutex_lock(&mu);
#endif
    done = true;
#ifdef FIXED
    pthread_mutex_unlock(&mu);
#endif
    pthread_cond_signal(&ready);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_mutex_lock(&mu);
    while (!done)
        pthread_cond_wait(&ready, &mu);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    return 0;
}
