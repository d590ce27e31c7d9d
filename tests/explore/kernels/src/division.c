/* The divisor is checked, then changed by another thread, then used.
 * expect: crash "SIGFPE" */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int parts = 2;

static void *close_all(void *arg)
{
    parts = 0;
    return arg;
}

int main(void)
{
    pthread_t t;
    int share = 0;

    pthread_create(&t, NULL, close_all, NULL);
#ifdef FIXED
    int n = parts;

    if (n != 0)
        share = 10 / n;
#else
    if (parts != 0)
        share = 10 / parts;
#endif
    pthread_join(t, NULL);
    return share > 5;
}
