/*
 * The testkit itself: what its failures look like from outside. The tests
 * that fail, crash and hang are in victim.c, run in a process of their own.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 60000 };

/* Run one test of the victim. */
static struct wb_subprocess_result run_victim(const char *test)
{
    const char *const argv[] = { VICTIM, test, NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    return res;
}

static bool has_failed(const struct wb_subprocess_result *res)
{
    return res->outcome == WB_SIGNALED ||
           (res->outcome == WB_EXITED && res->code != 0);
}

static void expect_verdict(const char *test, enum wb_verdict kind,
                           const char *part)
{
    struct wb_subprocess_result res = run_victim(test);
    enum wb_verdict found = WB_CLEAN;
    char message[512] = "";
    int rc = wb_verdict_in(res.out, &found, message, sizeof(message));
    bool good = rc == 0 && found == kind && strstr(message, part) != NULL &&
                has_failed(&res) == (kind != WB_CLEAN);
    if (!good)
        print_message("%s\n%s%s\n", res.message, res.out, res.err);
    wb_subprocess_result_free(&res);
    wb_expect(good, WB_ASSERTION, "%s gave %s: %s", test,
              wb_verdict_name(found), message);
}

/* -- parsing ----------------------------------------------------------------
 */

static void test_first_verdict_line_counts(void **state)
{
    (void)state;
    enum wb_verdict kind;
    char message[16];
    const char *output = "noise\n verdict: crash: no\nsaid verdict: crash: no\n"
                         "verdict: lost-wakeup: T1: it waits\n"
                         "verdict: clean: tests passed: 3\n";
    assert_int_equal(wb_verdict_in(output, &kind, message, sizeof(message)), 0);
    assert_int_equal(kind, WB_LOST_WAKEUP);
    assert_string_equal(message, "T1: it waits");
    assert_int_equal(wb_verdict_in(output, &kind, message, 3), 0);
    assert_string_equal(message, "T1");
    assert_int_equal(wb_verdict_in(output, &kind, NULL, 0), 0);
}

static void test_no_verdict_line_is_told(void **state)
{
    (void)state;
    enum wb_verdict kind = WB_ZOMBIE;
    assert_int_equal(wb_verdict_in("", &kind, NULL, 0), -ENOENT);
    assert_int_equal(wb_verdict_in("all is well\n", &kind, NULL, 0), -ENOENT);
    assert_int_equal(wb_verdict_in("verdict: odd: x\n", &kind, NULL, 0),
                     -EINVAL);
    assert_int_equal(wb_verdict_in("verdict: crash\n", &kind, NULL, 0),
                     -EINVAL);
    assert_int_equal(kind, WB_ZOMBIE);
}

/* -- passing and failing
 * ------------------------------------------------------- */

static void test_success_is_said_aloud(void **state)
{
    (void)state;
    expect_verdict("test_passes", WB_CLEAN, "tests passed: 1, skipped: 0");
    expect_verdict("test_skips", WB_CLEAN, "tests passed: 0, skipped: 1");
}

static void test_pattern_that_matches_nothing_fails(void **state)
{
    (void)state;
    expect_verdict("test_of_nothing", WB_ASSERTION,
                   "no test matches \"test_of_nothing\"");
}

static void test_failure_is_one_line(void **state)
{
    (void)state;
    expect_verdict("test_fails_with_a_verdict", WB_DATA_RACE,
                   "two lines, and 5");
}

static void test_plain_assertion_has_a_verdict_too(void **state)
{
    (void)state;
    expect_verdict("test_fails_an_assertion", WB_ASSERTION, "1 of ");
}

static void test_failing_off_the_main_thread_is_misuse(void **state)
{
    (void)state;
    expect_verdict("test_fails_off_the_main_thread", WB_CRASH,
                   "signal ABRT in test_fails_off_the_main_thread");
    struct wb_subprocess_result res =
        run_victim("test_fails_off_the_main_thread");
    assert_non_null(strstr(res.err, "misuse: wb_fail off the main thread"));
    assert_non_null(strstr(res.err, "leaked-lock: from a worker"));
    wb_subprocess_result_free(&res);
}

/* -- crashes
 * -------------------------------------------------------------------- */

static void test_crash_names_signal_and_test(void **state)
{
    (void)state;
    expect_verdict("test_segv", WB_CRASH, "signal SEGV in test_segv");
    expect_verdict("test_abort", WB_CRASH, "signal ABRT in test_abort");
    expect_verdict("test_overflows_its_stack", WB_CRASH,
                   "signal SEGV in test_overflows_its_stack");
}

static void test_exit_is_no_success(void **state)
{
    (void)state;
    expect_verdict("test_exits", WB_CRASH, "exit called in test_exits");
}

static void test_children_are_not_judged(void **state)
{
    (void)state;
    expect_verdict("test_child_exits_and_crashes", WB_CLEAN, "tests passed: 1");
}

/* -- hangs
 * ---------------------------------------------------------------------- */

/*
 * The watchdog must have waited until the test hangs, which takes as long as
 * it takes on this machine: a verdict that came too early is asked for again
 * with more patience. Each of these tests hangs for ever once it does.
 */
static void expect_hang(const char *test, enum wb_verdict kind,
                        const char *part)
{
    enum wb_verdict found = WB_CLEAN;
    for (int seconds = 1; seconds <= 16 && found != kind; seconds *= 2) {
        char text[16];
        snprintf(text, sizeof(text), "%d", seconds);
        setenv("WB_WATCHDOG_SECONDS", text, 1);
        struct wb_subprocess_result res = run_victim(test);
        wb_verdict_in(res.out, &found, NULL, 0);
        assert_true(has_failed(&res));
        if (found == kind)
            assert_non_null(strstr(res.out, part));
        wb_subprocess_result_free(&res);
    }
    unsetenv("WB_WATCHDOG_SECONDS");
    assert_string_equal(wb_verdict_name(found), wb_verdict_name(kind));
}

static void test_deadlock_names_each_thread(void **state)
{
    (void)state;
    expect_hang("test_deadlocks_on_mutexes", WB_DEADLOCK,
                "2 threads, all waiting: ");
    expect_hang("test_deadlocks_on_mutexes", WB_DEADLOCK,
                "; philosopher in futex");
}

static void test_pipe_deadlock_names_the_pipe(void **state)
{
    (void)state;
    expect_hang("test_deadlocks_on_a_pipe", WB_DEADLOCK,
                "in read of descriptor ");
    expect_hang("test_deadlocks_on_a_pipe", WB_DEADLOCK, "(pipe:[");
}

static void test_socket_deadlock_ends_the_child_too(void **state)
{
    (void)state;
    expect_hang("test_deadlocks_on_a_socket_with_its_child", WB_DEADLOCK,
                "(socket:[");
}

static void test_livelock_is_told_from_deadlock(void **state)
{
    (void)state;
    expect_hang("test_spins", WB_LIVELOCK, "still going on: common.victim in ");
    expect_hang("test_polls", WB_LIVELOCK, "still going on: common.victim in ");
}

static void test_bad_number_of_seconds_is_refused(void **state)
{
    (void)state;
    setenv("WB_WATCHDOG_SECONDS", "soon", 1);
    struct wb_subprocess_result res = run_victim("test_passes");
    unsetenv("WB_WATCHDOG_SECONDS");
    assert_int_equal(res.code, 1);
    assert_non_null(strstr(res.err, "WB_WATCHDOG_SECONDS is \"soon\""));
    wb_subprocess_result_free(&res);
}

static void test_watchdog_is_no_child(void **state)
{
    (void)state;
    assert_int_equal(wb_proc_children(getpid()), 0);
}

/* -- judging
 * -------------------------------------------------------------------- */

static void test_candidate_must_be_named(void **state)
{
    (void)state;
    unsetenv("WB_CANDIDATE");
    expect_verdict("test_has_a_candidate", WB_ASSERTION,
                   "WB_CANDIDATE is not set");
    setenv("WB_CANDIDATE", "/no/such/file.c", 1);
    expect_verdict("test_has_a_candidate", WB_ASSERTION,
                   "\"/no/such/file.c\", which cannot be read");
    setenv("WB_CANDIDATE", "/dev/null", 1);
    expect_verdict("test_has_a_candidate", WB_CLEAN, "tests passed: 1");
    unsetenv("WB_CANDIDATE");
}

static void test_run_watched_fails_when_nothing_can_run(void **state)
{
    (void)state;
    expect_verdict("test_runs_what_is_missing", WB_ASSERTION,
                   "no-such-command: command not found in PATH");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_first_verdict_line_counts),
    cmocka_unit_test(test_no_verdict_line_is_told),
    cmocka_unit_test(test_success_is_said_aloud),
    cmocka_unit_test(test_pattern_that_matches_nothing_fails),
    cmocka_unit_test(test_failure_is_one_line),
    cmocka_unit_test(test_plain_assertion_has_a_verdict_too),
    cmocka_unit_test(test_failing_off_the_main_thread_is_misuse),
    cmocka_unit_test(test_crash_names_signal_and_test),
    cmocka_unit_test(test_exit_is_no_success),
    cmocka_unit_test(test_children_are_not_judged),
    cmocka_unit_test(test_deadlock_names_each_thread),
    cmocka_unit_test(test_pipe_deadlock_names_the_pipe),
    cmocka_unit_test(test_socket_deadlock_ends_the_child_too),
    cmocka_unit_test(test_livelock_is_told_from_deadlock),
    cmocka_unit_test(test_bad_number_of_seconds_is_refused),
    cmocka_unit_test(test_watchdog_is_no_child),
    cmocka_unit_test(test_candidate_must_be_named),
    cmocka_unit_test(test_run_watched_fails_when_nothing_can_run),
};

WB_TEST_MAIN(tests)
