/* A queue is closed with signal: of two waiting consumers one never learns.
 * expect: deadlock "changed" */
#include <pthread.h>
#include <stdbool.h>

static bool closed;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void *consume(void *arg)
{
    pthread_mutex_lock(&mu);
    while (!closed)
        pthread_cond_wait(&changed, &mu);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, consume, NULL);
    pthread_create(&b, NULL, consume, NULL);
    pthread_mutex_lock(&mu);
    closed = true;
#ifdef FIXED
    pthread_cond_broadcast(&changed);
#else
    pthread_cond_signal(&changed);
#endif
    pthread_mutex_unlock(&mu);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
