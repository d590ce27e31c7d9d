/*
 * The queue and the gauge in every interleaving: the programs of explored/,
 * and the same ones with a mistake built in, which must be found.
 */

#include "check.h"
#include "wb/testkit.h"

#define QUEUE   SOURCES "/queue.c", SOURCES "/queue_end.c", SOURCES "/base.c"
#define HEADERS "-I" INCLUDES

static void test_close_reaches_every_popper(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(PROGRAMS "/queue_close.c", QUEUE), WBX_CFLAGS(HEADERS) });
}

static void test_close_reaches_every_pusher(void **state)
{
    (void)state;
    wbx_check_clean(
        &(struct wbx_options){ WBX_FILES(PROGRAMS "/queue_close_full.c", QUEUE),
                               WBX_CFLAGS(HEADERS) });
}

static void test_join_comes_back_when_all_is_handled(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(PROGRAMS "/queue_join.c", QUEUE), WBX_CFLAGS(HEADERS) });
}

static void test_deadline_loses_no_item(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(PROGRAMS "/queue_timeout.c", QUEUE), WBX_CFLAGS(HEADERS) });
}

/* The queue as it is, but every signal is counted. */
static void test_a_burst_tells_a_popper_once(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(PROGRAMS "/queue_burst.c", PROGRAMS "/counted.c", QUEUE),
        WBX_CFLAGS(HEADERS, "-Dpthread_cond_signal=wb_count_signal") });
}

static void test_a_gauge_keeps_its_peak(void **state)
{
    (void)state;
    wbx_check_clean(
        &(struct wbx_options){ WBX_FILES(PROGRAMS "/gauge_peak.c",
                                         SOURCES "/gauge.c", SOURCES "/base.c"),
                               WBX_CFLAGS(HEADERS) });
}

/* -- mistakes ----------------------------------------------------------------
 */

/* Explore a program with a mistake in the queue: options of the compiler that
 * put other calls, of nothing.c, in the place of the right ones. */
static void expect_found(const char *program, const char *mistake,
                         const char *more, enum wb_verdict kind)
{
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(program, PROGRAMS "/nothing.c", QUEUE),
                               WBX_CFLAGS(HEADERS, mistake, more) },
        kind, NULL);
}

/* close() must wake them all: one signal leaves the second one asleep. */
static void test_signal_for_broadcast_is_found(void **state)
{
    (void)state;
    const char *mistake = "-Dpthread_cond_broadcast=pthread_cond_signal";
    expect_found(PROGRAMS "/queue_close.c", mistake, mistake, WB_DEADLOCK);
    expect_found(PROGRAMS "/queue_close_full.c", mistake, mistake, WB_DEADLOCK);
}

static void test_missing_signal_is_found(void **state)
{
    (void)state;
    const char *mistake = "-Dpthread_cond_signal=wb_leave_cond";
    expect_found(PROGRAMS "/queue_join.c", mistake, mistake, WB_DEADLOCK);
    expect_found(PROGRAMS "/queue_timeout.c", mistake, mistake, WB_DEADLOCK);
}

static void test_missing_lock_is_found(void **state)
{
    (void)state;
    expect_found(PROGRAMS "/queue_close_full.c",
                 "-Dpthread_mutex_lock=wb_leave_mutex",
                 "-Dpthread_mutex_unlock=wb_leave_mutex", WB_DATA_RACE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_close_reaches_every_popper),
    cmocka_unit_test(test_close_reaches_every_pusher),
    cmocka_unit_test(test_join_comes_back_when_all_is_handled),
    cmocka_unit_test(test_deadline_loses_no_item),
    cmocka_unit_test(test_a_burst_tells_a_popper_once),
    cmocka_unit_test(test_a_gauge_keeps_its_peak),
    cmocka_unit_test(test_signal_for_broadcast_is_found),
    cmocka_unit_test(test_missing_signal_is_found),
    cmocka_unit_test(test_missing_lock_is_found),
};

WB_TEST_MAIN(tests)
