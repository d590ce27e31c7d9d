/* main asks until it is told: round and round, and then it is over. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int told;

static void *tell(void *unused)
{
    atomic_store(&told, 1);
    return unused;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, tell, NULL);
    while (atomic_load(&told) == 0)
        continue;
    return pthread_join(t, NULL);
}
