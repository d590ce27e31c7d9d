/* Main waits for a thread to end while it holds the lock the thread needs.
 * expect: deadlock "to end" */
#include <pthread.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *arg)
{
    pthread_mutex_lock(&mu);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_mutex_lock(&mu);
#ifdef FIXED
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
#else
    pthread_join(t, NULL);
    pthread_mutex_unlock(&mu);
#endif
    return 0;
}
