/* Two threads, each a dozen atomic operations on two variables. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

static _Atomic int x[2];

static void *run(void *arg)
{
    intptr_t me = (intptr_t)arg;

    for (int i = 0; i < 6; i++) {
        int seen = atomic_load(&x[i % 2]);

        atomic_store(&x[(i + me) % 2], seen + 1);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    for (intptr_t i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, run, (void *)i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
