/* main lets a thread work until the clock says that time is up, and looks at
 * what it has done before it has ended.
 * expect: data-race "rounds" */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

static atomic_bool stop;
static long rounds;

static void *worker(void *arg)
{
    while (!stop)
        sched_yield();
    rounds++;
    return arg;
}

int main(void)
{
    pthread_t t;
    struct timespec begun, now;
    int failed;

    pthread_create(&t, NULL, worker, NULL);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec == begun.tv_sec);
    stop = true;
#ifdef FIXED
    pthread_join(t, NULL);
#endif
    failed = rounds < 0;
#ifndef FIXED
    pthread_join(t, NULL);
#endif
    return failed;
}
