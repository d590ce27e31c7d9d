/* Each access is atomic, the update made of two of them is not.
 * expect: assertion "counter == 2" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int counter;

static void *add(void *arg)
{
    (void)arg;
#ifdef FIXED
    atomic_fetch_add(&counter, 1);
#else
    atomic_store(&counter, atomic_load(&counter) + 1);
#endif
    return NULL;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, add, NULL);
    pthread_create(&b, NULL, add, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    assert(counter == 2);
    return 0;
}
