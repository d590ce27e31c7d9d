/* rt_time.c: a clock that moves only when the program sleeps or when nothing
 * else can happen. Sleeping orders nothing: a thread may be delayed for
 * longer than another sleeps, so a sleep is a step like any other. The clock is
 * an object of its own: sleeping touches it as waiting does a condition
 * variable, reading it as a signal that wakes nobody. */
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "rt.h"

static void step(int code, int kind, uint64_t pc)
{
    wbx.current->op = (struct wbx_operation){ .code = (uint8_t)code,
                                              .kind = (uint8_t)kind,
                                              .kind2 = K_NONE,
                                              .target = -1,
                                              .pc = pc,
                                              .address = WBX_CLOCK_OBJECT };
    wbx_step(wbx.current);
}

static void pass(int64_t nanoseconds, uint64_t pc)
{
    step(WBX_SLEEP, K_ENQUEUE, pc); /* two sleeps commute */
    if (nanoseconds > 0)
        wbx.now += nanoseconds;
}

/* How long that is depends on who has slept before: nothing commutes with it.
 */
static void pass_until(int64_t then, uint64_t pc)
{
    step(WBX_SLEEP, K_CHANGE, pc);
    if (wbx.now < then)
        wbx.now = then;
}

WRAP(int, nanosleep, const struct timespec *wanted, struct timespec *left)
{
    (void)left;
    pass(wbx_nanoseconds(wanted), WBX_PC);
    return 0;
}

WRAP(int, clock_nanosleep, clockid_t clock, int flags,
     const struct timespec *wanted, struct timespec *left)
{
    (void)clock, (void)left;
    if (flags & TIMER_ABSTIME)
        pass_until(wbx_nanoseconds(wanted), WBX_PC);
    else
        pass(wbx_nanoseconds(wanted), WBX_PC);
    return 0;
}

WRAP(int, usleep, useconds_t microseconds)
{
    pass((int64_t)microseconds * 1000, WBX_PC);
    return 0;
}

WRAP(unsigned, sleep, unsigned seconds)
{
    pass((int64_t)seconds * 1000000000, WBX_PC);
    return 0;
}

WRAP(int, sched_yield, void)
{
    step(WBX_YIELD, K_NONE, WBX_PC);
    return 0;
}

WRAP(int, clock_gettime, clockid_t clock, struct timespec *ts)
{
    (void)clock;
    step(WBX_SLEEP, K_NOBODY, WBX_PC);
    ts->tv_sec = wbx.now / 1000000000;
    ts->tv_nsec = wbx.now % 1000000000;
    return 0;
}

WRAP(time_t, time, time_t *out)
{
    step(WBX_SLEEP, K_NOBODY, WBX_PC);
    if (out != NULL)
        *out = wbx.now / 1000000000;
    return wbx.now / 1000000000;
}

WRAP(int, timespec_get, struct timespec *ts, int base)
{
    if (base != TIME_UTC)
        return 0;
    __wrap_clock_gettime(CLOCK_REALTIME, ts);
    return base;
}

WRAP(int, gettimeofday, struct timeval *tv, void *zone)
{
    (void)zone;
    step(WBX_SLEEP, K_NOBODY, WBX_PC);
    tv->tv_sec = wbx.now / 1000000000;
    tv->tv_usec = wbx.now % 1000000000 / 1000;
    return 0;
}
