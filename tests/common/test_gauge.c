/* How many are inside, and how many ever were. See wb/gauge.h. */

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/testkit.h"

enum { THREADS = 8, ROUNDS = 2000, PATIENCE_MS = 30000 };

static struct wb_gauge gauge;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t all_inside;

static void run_threads(void *(*body)(void *))
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_create(&threads[i], NULL, body, NULL));
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_join(threads[i], NULL));
}

static void test_enter_and_leave_count(void **state)
{
    (void)state;
    struct wb_gauge g = WB_GAUGE_INIT;
    assert_int_equal(wb_gauge_enter(&g), 1);
    assert_int_equal(wb_gauge_enter(&g), 2);
    assert_int_equal(wb_gauge_inside(&g), 2);
    assert_int_equal(wb_gauge_leave(&g), 1);
    assert_int_equal(wb_gauge_enter(&g), 2);
    assert_int_equal(wb_gauge_leave(&g), 1);
    assert_int_equal(wb_gauge_leave(&g), 0);
    assert_int_equal(wb_gauge_peak(&g), 2);
}

static void test_reset_starts_from_who_is_inside(void **state)
{
    (void)state;
    struct wb_gauge g = WB_GAUGE_INIT;
    wb_gauge_enter(&g);
    wb_gauge_enter(&g);
    wb_gauge_leave(&g);
    wb_gauge_reset(&g);
    assert_int_equal(wb_gauge_inside(&g), 1);
    assert_int_equal(wb_gauge_peak(&g), 1);
}

static void *meet_inside(void *arg)
{
    wb_gauge_enter(&gauge);
    pthread_barrier_wait(&all_inside);
    wb_gauge_leave(&gauge);
    return arg;
}

static void test_peak_counts_all_who_overlap(void **state)
{
    (void)state;
    gauge = (struct wb_gauge)WB_GAUGE_INIT;
    WB_MUST(pthread_barrier_init(&all_inside, NULL, THREADS));
    run_threads(meet_inside);
    WB_MUST(pthread_barrier_destroy(&all_inside));
    assert_int_equal(wb_gauge_peak(&gauge), THREADS);
    assert_int_equal(wb_gauge_inside(&gauge), 0);
}

static void *take_turns(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        WB_MUST(pthread_mutex_lock(&mu));
        wb_gauge_enter(&gauge);
        wb_gauge_leave(&gauge);
        WB_MUST(pthread_mutex_unlock(&mu));
    }
    return arg;
}

static void test_peak_is_one_for_those_who_take_turns(void **state)
{
    (void)state;
    gauge = (struct wb_gauge)WB_GAUGE_INIT;
    run_threads(take_turns);
    assert_int_equal(wb_gauge_peak(&gauge), 1);
}

static void *enter_often(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
        wb_gauge_enter(&gauge);
    return arg;
}

static void test_no_entry_is_lost(void **state)
{
    (void)state;
    gauge = (struct wb_gauge)WB_GAUGE_INIT;
    run_threads(enter_often);
    assert_int_equal(wb_gauge_inside(&gauge), THREADS * ROUNDS);
    assert_int_equal(wb_gauge_peak(&gauge), THREADS * ROUNDS);
}

static void test_one_leave_too_many_aborts(void **state)
{
    (void)state;
    const char *const argv[] = { TOOL, "leave-too-often", NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGABRT);
    assert_non_null(strstr(res.err, "misuse: wb_gauge_leave"));
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_enter_and_leave_count),
    cmocka_unit_test(test_reset_starts_from_who_is_inside),
    cmocka_unit_test(test_peak_counts_all_who_overlap),
    cmocka_unit_test(test_peak_is_one_for_those_who_take_turns),
    cmocka_unit_test(test_no_entry_is_lost),
    cmocka_unit_test(test_one_leave_too_many_aborts),
};

WB_TEST_MAIN(tests)
