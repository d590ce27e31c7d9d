/* A condition variable is destroyed while a thread waits on it.
 * expect: deadlock "destroyed" */
#include <pthread.h>
#include <stdbool.h>

static bool done;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
    pthread_mutex_lock(&mu);
    while (!done)
        pthread_cond_wait(&ready, &mu);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_mutex_lock(&mu);
    done = true;
#ifdef FIXED
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    pthread_cond_destroy(&ready);
#else
    pthread_cond_destroy(&ready);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
#endif
    return 0;
}
