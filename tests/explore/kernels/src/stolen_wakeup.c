/* Two consumers and one item: whoever is woken must look again, for the other
 * may have taken the item before the woken one has the lock.
 * expect: assertion "items > 0" */
#include <assert.h>
#include <pthread.h>

static int items;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;

static void *consume(void *arg)
{
    pthread_mutex_lock(&mu);
#ifdef FIXED
    while (items == 0)
#else
    if (items == 0)
#endif
        pthread_cond_wait(&not_empty, &mu);
    assert(items > 0);
    items--;
    pthread_mutex_unlock(&mu);
    return arg;
}

static void produce(void)
{
    pthread_mutex_lock(&mu);
    items++;
    pthread_cond_signal(&not_empty);
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
