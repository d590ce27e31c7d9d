/* A wait returns although nobody signalled, and the predicate was asked only
 * before.
 * expect: assertion "done" */
#include <assert.h>
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
#else
    if (!done)
#endif
        pthread_cond_wait(&ready, &mu);
    assert(done);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    return 0;
}
