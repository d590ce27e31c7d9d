/*
 * Coroutines that are cancelled, or that lose patience. See wb/coro.h.
 */

#include <errno.h>

#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/testkit.h"

static int clean_up_slowly(void *arg)
{
    int rc = wb_coro_sleep_ms(1000);
    mark(arg, rc == -ECANCELED ? 'c' : '?');
    rc = wb_coro_sleep_ms(5); /* told once: cleaning up may wait */
    mark(arg, rc == 0 ? 'd' : '?');
    return -ECANCELED;
}

static int cancel_and_await(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(clean_up_slowly, arg);
    wb_coro_yield();
    wb_coro_cancel(c);
    int rc = wb_coro_await(c);
    assert_true(wb_coro_now() == 5 * MS);
    return rc;
}

static void test_cancelled_one_cleans_up(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(cancel_and_await, &t), -ECANCELED);
    assert_string_equal(t.text, "cd");
}

static int cancel_before_it_begins(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(clean_up_slowly, arg);
    wb_coro_cancel(c);
    return wb_coro_await(c);
}

static void test_one_cancelled_early_still_begins(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(cancel_before_it_begins, &t), -ECANCELED);
    assert_string_equal(t.text, "cd");
}

static int await_slow_child(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(clean_up_slowly, arg);
    int rc = wb_coro_await(c);
    mark(arg, 'e');
    return rc;
}

static int cancel_the_waiter(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(await_slow_child, arg);
    wb_coro_sleep_ms(1);
    wb_coro_cancel(c);
    return wb_coro_await(c);
}

static void test_cancel_reaches_whom_it_awaits(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(cancel_the_waiter, &t), -ECANCELED);
    assert_string_equal(t.text, "cde");
}

static int await_then_wait(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(clean_up_slowly, arg);
    int rc = wb_coro_await(c);
    mark(arg, rc == -ECANCELED ? 'e' : '?');
    return wb_coro_sleep_ms(1);
}

static int cancel_twice(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(await_then_wait, arg);
    wb_coro_sleep_ms(1);
    wb_coro_cancel(c);
    wb_coro_sleep_ms(1);
    wb_coro_cancel(c); /* while it waits for what cannot be given up */
    return wb_coro_await(c);
}

static void test_cancel_waits_for_what_cannot_be_given_up(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(cancel_twice, &t), -ECANCELED);
    assert_string_equal(t.text, "cde");
}

static int await_with_deadline(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(clean_up_slowly, arg);
    int rc = wb_coro_await_until(c, wb_coro_deadline_in_ms(7));
    assert_true(wb_coro_now() == 12 * MS);
    return rc;
}

static void test_deadline_cancels_whom_it_awaits(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(await_with_deadline, &t), -ETIMEDOUT);
    assert_string_equal(t.text, "cd");
}

static int await_at_the_last_moment(void *arg)
{
    struct nap nap = { arg, 'a', 7, 3 };
    struct wb_coro *c = wb_coro_spawn(take_nap, &nap);
    wb_coro_yield(); /* so that its deadline comes first */
    return wb_coro_await_until(c, wb_coro_deadline_in_ms(7));
}

static void test_result_at_the_deadline_is_not_lost(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(await_at_the_last_moment, &t), 3);
}

static int fail_later(void *arg)
{
    wb_coro_sleep_ms(1);
    mark(arg, 'f');
    return -EIO;
}

/* Both that are cancelled take their time, and the second one's end comes after
 * the first one's has woken who waits for both. */
static int gather_and_fail(void *arg)
{
    struct wb_coro *c[3];
    c[0] = wb_coro_spawn(clean_up_slowly, arg);
    c[1] = wb_coro_spawn(await_slow_child, arg);
    c[2] = wb_coro_spawn(fail_later, arg);
    int rc = wb_coro_gather(c, 3);
    assert_int_equal(wb_coro_alive(), 1);
    return rc;
}

static void test_gather_waits_for_all_that_clean_up(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(gather_and_fail, &t), -EIO);
    assert_string_equal(t.text, "fccdde");
}

enum { SLEEPERS = 300 };

struct sleeper {
    int ms;
    int *on_time;
};

static int sleep_in_a_crowd(void *arg)
{
    const struct sleeper *s = arg;
    int rc = wb_coro_sleep_ms(s->ms);
    *s->on_time += rc == 0 && wb_coro_now() == s->ms * MS;
    return 0;
}

static int cancel_most(void *arg)
{
    struct sleeper sleepers[SLEEPERS];
    struct wb_coro *c[SLEEPERS];
    for (int i = 0; i < SLEEPERS; i++) {
        sleepers[i] = (struct sleeper){ 1 + i * 7919 % 1009, arg };
        c[i] = wb_coro_spawn(sleep_in_a_crowd, &sleepers[i]);
    }
    wb_coro_yield();
    for (int i = 0; i < SLEEPERS; i++)
        if (i % 3 != 0)
            wb_coro_cancel(c[i]);
    return wb_coro_gather(c, SLEEPERS);
}

static void test_those_that_are_left_wake_on_time(void **state)
{
    (void)state;
    int on_time = 0;
    assert_int_equal(run_virtually(cancel_most, &on_time), 0);
    assert_int_equal(on_time, SLEEPERS / 3);
}

static int use_little_stack(void *arg)
{
    volatile char room[8000];
    (void)arg;
    for (size_t i = 0; i < sizeof(room); i++)
        room[i] = 1;
    return room[1];
}

static int use_much_stack(void *arg)
{
    volatile char room[1000000];
    (void)arg;
    for (size_t i = 0; i < sizeof(room); i++)
        room[i] = 1;
    return room[1];
}

static void test_a_stack_has_the_size_asked_for(void **state)
{
    (void)state;
    struct wb_coro_options options = { .stack_size = 1 }; /* the least */
    assert_int_equal(wb_coro_run_with(&options, use_little_stack, NULL), 1);
    options.stack_size = 2000000;
    assert_int_equal(wb_coro_run_with(&options, use_much_stack, NULL), 1);
}

static int sleep_for_ever(void *arg)
{
    int rc = wb_coro_sleep_until(WB_FOREVER);
    mark(arg, rc == -ECANCELED ? 'x' : '?');
    return rc;
}

static int leave_detached(void *arg)
{
    for (int i = 0; i < 3; i++)
        wb_coro_detach(wb_coro_spawn(sleep_for_ever, arg));
    wb_coro_yield();
    mark(arg, 'm');
    return 7;
}

static void test_detached_ones_are_cancelled_at_the_end(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(wb_coro_run(leave_detached, &t), 7);
    assert_string_equal(t.text, "mxxx");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cancelled_one_cleans_up),
    cmocka_unit_test(test_one_cancelled_early_still_begins),
    cmocka_unit_test(test_cancel_reaches_whom_it_awaits),
    cmocka_unit_test(test_cancel_waits_for_what_cannot_be_given_up),
    cmocka_unit_test(test_deadline_cancels_whom_it_awaits),
    cmocka_unit_test(test_result_at_the_deadline_is_not_lost),
    cmocka_unit_test(test_gather_waits_for_all_that_clean_up),
    cmocka_unit_test(test_those_that_are_left_wake_on_time),
    cmocka_unit_test(test_a_stack_has_the_size_asked_for),
    cmocka_unit_test(test_detached_ones_are_cancelled_at_the_end),
};

WB_TEST_MAIN(tests)
