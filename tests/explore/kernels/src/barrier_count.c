/* The barrier is told of three threads and two come.
 * expect: deadlock "barrier" */
#include <pthread.h>

#ifdef FIXED
enum { PARTIES = 2 };
#else
enum { PARTIES = 3 };
#endif

static pthread_barrier_t barrier;
static int parts[2];

static void *worker(void *arg)
{
    *(int *)arg = 1;
    pthread_barrier_wait(&barrier);
    return parts[0] + parts[1] == 2 ? NULL : arg;
}

int main(void)
{
    pthread_t t;

    pthread_barrier_init(&barrier, NULL, PARTIES);
    pthread_create(&t, NULL, worker, &parts[1]);
    worker(&parts[0]);
    pthread_join(t, NULL);
    pthread_barrier_destroy(&barrier);
    return 0;
}
