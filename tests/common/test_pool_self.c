/*
 * Tasks that wait for tasks of their own pool. See wb/pool.h.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "pool_tasks.h"
#include "wb/testkit.h"

enum { DEPTH = 50 };

static struct wb_pool *own;

/* Each waits for the next one, (intptr_t)arg deep. */
static int descend(void *arg, void **result)
{
    if (arg == NULL)
        return 0;
    struct wb_future *f = submit(own, descend, (char *)arg - 1);
    int rc = wb_future_get(f, result);
    wb_future_cancel(f);
    wb_future_free(f);
    return rc;
}

static void test_a_worker_runs_what_it_waits_for(void **state)
{
    (void)state;
    own = make(1);
    struct wb_future *f = submit(own, descend, (void *)DEPTH);
    assert_int_equal(wb_future_get(f, NULL), 0);
    wb_future_free(f);
    f = submit(own, descend, (void *)(intptr_t)(WB_POOL_NESTED_MAX + 1));
    assert_int_equal(wb_future_get(f, NULL), -EDEADLK);
    wb_future_free(f);
    wb_pool_free(own);
}

static int fan_out(void *arg, void **result)
{
    void *args[20], *results[20];
    (void)arg;
    for (int i = 0; i < 20; i++)
        args[i] = (void *)(intptr_t)(i + 10);
    int rc = wb_pool_map(own, double_it, args, 20, results);
    *result = results[19];
    return rc;
}

static void test_tasks_map_on_their_own_pool(void **state)
{
    (void)state;
    own = make(2);
    void *args[50] = { 0 }, *results[50];
    assert_int_equal(wb_pool_map(own, fan_out, args, 50, results), 0);
    for (int i = 0; i < 50; i++)
        assert_int_equal((intptr_t)results[i], 58);
    wb_pool_free(own);
}

static struct gate both;
static struct wb_future *ring[3]; /* const once both is open */
static _Atomic pid_t waiters[3];  /* atomic: 0 until it is about to wait */

static int wait_for_next(void *arg, void **result)
{
    struct wb_future **next = arg;
    (void)result;
    gate_pass(&both);
    atomic_store(&waiters[next - ring], gettid());
    return wb_future_get(*next, NULL);
}

/* As many workers as tasks, and all run when the waiting begins. */
static void test_a_circle_of_workers_is_told(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n++) {
        both = GATE;
        own = make((unsigned)n);
        for (int i = 0; i < n; i++)
            ring[i] = submit(own, wait_for_next, &ring[(i + 1) % n]);
        gate_open_when(&both, n);
        for (int i = 0; i < n; i++)
            assert_int_equal(wb_future_get(ring[i], NULL), -EDEADLK);
        wb_pool_free(own);
        for (int i = 0; i < n; i++)
            wb_future_free(ring[i]);
    }
}

static int wait_for_any(void *arg, void **result)
{
    (void)arg;
    (void)result;
    gate_pass(&both);
    atomic_store(&waiters[0], gettid());
    return wb_future_wait_any(ring, 2, WB_FOREVER) < 0 ? -EDEADLK : 0;
}

/* One waits for any of two; the first waits for it, the second can go on. It
 * goes on when both others are asleep, and then all end. */
static void test_whoever_waits_for_any_is_not_stuck(void **state)
{
    (void)state;
    struct gate last = GATE;
    both = GATE;
    own = make(3);
    for (int i = 0; i < 3; i++)
        atomic_store(&waiters[i], 0);
    ring[2] = submit(own, wait_for_any, NULL);
    ring[0] = submit(own, wait_for_next, &ring[2]);
    ring[1] = submit(own, pass, &last);
    gate_open_when(&both, 2);
    see_asleep(&waiters[0]);
    see_asleep(&waiters[2]);
    gate_open_when(&last, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wb_future_get(ring[i], NULL), 0);
    wb_pool_free(own);
    for (int i = 0; i < 3; i++)
        wb_future_free(ring[i]);
}

static int shut_down(void *arg, void **result)
{
    (void)arg;
    (void)result;
    return wb_pool_shutdown(own, WB_POOL_RUN_REST);
}

/* Look whether the other one is done, which it is not, and go on until it
 * waits for us. */
static int look_once(void *arg, void **result)
{
    struct wb_as_completed *it;
    struct wb_future *next;
    (void)arg;
    (void)result;
    gate_see(&both, 2); /* the other one runs, and ring is filled */
    WB_MUST(wb_as_completed_create(&it, &ring[0], 1));
    int rc = wb_as_completed_next(it, &next, 0);
    gate_open_when(&both, 2);
    see_asleep(&waiters[1]);
    wb_as_completed_free(it);
    return rc;
}

static void test_whoever_has_given_up_is_not_stuck(void **state)
{
    (void)state;
    own = make(2);
    both = GATE;
    atomic_store(&waiters[1], 0);
    ring[1] = submit(own, look_once, NULL);
    ring[0] = submit(own, wait_for_next, &ring[1]);
    gate_pass(&both);
    assert_int_equal(wb_future_get(ring[0], NULL), -ETIMEDOUT);
    for (int i = 0; i < 2; i++)
        wb_future_free(ring[i]);
    wb_pool_free(own);
}

static void test_a_task_cannot_shut_its_pool_down(void **state)
{
    (void)state;
    own = make(1);
    struct wb_future *f = submit(own, shut_down, NULL);
    assert_int_equal(wb_future_get(f, NULL), -EDEADLK);
    wb_future_free(f);
    wb_future_free(submit(own, give, NULL)); /* it is still open */
    wb_pool_free(own);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_a_worker_runs_what_it_waits_for),
    cmocka_unit_test(test_tasks_map_on_their_own_pool),
    cmocka_unit_test(test_a_circle_of_workers_is_told),
    cmocka_unit_test(test_whoever_waits_for_any_is_not_stuck),
    cmocka_unit_test(test_whoever_has_given_up_is_not_stuck),
    cmocka_unit_test(test_a_task_cannot_shut_its_pool_down),
};

WB_TEST_MAIN(tests)
