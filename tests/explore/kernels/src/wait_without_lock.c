/* A wait without the mutex it names.
 * expect: assertion "does not hold" */
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
#ifdef FIXED
    pthread_mutex_lock(&mu);
    while (!done)
        pthread_cond_wait(&ready, &mu);
    pthread_mutex_unlock(&mu);
#else
    pthread_cond_wait(&ready, &mu);
#endif
    pthread_join(t, NULL);
    return 0;
}
