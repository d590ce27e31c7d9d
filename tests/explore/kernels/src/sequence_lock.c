/* A reader copies plain data and looks afterwards whether the count moved:
 * too late, the copy itself was a race. Relaxed atomics make it none.
 * expect: data-race "data" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define RELAXED memory_order_relaxed

static atomic_uint sequence;
#ifdef FIXED
static atomic_int data[2];
#define GET(i)    atomic_load_explicit(&data[i], RELAXED)
#define PUT(i, v) atomic_store_explicit(&data[i], (v), RELAXED)
#else
static int data[2];
#define GET(i)    data[i]
#define PUT(i, v) (data[i] = (v))
#endif

static void *write_both(void *arg)
{
    atomic_store_explicit(&sequence, 1, RELAXED);
    atomic_thread_fence(memory_order_release);
    PUT(0, 1);
    PUT(1, 1);
    atomic_store_explicit(&sequence, 2, memory_order_release);
    return arg;
}

int main(void)
{
    unsigned before;
    pthread_t t;
    int a, b;

    pthread_create(&t, NULL, write_both, NULL);
    do {
        before = atomic_load_explicit(&sequence, memory_order_acquire);
        a = GET(0);
        b = GET(1);
        atomic_thread_fence(memory_order_acquire);
    } while (before % 2 != 0 ||
             before != atomic_load_explicit(&sequence, RELAXED));
    assert(a == b);
    pthread_join(t, NULL);
    return 0;
}
