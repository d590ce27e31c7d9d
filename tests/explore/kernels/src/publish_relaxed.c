/* A message is published with a relaxed flag, which orders nothing but
 * itself.
 * expect: data-race "message" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifdef FIXED
#define STORE memory_order_release
#define LOAD  memory_order_acquire
#else
#define STORE memory_order_relaxed
#define LOAD  memory_order_relaxed
#endif

static int message;
static atomic_bool ready;

static void *publish(void *arg)
{
    (void)arg;
    message = 42;
    atomic_store_explicit(&ready, true, STORE);
    return NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, publish, NULL);
    if (atomic_load_explicit(&ready, LOAD))
        assert(message == 42);
    pthread_join(t, NULL);
    return 0;
}
