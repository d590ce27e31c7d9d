/* N philosophers take the left fork and then the right one. */
#include <pthread.h>
#include <stdint.h>

static pthread_mutex_t forks[N];

static void *philosopher(void *arg)
{
    intptr_t i = (intptr_t)arg;

    pthread_mutex_lock(&forks[i]);
    pthread_mutex_lock(&forks[(i + 1) % N]);
    pthread_mutex_unlock(&forks[(i + 1) % N]);
    pthread_mutex_unlock(&forks[i]);
    return NULL;
}

int main(void)
{
    pthread_t threads[N];

    for (intptr_t i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, philosopher, (void *)i);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
