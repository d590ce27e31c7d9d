/*
 * The pool and its futures. See wb/pool.h.
 */

#include <errno.h>
#include <pthread.h>

#include "pool_tasks.h"
#include "wb/gauge.h"
#include "wb/testkit.h"

enum { MANY = 2000 };

static int refuse(void *arg, void **result)
{
    (void)arg;
    (void)result;
    return -EBADMSG;
}

/* -- one future --------------------------------------------------------------
 */

static void test_get_gives_result_or_error(void **state)
{
    (void)state;
    struct wb_pool *pool = make(0);
    struct wb_future *good = submit(pool, give, pool);
    struct wb_future *bad = submit(pool, refuse, NULL);
    for (int i = 0; i < 2; i++) { /* as often as one likes */
        void *result = NULL;
        assert_int_equal(wb_future_get(good, &result), 0);
        assert_ptr_equal(result, pool);
        assert_int_equal(wb_future_get(bad, &result), -EBADMSG);
    }
    wb_pool_free(pool);
    assert_int_equal(wb_future_get(bad, NULL), -EBADMSG); /* outlives it */
    assert_int_equal(wb_future_cancel(bad), -EBUSY);
    wb_future_free(good);
    wb_future_free(bad);
    wb_future_free(NULL);
    wb_pool_free(NULL);
}

static void test_no_more_run_at_once_than_workers(void **state)
{
    (void)state;
    struct wb_pool *pool = make(3);
    struct gate gate = GATE;
    struct wb_future *f[5];
    for (int i = 0; i < 5; i++)
        f[i] = submit(pool, pass, &gate);
    gate_see(&gate, 3);
    assert_int_equal(wb_future_cancel(f[0]), -EBUSY); /* it runs */
    assert_int_equal(wb_future_cancel(f[4]), 0);      /* not started */
    assert_int_equal(wb_future_cancel(f[4]), 0);
    assert_int_equal(wb_future_wait_until(f[0], 0), -ETIMEDOUT);
    assert_int_equal(wb_future_get_until(f[3], NULL, wb_now()), -ETIMEDOUT);
    assert_int_equal(wb_future_wait_all(f, 5, 0), -ETIMEDOUT);
    assert_int_equal(wb_future_wait_any(f, 4, 0), -ETIMEDOUT);
    assert_int_equal(wb_future_wait_any(f, 5, 0), 4);
    gate_open_when(&gate, 3);
    assert_int_equal(wb_future_wait_all(f, 5, WB_FOREVER), 0);
    assert_int_equal(gate.inside, 4); /* one was cancelled */
    assert_int_equal(wb_future_get(f[4], NULL), -ECANCELED);
    for (int i = 0; i < 5; i++)
        wb_future_free(f[i]);
    wb_pool_free(pool);
}

static struct gate all;
static _Atomic pid_t ids[3]; /* atomic: 0 until the worker has come */

static int tell_id(void *arg, void **result)
{
    (void)result;
    atomic_store((_Atomic pid_t *)arg, gettid());
    gate_pass(&all);
    return 0;
}

static struct wb_pool *make_three_that_sleep(void)
{
    struct wb_pool *pool = make(3);
    struct wb_future *f[3];
    all = GATE;
    for (int i = 0; i < 3; i++)
        atomic_store(&ids[i], 0);
    for (int i = 0; i < 3; i++)
        f[i] = submit(pool, tell_id, &ids[i]);
    gate_open_when(&all, 3);
    assert_int_equal(wb_future_wait_all(f, 3, WB_FOREVER), 0);
    for (int i = 0; i < 3; i++) {
        wb_future_free(f[i]);
        see_asleep(&ids[i]);
    }
    return pool;
}

/* Each task is submitted when those before it run and do not end. */
static void test_no_worker_sleeps_while_a_task_waits(void **state)
{
    (void)state;
    struct wb_pool *pool = make_three_that_sleep();
    struct gate gate = GATE;
    for (int i = 1; i <= 3; i++) {
        WB_MUST(wb_pool_submit(pool, pass, &gate, NULL));
        gate_see(&gate, i);
    }
    gate_open_when(&gate, 3);
    wb_pool_free(pool);
    pool = make_three_that_sleep();
    gate = GATE;
    for (int i = 1; i <= 3; i++) /* and all of them at once */
        WB_MUST(wb_pool_submit(pool, pass, &gate, NULL));
    gate_open_when(&gate, 3);
    wb_pool_free(pool);
}

static void test_shutdown_refuses_and_cancels(void **state)
{
    (void)state;
    struct wb_pool *pool = make(1);
    struct wb_future *f[MANY], *late = NULL;
    int canceled = 0;
    for (int i = 0; i < MANY; i++)
        f[i] = submit(pool, give, NULL);
    assert_int_equal(wb_pool_shutdown(pool, WB_POOL_CANCEL_REST), 0);
    assert_int_equal(wb_pool_submit(pool, give, NULL, &late), -EPIPE);
    assert_null(late);
    for (int i = 0; i < MANY; i++) {
        assert_true(wb_future_done(f[i]));
        int rc = wb_future_get(f[i], NULL);
        assert_true(rc == -ECANCELED || (rc == 0 && canceled == 0));
        canceled += rc == -ECANCELED;
        wb_future_free(f[i]);
    }
    assert_int_equal(wb_pool_shutdown(pool, WB_POOL_RUN_REST), 0);
    wb_pool_free(pool);
}

static struct wb_gauge passed;

static int count(void *arg, void **result)
{
    (void)result;
    wb_gauge_enter(arg);
    return 0;
}

static void test_free_runs_what_nobody_asks_for(void **state)
{
    (void)state;
    struct wb_pool *pool = make(2);
    for (int i = 0; i < MANY; i++)
        WB_MUST(wb_pool_submit(pool, count, &passed, NULL));
    for (int i = 0; i < MANY; i++)
        wb_future_free(submit(pool, count, &passed));
    wb_pool_free(pool);
    wb_pool_free(NULL);
    wb_future_free(NULL);
    assert_int_equal(wb_gauge_inside(&passed), 2 * MANY);
}

/* -- many --------------------------------------------------------------------
 */

static void test_map_keeps_order_and_tells_the_first_error(void **state)
{
    (void)state;
    struct wb_pool *pool = make(2);
    void *args[MANY], *results[MANY] = { 0 };
    for (int i = 0; i < MANY; i++)
        args[i] = (void *)(intptr_t)(i + 10);
    assert_int_equal(wb_pool_map(pool, double_it, args, MANY, results), 0);
    for (int i = 0; i < MANY; i++)
        assert_int_equal((intptr_t)results[i], 2 * (i + 10));
    args[1000] = (void *)9;
    args[50] = (void *)7;
    assert_int_equal(wb_pool_map(pool, double_it, args, MANY, NULL), -7);
    assert_int_equal(wb_pool_map(pool, double_it, args, 0, NULL), 0);
    wb_pool_shutdown(pool, WB_POOL_RUN_REST);
    assert_int_equal(wb_pool_map(pool, double_it, args, MANY, NULL), -EPIPE);
    wb_pool_free(pool);
}

/* The first task cannot end before the last one has come out. */
static void test_as_completed_gives_what_ends_first(void **state)
{
    (void)state;
    struct wb_pool *pool = make(2);
    struct gate gate = GATE;
    struct wb_as_completed *it;
    struct wb_future *f[4] = { submit(pool, pass, &gate), NULL }, *next;
    for (int i = 1; i < 4; i++)
        f[i] = submit(pool, give, NULL);
    WB_MUST(wb_as_completed_create(&it, f, 4));
    for (int i = 1; i < 4; i++) {
        assert_int_equal(wb_as_completed_next(it, &next, WB_FOREVER), 0);
        assert_ptr_equal(next, f[i]); /* one worker ran them */
        wb_future_free(next);
    }
    assert_int_equal(wb_as_completed_next(it, &next, 0), -ETIMEDOUT);
    gate_open_when(&gate, 1);
    assert_int_equal(wb_as_completed_next(it, &next, WB_FOREVER), 0);
    assert_ptr_equal(next, f[0]);
    assert_int_equal(wb_as_completed_next(it, &next, WB_FOREVER), -ENODATA);
    wb_as_completed_free(it);
    wb_future_free(f[0]);
    wb_pool_free(pool);
}

/* Two go through the same futures: neither gets what the other has had. */
static void test_each_iterator_gives_each_future_once(void **state)
{
    (void)state;
    struct wb_pool *pool = make(1);
    struct gate gate = GATE;
    struct wb_as_completed *it[2];
    struct wb_future *f[3], *next;
    f[0] = submit(pool, pass, &gate);
    f[1] = submit(pool, give, NULL);
    f[2] = submit(pool, give, NULL);
    for (int i = 0; i < 2; i++)
        WB_MUST(wb_as_completed_create(&it[i], f, 3));
    gate_open_when(&gate, 1);
    for (int i = 0; i < 6; i++) {
        WB_MUST(wb_as_completed_next(it[i % 2], &next, WB_FOREVER));
        assert_ptr_equal(next, f[i / 2]);
    }
    for (int i = 0; i < 2; i++)
        wb_as_completed_free(it[i]);
    for (int i = 0; i < 3; i++)
        wb_future_free(f[i]);
    wb_pool_free(pool);
}

static void test_as_completed_may_be_left_early(void **state)
{
    (void)state;
    struct wb_pool *pool = make(1), *other = make(1);
    struct gate gate = GATE;
    struct wb_as_completed *it, *none;
    struct wb_future *f[3] = { submit(pool, pass, &gate),
                               submit(pool, give, NULL),
                               submit(other, give, NULL) };
    WB_MUST(wb_as_completed_create(&it, f, 2));
    WB_MUST(wb_as_completed_create(&none, NULL, 0));
    assert_int_equal(wb_as_completed_next(none, &f[2], 0), -ENODATA);
    wb_as_completed_free(none);
    wb_as_completed_free(it);
    wb_as_completed_free(NULL);
    assert_int_equal(wb_as_completed_create(&it, f, 3), -EINVAL);
    assert_int_equal(wb_future_wait_any(f, 0, 0), -EINVAL);
    assert_int_equal(wb_future_wait_any(f, 3, 0), -EINVAL);
    gate_open_when(&gate, 1);
    wb_pool_free(pool);
    wb_pool_free(other);
    for (int i = 0; i < 3; i++)
        wb_future_free(f[i]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_get_gives_result_or_error),
    cmocka_unit_test(test_no_more_run_at_once_than_workers),
    cmocka_unit_test(test_no_worker_sleeps_while_a_task_waits),
    cmocka_unit_test(test_shutdown_refuses_and_cancels),
    cmocka_unit_test(test_free_runs_what_nobody_asks_for),
    cmocka_unit_test(test_map_keeps_order_and_tells_the_first_error),
    cmocka_unit_test(test_as_completed_gives_what_ends_first),
    cmocka_unit_test(test_each_iterator_gives_each_future_once),
    cmocka_unit_test(test_as_completed_may_be_left_early),
};

WB_TEST_MAIN(tests)
