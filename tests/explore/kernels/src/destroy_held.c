/* The mutex is destroyed while a thread is inside.
 * expect: leaked-lock "destroyed" */
#include <pthread.h>

static int value;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *arg)
{
    pthread_mutex_lock(&mu);
    value++;
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
#ifdef FIXED
    pthread_join(t, NULL);
    pthread_mutex_destroy(&mu);
#else
    pthread_mutex_destroy(&mu);
    pthread_join(t, NULL);
#endif
    return 0;
}
