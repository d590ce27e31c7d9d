/* Programs that the explorer must neither hang on nor fall over. */
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

static void expect_failure(const char *file, enum wb_verdict kind,
                           const char *cause)
{
    struct wbx_report rep;

    wbx_check_fails(&(struct wbx_options){ .files = &file, .nfiles = 1 }, kind,
                    &rep);
    if (strstr(rep.failures[0].cause, cause) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", cause, rep.failures[0].cause);
    wbx_report_free(&rep);
}

static void expect_refusal(const char *file, const char *words)
{
    struct wbx_report rep;

    wbx_explore(&(struct wbx_options){ .files = &file, .nfiles = 1 }, &rep);
    assert_int_equal(rep.status, WBX_CANNOT);
    if (strstr(rep.message, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, rep.message);
    wbx_report_free(&rep);
}

static void test_endless_printing_is_a_livelock(void **state)
{
    (void)state;
    expect_failure(LIMITS "/prints.c", WB_LIVELOCK, "loops for ever");
}

static void test_endless_recursion_is_a_crash(void **state)
{
    (void)state;
    expect_failure(LIMITS "/recursion.c", WB_CRASH, "T1 overflows its stack");
}

static void test_too_many_threads_are_refused(void **state)
{
    (void)state;
    expect_refusal(LIMITS "/threads.c", "threads.c:16: more than 32 threads");
}

static void test_a_call_without_a_model_is_refused_with_its_line(void **state)
{
    (void)state;
    expect_refusal(LIMITS "/cancel.c",
                   "pthread_cancel (" LIMITS "/cancel.c:14)");
}

static void
test_what_could_go_round_for_ever_is_cut_and_not_proved(void **state)
{
    static const char *const file = LIMITS "/toggles.c";
    struct wbx_report rep;

    (void)state;
    wbx_explore(
        &(struct wbx_options){ .files = &file, .nfiles = 1, .budget = 2000 },
        &rep);
    assert_int_equal(rep.status, WBX_NOT_EXHAUSTIVE);
    assert_int_equal(rep.nfailures, 0);
    assert_false(rep.exhaustive);
    wbx_report_free(&rep);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_what_could_go_round_for_ever_is_cut_and_not_proved),
    cmocka_unit_test(test_endless_printing_is_a_livelock),
    cmocka_unit_test(test_endless_recursion_is_a_crash),
    cmocka_unit_test(test_too_many_threads_are_refused),
    cmocka_unit_test(test_a_call_without_a_model_is_refused_with_its_line),
};

WB_TEST_MAIN(tests)
