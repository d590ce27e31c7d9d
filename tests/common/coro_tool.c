/*
 * A program that misuses coroutines as its argument says, for tests of how
 * that ends.
 */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/coro_queue.h"
#include "wb/coro_sync.h"

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

static int fail(void *arg)
{
    (void)arg;
    return -5; /* EIO */
}

static int nap(void *arg)
{
    (void)arg;
    return wb_coro_sleep_ms(1);
}

static int await_twice(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(nothing, arg);
    wb_coro_await(c);
    return wb_coro_await(c);
}

static int await_handle(void *arg)
{
    return wb_coro_await(arg);
}

static int cancel_after_await(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(nothing, arg);
    wb_coro_await(c);
    wb_coro_cancel(c);
    return 0;
}

static int await_from_two(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(nap, arg);
    wb_coro_detach(wb_coro_spawn(await_handle, c));
    return wb_coro_await(c);
}

static int await_detached(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(nap, arg);
    wb_coro_detach(c);
    return wb_coro_await(c);
}

static int await_itself(void *arg)
{
    (void)arg;
    return wb_coro_await(wb_coro_self());
}

static int await_self(void *arg)
{
    return wb_coro_await(wb_coro_spawn(await_itself, arg));
}

static int detach_first(void *arg)
{
    (void)arg;
    wb_coro_detach(wb_coro_self());
    return 0;
}

static int gather_twice(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(nap, arg);
    struct wb_coro *both[] = { c, c };
    return wb_coro_gather(both, 2);
}

static int leave_two(void *arg)
{
    wb_coro_spawn(nap, arg);
    wb_coro_spawn(nothing, arg);
    return 0;
}

static int run_inside(void *arg)
{
    return wb_coro_run(nothing, arg);
}

static int advance_real_time(void *arg)
{
    (void)arg;
    wb_coro_advance(1);
    return 0;
}

static int submit_to_itself(void *arg)
{
    return wb_coro_run_threadsafe(wb_coro_loop(), nothing, arg);
}

static int nap_until_set(void *arg)
{
    return wb_coro_event_wait(arg, WB_FOREVER);
}

static void *set_event(void *arg)
{
    wb_coro_event_set(arg);
    return NULL;
}

static int event_of_zeros(void *arg)
{
    struct wb_coro_event zeros = { 0 };

    (void)arg;
    return wb_coro_event_wait(&zeros, WB_FOREVER);
}

static int set_from_a_thread(void *arg)
{
    struct wb_coro_event event = WB_CORO_EVENT_INIT(event);
    struct wb_coro *c = wb_coro_spawn(nap_until_set, &event);
    pthread_t thread;
    (void)arg;
    WB_MUST(wb_coro_yield());
    WB_MUST(pthread_create(&thread, NULL, set_event, &event));
    WB_MUST(pthread_join(thread, NULL));
    return wb_coro_await(c);
}

static void wait_in_callback(void *arg)
{
    (void)arg;
    wb_coro_sleep_ms(1);
}

static int post_a_wait(void *arg)
{
    wb_coro_call_soon_threadsafe(wb_coro_loop(), wait_in_callback, arg);
    return wb_coro_sleep_ms(1000);
}

static int forget_error(void *arg)
{
    wb_coro_detach(wb_coro_spawn(fail, arg));
    return wb_coro_sleep_ms(1);
}

/* Not a tail call, and nothing that a compiler could do away with. */
static __attribute__((noinline)) int dig(volatile int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    return depth < 1000000 ? dig(depth + 1) + frame[0] : 0;
}

static int overflow(void *arg)
{
    (void)arg;
    return dig(0);
}

static int await_overflow(void *arg)
{
    return wb_coro_await(wb_coro_spawn(overflow, arg));
}

/* Further down than a stack of this size reaches, its guard included, in
 * small frames; then wait, which is when a stack without a guard is looked
 * at. */
enum { SMALL_STACK = 16384, BEYOND = SMALL_STACK + 8192 + 256, CROWD = 4200 };

static __attribute__((noinline)) int dig_beyond(const volatile char *top)
{
    volatile char here = 0;
    if (top - &here > BEYOND)
        return wb_coro_yield();
    return dig_beyond(top) + here;
}

static int overflow_unguarded(void *arg)
{
    volatile char top = 0;
    (void)arg;
    return dig_beyond(&top) + top;
}

static int overflow_in_a_crowd(void *arg)
{
    for (int i = 0; i < CROWD; i++)
        wb_coro_detach(wb_coro_spawn(nap, arg));
    return wb_coro_await(wb_coro_spawn(overflow_unguarded, arg));
}

static int crash(void *arg)
{
    return *(volatile int *)arg;
}

static int do_too_often(void *arg)
{
    struct wb_coro_queue *q;
    WB_MUST(wb_coro_queue_create(&q, 1));
    WB_MUST(wb_coro_queue_push(q, arg));
    wb_coro_queue_task_done(q); /* nobody has popped it yet */
    return 0;
}

static int hold(void *arg)
{
    (void)arg;
    wb_coro_advance(250000000);
    return 0;
}

static const struct {
    const char *name;
    wb_coro_fn run;
} modes[] = {
    { "await-twice", await_twice },
    { "cancel-after-await", cancel_after_await },
    { "await-from-two", await_from_two },
    { "await-detached", await_detached },
    { "await-self", await_self },
    { "detach-first", detach_first },
    { "gather-twice", gather_twice },
    { "leave-two", leave_two },
    { "run-inside", run_inside },
    { "advance-real-time", advance_real_time },
    { "submit-to-itself", submit_to_itself },
    { "event-of-zeros", event_of_zeros },
    { "set-from-a-thread", set_from_a_thread },
    { "wait-in-callback", post_a_wait },
    { "forget-error", forget_error },
    { "done-too-often", do_too_often },
    { "overflow", await_overflow },
    { "crash", crash },
};

int main(int argc, char **argv)
{
    struct wb_coro_options virtual = { .virtual_time = true };
    struct wb_coro_options small = { .stack_size = SMALL_STACK };
    struct wb_coro_options boundless = { .stack_size = SIZE_MAX };
    struct wb_coro_event event = WB_CORO_EVENT_INIT(event);
    struct wb_coro_semaphore semaphore = WB_CORO_SEMAPHORE_INIT(semaphore, 1);
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "await-outside") == 0)
        return wb_coro_await(NULL);
    if (strcmp(mode, "spawn-outside") == 0)
        return wb_coro_spawn(nothing, NULL) == NULL;
    if (strcmp(mode, "event-outside") == 0)
        return wb_coro_event_wait(&event, WB_FOREVER);
    if (strcmp(mode, "semaphore-outside") == 0)
        return wb_coro_semaphore_acquire(&semaphore, WB_FOREVER);
    if (strcmp(mode, "hold") == 0)
        return wb_coro_run_with(&virtual, hold, NULL);
    if (strcmp(mode, "boundless-stack") == 0)
        return wb_coro_run_with(&boundless, nothing, NULL);
    if (strcmp(mode, "overflow-in-a-crowd") == 0)
        return wb_coro_run_with(&small, overflow_in_a_crowd, NULL);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(mode, modes[i].name) == 0)
            return wb_coro_run_at(modes[i].run, NULL, mode, __FILE__, __LINE__);
    fprintf(stderr, "usage: coro_tool MODE; see coro_tool.c for the modes\n");
    return 2;
}
