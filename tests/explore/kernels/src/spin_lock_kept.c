/* A test-and-set lock is not cleared on the path that finds nothing to do, so
 * the next thread spins for ever.
 * expect: livelock "lock" */
#include <pthread.h>
#include <stdatomic.h>

static atomic_flag lock = ATOMIC_FLAG_INIT;
static int work = 1;

static void *take(void *arg)
{
    while (atomic_flag_test_and_set(&lock))
        continue;
    if (work == 0) {
#ifdef FIXED
        atomic_flag_clear(&lock);
#endif
        return arg;
    }
    work--;
    atomic_flag_clear(&lock);
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, take, NULL);
    pthread_create(&b, NULL, take, NULL);
    take(NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
