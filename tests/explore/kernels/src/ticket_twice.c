/* A ticket lock that takes its ticket in two steps: two threads have the same
 * one, and the next is never called.
 * expect: livelock "looks at serving"
 * polls */
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint next, serving;

static void *worker(void *arg)
{
#ifdef FIXED
    unsigned mine = atomic_fetch_add(&next, 1);
#else
    unsigned mine = atomic_load(&next);

    atomic_store(&next, mine + 1);
#endif
    while (atomic_load_explicit(&serving, memory_order_acquire) != mine)
        continue;
    atomic_store_explicit(&serving, mine + 1, memory_order_release);
    return arg;
}

int main(void)
{
    pthread_t t[2];

    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, worker, NULL);
    worker(NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    return 0;
}
