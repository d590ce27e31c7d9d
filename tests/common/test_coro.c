/*
 * Coroutines: spawn, await, gather, cancel, time. See wb/coro.h.
 *
 * Time is virtual: it moves when nothing can run, so that every order is
 * certain and no test waits for a clock.
 */

#include <errno.h>
#include <stdio.h>

#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/testkit.h"

#if defined(__SANITIZE_THREAD__)
enum { CROWD = 500 }; /* each is a thread to ThreadSanitizer */
#else
enum { CROWD = 10000 };
#endif

/* -- spawn and await ------------------------------------------------------- */

static int answer(void *arg)
{
    return arg != NULL ? *(int *)arg : 42;
}

static int sum_two(void *arg)
{
    int one = 1, two = 2;
    struct wb_coro *a = wb_coro_spawn(answer, &one);
    struct wb_coro *b = wb_coro_spawn(answer, &two);
    (void)arg;
    return 10 * wb_coro_await(b) + wb_coro_await(a);
}

static void test_await_gives_the_result(void **state)
{
    (void)state;
    int failure = -EIO;
    assert_int_equal(wb_coro_run(answer, NULL), 42);
    assert_int_equal(wb_coro_run(answer, &failure), -EIO);
    assert_int_equal(wb_coro_run(sum_two, NULL), 21);
}

static int mark_b(void *arg)
{
    mark(arg, 'b');
    assert_int_equal(wb_coro_yield(), 0);
    mark(arg, 'd');
    return 0;
}

static int spawn_then_wait(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(mark_b, arg);
    mark(arg, 'a');
    wb_coro_yield();
    mark(arg, 'c');
    assert_false(wb_coro_done(c));
    wb_coro_yield();
    mark(arg, 'e');
    assert_true(wb_coro_done(c));
    return wb_coro_await(c);
}

static void test_spawned_one_starts_when_the_caller_waits(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(wb_coro_run(spawn_then_wait, &t), 0);
    assert_string_equal(t.text, "abcde");
}

static int look_around(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(answer, arg);
    assert_string_equal(wb_coro_name(wb_coro_self()), "look_around");
    assert_string_equal(wb_coro_name(c), "answer");
    assert_true(wb_coro_id(c) != wb_coro_id(wb_coro_self()));
    assert_int_equal(wb_coro_alive(), 2);
    wb_coro_await(c);
    assert_int_equal(wb_coro_alive(), 1);
    return 0;
}

static void test_a_coroutine_knows_itself(void **state)
{
    (void)state;
    assert_null(wb_coro_self());
    assert_int_equal(wb_coro_id(NULL), 0);
    assert_string_equal(wb_coro_name(NULL), "no coroutine");
    assert_int_equal(wb_coro_run(look_around, NULL), 0);
    assert_null(wb_coro_self());
    assert_int_equal(wb_coro_alive(), 0);
}

/* -- time ------------------------------------------------------------------ */

static int nap_in_turn(void *arg)
{
    struct nap naps[] = {
        { arg, 'c', 30, 0 }, { arg, 'a', 10, 0 }, { arg, 'x', 20, 0 },
        { arg, 'y', 20, 0 }, { arg, 'z', 20, 0 }, { arg, '0', 0, 0 },
    };
    struct wb_coro *c[6];
    int64_t began = wb_coro_now();
    for (int i = 0; i < 6; i++)
        c[i] = wb_coro_spawn(take_nap, &naps[i]);
    assert_int_equal(wb_coro_gather(c, 6), 0);
    assert_true(wb_coro_now() - began == 30 * MS);
    return 0;
}

static void test_sleepers_wake_in_order(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(nap_in_turn, &t), 0);
    assert_string_equal(t.text, "0axyzc");
}

static int sleep_really(void *arg)
{
    (void)arg;
    int64_t when = wb_coro_deadline_in_ms(3);
    assert_int_equal(wb_coro_sleep_until(when), 0);
    assert_true(wb_now() >= when);
    assert_int_equal(wb_coro_sleep_until(0), 0);
    return 0;
}

static void test_real_time_is_waited_for(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(sleep_really, NULL), 0);
}

static int watch_the_clock(void *arg)
{
    (void)arg;
    assert_true(wb_coro_now() == 0);
    wb_coro_advance(5 * MS);
    assert_true(wb_coro_now() == 5 * MS);
    assert_int_equal(wb_coro_sleep_ms(1000000), 0);
    assert_true(wb_coro_now() == 1000005 * MS);
    assert_true(wb_coro_deadline_in_ms(INT64_MAX) == WB_FOREVER);
    return 0;
}

static void test_virtual_time_jumps(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(watch_the_clock, NULL), 0);
}

enum { SLEEPERS = 200 };

static int count_waking(void *arg)
{
    int rc = wb_coro_sleep_ms(5);
    ++*(int *)arg;
    return rc;
}

/* Somebody is ready all the time, and yet nobody sleeps too long. */
static int stay_busy(void *arg)
{
    static struct wb_coro *c[SLEEPERS];
    int awake = 0;
    (void)arg;
    for (int i = 0; i < SLEEPERS; i++)
        c[i] = wb_coro_spawn(count_waking, &awake);
    for (int i = 0; i < 2; i++)
        wb_coro_yield(); /* in a round of many turns, and in one of its own */
    wb_coro_advance(5 * MS);
    wb_coro_yield(); /* now they are ready, behind the caller */
    assert_int_equal(awake, 0);
    wb_coro_yield();
    assert_int_equal(awake, SLEEPERS);
    return wb_coro_gather(c, SLEEPERS);
}

static void test_deadlines_come_between_any_two_rounds(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(stay_busy, NULL), 0);
}

/* -- gather ---------------------------------------------------------------- */

static int gather_failing(void *arg)
{
    struct nap naps[] = { { arg, 'a', 10, 1 },
                          { arg, 'b', 20, -EIO },
                          { arg, 'c', 30, 3 },
                          { arg, 'd', 20, -EPERM } };
    struct wb_coro *c[4];
    for (int i = 0; i < 4; i++)
        c[i] = wb_coro_spawn(take_nap, &naps[i]);
    int rc = wb_coro_gather(c, 4);
    assert_true(wb_coro_now() == 20 * MS);
    assert_int_equal(wb_coro_alive(), 1);
    return rc;
}

static void test_first_failure_cancels_the_rest(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(gather_failing, &t), -EIO);
    assert_string_equal(t.text, "abd!");
}

static int gather_everything(void *arg)
{
    struct nap naps[] = { { arg, 'a', 10, 1 },
                          { arg, 'b', 20, -EIO },
                          { arg, 'c', 30, 3 } };
    struct wb_coro *c[3];
    int results[3];
    for (int i = 0; i < 3; i++)
        c[i] = wb_coro_spawn(take_nap, &naps[i]);
    int rc = wb_coro_gather_all(c, 3, results);
    assert_int_equal(results[0], 1);
    assert_int_equal(results[1], -EIO);
    assert_int_equal(results[2], 3);
    return rc;
}

static void test_gather_all_collects_failures(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(gather_everything, &t), 1);
    assert_string_equal(t.text, "abc");
}

static int gather_some_that_have_ended(void *arg)
{
    (void)arg;
    int failure = -EBUSY;
    struct wb_coro *c[] = { wb_coro_spawn(answer, NULL),
                            wb_coro_spawn(answer, &failure) };
    wb_coro_yield();
    assert_true(wb_coro_done(c[0]) && wb_coro_done(c[1]));
    assert_int_equal(wb_coro_gather(NULL, 0), 0);
    return wb_coro_gather(c, 2);
}

static void test_gather_of_those_that_have_ended(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(gather_some_that_have_ended, NULL), -EBUSY);
}

static int gather_too_slow(void *arg)
{
    struct nap naps[] = { { arg, 'a', 10, 0 }, { arg, 'b', 30, 0 } };
    struct wb_coro *c[2];
    for (int i = 0; i < 2; i++)
        c[i] = wb_coro_spawn(take_nap, &naps[i]);
    int rc = wb_coro_gather_until(c, 2, wb_coro_deadline_in_ms(20));
    assert_true(wb_coro_now() == 20 * MS);
    return rc;
}

static void test_gather_has_a_deadline(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(gather_too_slow, &t), -ETIMEDOUT);
    assert_string_equal(t.text, "a!");
}

/* -- many ------------------------------------------------------------------ */

static struct wb_gauge asleep;

static int sleep_together(void *arg)
{
    (void)arg;
    wb_gauge_enter(&asleep);
    int rc = wb_coro_sleep_ms(1000);
    wb_gauge_leave(&asleep);
    return rc;
}

static int gather_a_crowd(void *arg)
{
    static struct wb_coro *c[CROWD];
    (void)arg;
    for (int i = 0; i < CROWD; i++)
        c[i] = wb_coro_spawn(sleep_together, NULL);
    return wb_coro_gather(c, CROWD);
}

static void test_ten_thousand_are_ordinary(void **state)
{
    (void)state;
    wb_gauge_reset(&asleep);
    assert_int_equal(run_virtually(gather_a_crowd, NULL), 0);
    assert_int_equal(wb_gauge_peak(&asleep), CROWD);
    assert_int_equal(wb_gauge_inside(&asleep), 0);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

static long resident(void)
{
    long total = 0, pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &total, &pages), 2);
    fclose(f);
    return pages;
}

/* Runs when all the others are asleep, for it was spawned last. */
static int count_pages(void *arg)
{
    *(long *)arg = resident();
    return wb_gauge_inside(&asleep);
}

static int weigh_a_crowd(void *arg)
{
    static struct wb_coro *c[CROWD];
    long before = resident(), then;
    for (int i = 0; i < CROWD; i++)
        c[i] = wb_coro_spawn(sleep_together, arg);
    assert_int_equal(wb_coro_await(wb_coro_spawn(count_pages, &then)), CROWD);
    /* A page each, and a few per cent for the heap of deadlines. */
    assert_in_range(then - before, CROWD, CROWD + CROWD / 25);
    return wb_coro_gather(c, CROWD);
}

static void test_a_sleeper_has_one_page(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(weigh_a_crowd, NULL), 0);
}

#endif

static int cancel_a_crowd(void *arg)
{
    static struct wb_coro *c[CROWD];
    for (int i = 0; i < CROWD; i++)
        c[i] = wb_coro_spawn(sleep_together, arg);
    wb_coro_yield();
    for (int i = 0; i < CROWD; i++)
        if (i % 3 != 0) /* most, so that the heap of deadlines is cleaned */
            wb_coro_cancel(c[i]);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(wb_coro_await(c[i]), i % 3 != 0 ? -ECANCELED : 0);
    assert_true(wb_coro_now() == 1000 * MS);
    return 0;
}

static void test_cancelled_deadlines_are_forgotten(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(cancel_a_crowd, NULL), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_await_gives_the_result),
    cmocka_unit_test(test_spawned_one_starts_when_the_caller_waits),
    cmocka_unit_test(test_a_coroutine_knows_itself),
    cmocka_unit_test(test_sleepers_wake_in_order),
    cmocka_unit_test(test_real_time_is_waited_for),
    cmocka_unit_test(test_virtual_time_jumps),
    cmocka_unit_test(test_deadlines_come_between_any_two_rounds),
    cmocka_unit_test(test_first_failure_cancels_the_rest),
    cmocka_unit_test(test_gather_all_collects_failures),
    cmocka_unit_test(test_gather_of_those_that_have_ended),
    cmocka_unit_test(test_gather_has_a_deadline),
    cmocka_unit_test(test_ten_thousand_are_ordinary),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    cmocka_unit_test(test_a_sleeper_has_one_page),
#endif
    cmocka_unit_test(test_cancelled_deadlines_are_forgotten),
};

WB_TEST_MAIN(tests)
