/* Main returns while a detached thread is still at work.
 * expect: leaked-thread "detached" */
#include <pthread.h>
#include <semaphore.h>

static int result;
static sem_t finished;

static void *worker(void *arg)
{
    result = 1;
    sem_post(&finished);
    return arg;
}

int main(void)
{
    pthread_t t;

    sem_init(&finished, 0, 0);
    pthread_create(&t, NULL, worker, NULL);
#ifdef FIXED
    pthread_join(t, NULL);
#else
    pthread_detach(t);
    sem_wait(&finished);
#endif
    return 0;
}
