/* Two threads take two locks in opposite order.
 * expect: deadlock "held by main" */
#include <pthread.h>

static pthread_mutex_t mu_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mu_b = PTHREAD_MUTEX_INITIALIZER;

static void both(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void *worker(void *arg)
{
    (void)arg;
#ifdef FIXED
    both(&mu_a, &mu_b);
#else
    both(&mu_b, &mu_a);
#endif
    return NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    both(&mu_a, &mu_b);
    pthread_join(t, NULL);
    return 0;
}
