/* A semaphore used as a lock starts at two: two may enter.
 * expect: data-race "inside" */
#include <pthread.h>
#include <semaphore.h>

#ifdef FIXED
enum { START = 1 };
#else
enum { START = 2 };
#endif

static sem_t entry;
static int inside;

static void *enter(void *arg)
{
    sem_wait(&entry);
    inside++;
    sem_post(&entry);
    return arg;
}

int main(void)
{
    pthread_t a, b;

    sem_init(&entry, 0, START);
    pthread_create(&a, NULL, enter, NULL);
    pthread_create(&b, NULL, enter, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    sem_destroy(&entry);
    return 0;
}
