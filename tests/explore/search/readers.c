/* One writer and N readers of one atomic. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic int x;

static void *reader(void *arg)
{
    (void)atomic_load(&x);
    return arg;
}

static void *writer(void *arg)
{
    atomic_store(&x, 1);
    return arg;
}

int main(void)
{
    pthread_t threads[N + 1];

    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, reader, NULL);
    pthread_create(&threads[N], NULL, writer, NULL);
    for (int i = 0; i <= N; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
