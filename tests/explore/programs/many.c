/* Four threads count to sixteen, each on its own way: too many states. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int counts[4];

static void *count(void *its)
{
    for (int i = 0; i < 16; i++)
        atomic_fetch_add((atomic_int *)its, 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, count, &counts[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
