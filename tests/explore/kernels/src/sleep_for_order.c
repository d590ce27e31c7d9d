/* Main sleeps and trusts that the thread is done by then. A sleep orders
 * nothing.
 * expect: data-race "result" */
#include <pthread.h>
#include <threads.h>
#include <time.h>

static int result;

static void *worker(void *arg)
{
    result = 1;
    return arg;
}

int main(void)
{
    struct timespec second = { .tv_sec = 1 };
    pthread_t t;
    int got;

    pthread_create(&t, NULL, worker, NULL);
#ifdef FIXED
    pthread_join(t, NULL);
    thrd_sleep(&second, NULL);
    got = result;
#else
    thrd_sleep(&second, NULL);
    got = result;
    pthread_join(t, NULL);
#endif
    return got != 1;
}
