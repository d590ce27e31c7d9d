/* One condition variable stands for "not empty" and for "not full". With
 * signal, the wrong waiter may get it, find its own predicate false and sleep
 * on; the one that was meant sleeps for ever.
 * expect: deadlock "changed" */
#include <pthread.h>

static int items;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void tell(void)
{
#ifdef FIXED
    pthread_cond_broadcast(&changed);
#else
    pthread_cond_signal(&changed);
#endif
}

static void *consume(void *arg)
{
    pthread_mutex_lock(&mu);
    while (items == 0)
        pthread_cond_wait(&changed, &mu);
    items--;
    tell();
    pthread_mutex_unlock(&mu);
    return arg;
}

static void produce(void)
{
    pthread_mutex_lock(&mu);
    while (items == 1)
        pthread_cond_wait(&changed, &mu);
    items++;
    tell();
    pthread_mutex_unlock(&mu);
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, consume, NULL);
    pthread_create(&b, NULL, consume, NULL);
    produce();
    produce();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
