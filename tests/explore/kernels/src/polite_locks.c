/* Each thread takes one lock, tries the other, and steps back when it is
 * taken: in step with each other they do that for ever. One order of locks for
 * all needs no stepping back.
 * expect: livelock "goes round in a circle" */
#include <pthread.h>

static pthread_mutex_t mu_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mu_b = PTHREAD_MUTEX_INITIALIZER;
static int transfers;

static void transfer(pthread_mutex_t *from, pthread_mutex_t *to)
{
    pthread_mutex_lock(from);
    while (pthread_mutex_trylock(to) != 0) {
        pthread_mutex_unlock(from);
        pthread_mutex_lock(from);
    }
    transfers++;
    pthread_mutex_unlock(to);
    pthread_mutex_unlock(from);
}

static void *worker(void *arg)
{
#ifdef FIXED
    transfer(&mu_a, &mu_b);
#else
    transfer(&mu_b, &mu_a);
#endif
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    transfer(&mu_a, &mu_b);
    pthread_join(t, NULL);
    return transfers != 2;
}
