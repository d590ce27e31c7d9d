/* Each thread fills its part and reads both; nothing waits for the other.
 * expect: data-race "parts" */
#include <pthread.h>

static pthread_barrier_t barrier;
static int parts[2], sums[2];

static void work(int me)
{
    parts[me] = 1;
#ifdef FIXED
    pthread_barrier_wait(&barrier);
#endif
    sums[me] = parts[0] + parts[1];
}

static void *worker(void *arg)
{
    work(1);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&t, NULL, worker, NULL);
    work(0);
    pthread_join(t, NULL);
    pthread_barrier_destroy(&barrier);
    return sums[0] != 2 || sums[1] != 2;
}
