/* One thread rests for three seconds, the other until a time that may have
 * come by then. They are not always done after the same time. The clock is the
 * explorer's: nobody waits, and what is judged is the time, not who was first.
 * expect: assertion "seconds == 7" */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static struct timespec until;
static const struct timespec length = { .tv_sec = 3 };

static void *rest(void *arg)
{
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    return arg;
}

int main(void)
{
    struct timespec begin, end;
    pthread_t other;
    time_t seconds;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    until = begin;
    until.tv_sec += 4;
    if (pthread_create(&other, NULL, rest, NULL) != 0)
        return 1;
#ifdef FIXED
    pthread_join(other, NULL);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL);
#else
    clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL);
    pthread_join(other, NULL);
#endif
    clock_gettime(CLOCK_MONOTONIC, &end);
    seconds = end.tv_sec - begin.tv_sec;
    assert(seconds == 7);
    return 0;
}
