/*
 * The pool in every interleaving: the programs of explored/, and the same
 * ones with a mistake built in, which must be found.
 */

#include "check.h"
#include "wb/testkit.h"

#define POOL                                                                   \
    SOURCES "/pool.c", SOURCES "/future.c", SOURCES "/as_completed.c",         \
        SOURCES "/base.c"
#define HEADERS "-I" INCLUDES

/* Program "get", with or without an argument. */
static void expect_clean(const char *program, const char *arg)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/pool_%s.c", PROGRAMS, program);
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(path, POOL),
                                           WBX_CFLAGS(HEADERS), .args = &arg,
                                           .nargs = arg != NULL ? 1 : 0 });
}

static void test_each_task_runs_once(void **state)
{
    (void)state;
    expect_clean("get", NULL);
    expect_clean("get", "one worker");
}

static void test_cancel_against_start(void **state)
{
    (void)state;
    expect_clean("cancel", NULL);
}

static void test_submit_against_shutdown(void **state)
{
    (void)state;
    expect_clean("shutdown", NULL);
    expect_clean("shutdown", "cancel");
}

static void test_as_completed_gives_each_once(void **state)
{
    (void)state;
    expect_clean("as_completed", NULL);
}

static void test_deadline_leaves_the_future_whole(void **state)
{
    (void)state;
    expect_clean("deadline", NULL);
}

static void test_task_that_waits_for_its_pool_ends(void **state)
{
    (void)state;
    expect_clean("self_wait", NULL);
    expect_clean("circle", NULL);
}

/* -- mistakes ----------------------------------------------------------------
 */

static void expect_found(const char *program, const char *mistake,
                         const char *more, enum wb_verdict kind)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/pool_%s.c", PROGRAMS, program);
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(path, PROGRAMS "/nothing.c", POOL),
                               WBX_CFLAGS(HEADERS, mistake, more) },
        kind, NULL);
}

static void test_missing_signal_is_found(void **state)
{
    (void)state;
    const char *mistake = "-Dpthread_cond_signal=wb_leave_cond";
    expect_found("self_wait", mistake, mistake, WB_DEADLOCK);
    expect_found("as_completed", mistake, mistake, WB_DEADLOCK);
}

/* Nobody is told that the pool is closed, nor that all is done. */
static void test_missing_broadcast_is_found(void **state)
{
    (void)state;
    const char *mistake = "-Dpthread_cond_broadcast=wb_leave_cond";
    expect_found("cancel", mistake, mistake, WB_DEADLOCK);
    expect_found("shutdown", mistake, mistake, WB_DEADLOCK);
}

/* Whoever waits does not hold what it would give up. */
static void test_missing_lock_is_found(void **state)
{
    (void)state;
    expect_found("cancel", "-Dpthread_mutex_lock=wb_leave_mutex",
                 "-Dpthread_mutex_unlock=wb_leave_mutex", WB_ASSERTION);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_each_task_runs_once),
    cmocka_unit_test(test_cancel_against_start),
    cmocka_unit_test(test_submit_against_shutdown),
    cmocka_unit_test(test_as_completed_gives_each_once),
    cmocka_unit_test(test_deadline_leaves_the_future_whole),
    cmocka_unit_test(test_task_that_waits_for_its_pool_ends),
    cmocka_unit_test(test_missing_signal_is_found),
    cmocka_unit_test(test_missing_broadcast_is_found),
    cmocka_unit_test(test_missing_lock_is_found),
};

WB_TEST_MAIN(tests)
