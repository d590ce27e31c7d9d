/* A thread calls itself until its stack is full. */
#include <pthread.h>

static long deeper(long n)
{
    long filler[64];

    filler[n % 64] = n;
    return deeper(n + 1) + filler[n % 64];
}

static void *worker(void *arg)
{
    return deeper(0) ? arg : NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_join(t, NULL);
    return 0;
}
