/* N threads, each an atomic load and then a store of one variable. */
#include <pthread.h>
#include <stdatomic.h>

static _Atomic int x;

static void *run(void *arg)
{
    int seen = atomic_load(&x);

    atomic_store(&x, seen + 1);
    return arg;
}

int main(void)
{
    pthread_t threads[N];

    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
