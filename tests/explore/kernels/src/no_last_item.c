/* The producer sends fewer items than the consumer waits for. Signals found
 * nobody, but none of them was lost: the consumer saw each item.
 * expect: deadlock "on filled (no_last_item.c:22), and nobody is left to" */
#include <pthread.h>

enum { ITEMS = 2 };

static int items;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;

static void *consume(void *arg)
{
#ifdef FIXED
    const int wanted = ITEMS;
#else
    const int wanted = ITEMS + 1;
#endif
    pthread_mutex_lock(&mu);
    for (int taken = 0; taken < wanted; items--, taken++)
        while (items == 0)
            pthread_cond_wait(&filled, &mu);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, consume, NULL);
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&mu);
        items++;
        pthread_cond_signal(&filled);
        pthread_mutex_unlock(&mu);
    }
    pthread_join(t, NULL);
    return 0;
}
