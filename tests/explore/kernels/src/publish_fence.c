/* The writer's fence has no partner: without an acquire fence after the
 * relaxed load, the reader's next read may be done early.
 * expect: data-race "message" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static int message;
static atomic_bool ready;

static void *publish(void *arg)
{
    (void)arg;
    message = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&ready, true, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, publish, NULL);
    if (atomic_load_explicit(&ready, memory_order_relaxed)) {
#ifdef FIXED
        atomic_thread_fence(memory_order_acquire);
#endif
        assert(message == 42);
    }
    pthread_join(t, NULL);
    return 0;
}
