/* The explorer inside CMocka tests. See check.h. */
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

/* Run one test of the victim: the verdict it ends with, and its output. */
static enum wb_verdict run_victim(const char *test, char *message, size_t size,
                                  bool *reported)
{
    const char *argv[] = { VICTIM, test, NULL };
    struct wb_subprocess_result res;
    enum wb_verdict kind = WB_CLEAN;

    wb_run_watched(argv, 60000, &res);
    assert_int_equal(wb_verdict_in(res.out, &kind, message, size), 0);
    *reported = strstr(res.out, "replay this schedule") != NULL;
    wb_subprocess_result_free(&res);
    return kind;
}

static void expect(const char *test, enum wb_verdict kind, const char *text,
                   bool with_report)
{
    char message[512];
    bool reported;

    assert_int_equal(run_victim(test, message, sizeof(message), &reported),
                     kind);
    if (strstr(message, text) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", text, message);
    assert_int_equal(reported, with_report);
}

static void test_clean_says_what_it_found(void **state)
{
    (void)state;
    expect("test_clean_but_races", WB_DATA_RACE, "counter", true);
}

static void test_clean_wants_every_interleaving(void **state)
{
    (void)state;
    expect("test_clean_but_budget*", WB_UNBOUNDED, "not every interleaving",
           false);
}

static void test_clean_says_what_does_not_compile(void **state)
{
    (void)state;
    expect("test_clean_but_does*", WB_DOES_NOT_COMPILE, "syntax.c:1", false);
}

static void test_clean_says_what_is_refused(void **state)
{
    (void)state;
    expect("test_clean_but_refused", WB_ASSERTION,
           "nothing is proved, it cannot be explored: ", false);
}

static void test_fails_is_disappointed_by_clean(void **state)
{
    (void)state;
    expect("test_fails_but_is_clean", WB_WRONG_ANSWER,
           "expected data-race, but no interleaving fails", false);
}

static void test_fails_wants_that_kind(void **state)
{
    (void)state;
    expect("test_fails_but_otherwise", WB_DATA_RACE, "expected deadlock, but",
           true);
}

static void test_both_pass_where_they_should(void **state)
{
    struct wbx_report rep;

    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kept.c") });
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c") },
                    WB_DATA_RACE, &rep);
    assert_non_null(strstr(rep.failures[0].cause, "counter"));
    wbx_report_free(&rep);
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/syntax.c") },
                    WB_DOES_NOT_COMPILE, NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_clean_says_what_it_found),
    cmocka_unit_test(test_clean_wants_every_interleaving),
    cmocka_unit_test(test_clean_says_what_does_not_compile),
    cmocka_unit_test(test_clean_says_what_is_refused),
    cmocka_unit_test(test_fails_is_disappointed_by_clean),
    cmocka_unit_test(test_fails_wants_that_kind),
    cmocka_unit_test(test_both_pass_where_they_should),
};

WB_TEST_MAIN(tests)
