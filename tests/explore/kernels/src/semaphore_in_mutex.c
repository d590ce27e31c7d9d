/* A consumer waits for an item inside the mutex that the producer needs.
 * expect: deadlock "items" */
#include <pthread.h>
#include <semaphore.h>

static sem_t items;
static int queue;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *consume(void *arg)
{
#ifdef FIXED
    sem_wait(&items);
    pthread_mutex_lock(&mu);
#else
    pthread_mutex_lock(&mu);
    sem_wait(&items);
#endif
    queue--;
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    sem_init(&items, 0, 0);
    pthread_create(&t, NULL, consume, NULL);
    pthread_mutex_lock(&mu);
    queue++;
    pthread_mutex_unlock(&mu);
    sem_post(&items);
    pthread_join(t, NULL);
    sem_destroy(&items);
    return 0;
}
