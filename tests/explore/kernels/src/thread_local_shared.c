/* A thread counts in a thread-local variable; who gave it the address reads
 * it meanwhile.
 * expect: data-race "count of T1" */
#include <pthread.h>
#include <semaphore.h>

static _Thread_local int count;
static int *progress;
static sem_t begun, read_it;

static void *worker(void *arg)
{
    progress = &count;
    sem_post(&begun);
#ifndef FIXED
    count++;
#endif
    sem_wait(&read_it);
    count++;
    return arg;
}

int main(void)
{
    pthread_t t;
    int seen;

    sem_init(&begun, 0, 0);
    sem_init(&read_it, 0, 0);
    pthread_create(&t, NULL, worker, NULL);
    sem_wait(&begun);
    seen = *progress;
    sem_post(&read_it);
    pthread_join(t, NULL);
    return seen > 1;
}
