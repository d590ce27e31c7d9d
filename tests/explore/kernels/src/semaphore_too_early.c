/* The post comes before the data it announces.
 * expect: data-race "item" */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t full;
static int item;

static void *produce(void *arg)
{
#ifdef FIXED
    item = 1;
    sem_post(&full);
#else
    sem_post(&full);
    item = 1;
#endif
    return arg;
}

int main(void)
{
    pthread_t t;

    sem_init(&full, 0, 0);
    pthread_create(&t, NULL, produce, NULL);
    sem_wait(&full);
    assert(item == 1);
    pthread_join(t, NULL);
    sem_destroy(&full);
    return 0;
}
