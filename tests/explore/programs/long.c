/* More interleavings than anybody waits for. */
#include <pthread.h>
#include <stdatomic.h>

static _Atomic int value;

static void *run(void *arg)
{
    for (int i = 0; i < 4; i++)
        atomic_store(&value, value + 1);
    return arg;
}

int main(void)
{
    pthread_t threads[6];

    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
