/* Shows that bad.c has as many threads as orders, dies at its limit and hears
 * of no failure; that good.c has four threads, and handles them all.
 *
 * The store holds each order until nobody else can come, so that all threads
 * that a program will ever have at once are there at once, and are counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 60000 };

static struct wb_subprocess_result run(const char *const *argv)
{
    struct wb_subprocess_result res;

    wb_run_watched(argv, PATIENCE_MS, &res);
    if (res.outcome != WB_EXITED)
        fail_msg("%s", res.message);
    return res;
}

/* The runtime of a sanitizer needs memory of its own. */
static void skip_if_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("skipped: memory is not limited under a sanitizer\n");
    skip();
#endif
}

static void test_bad_has_a_thread_for_each_order(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_BAD), PATIENCE_MS, 1,
                  "64 orders by 64 threads at once; 8 failed, heard of: 0\n"
                  "verdict: unbounded: 64 orders, and 64 threads at once\n",
                  NULL);
    wb_expect_run(WB_ARGV(WB_BAD, "150"), PATIENCE_MS, 1,
                  "150 orders by 150 threads at once; 18 failed, heard of: 0\n"
                  "verdict: unbounded: 150 orders, and 150 threads at once\n",
                  NULL);
}

static void test_good_has_four_threads_for_all(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0,
                  "64 orders by 4 threads at once; 8 failed, heard of: 8\n",
                  NULL);
    wb_expect_run(WB_ARGV(WB_GOOD, "150"), PATIENCE_MS, 0,
                  "150 orders by 4 threads at once; 18 failed, heard of: 18\n",
                  NULL);
}

static void test_bad_hears_of_no_failure(void **state)
{
    (void)state;
    wb_expect_run(
        WB_ARGV(WB_BAD, "8"), PATIENCE_MS, 1,
        "8 orders by 8 threads at once; 1 failed, heard of: 0\n"
        "verdict: wrong-answer: 1 orders failed, and main has heard of "
        "0\n",
        NULL);
}

static void test_bad_dies_at_its_limit(void **state)
{
    (void)state;
    skip_if_sanitized();
    struct wb_subprocess_result res = run(WB_ARGV(WB_BAD, "400", "256"));

    assert_int_equal(res.code, 1);
    assert_string_equal(res.out, "");
    assert_non_null(strstr(res.err, "error: no thread for order "));
    int order = atoi(res.err + strlen("error: no thread for order "));
    assert_in_range(order, 2, 399);
    wb_subprocess_result_free(&res);
}

static void test_good_lives_within_the_same_limit(void **state)
{
    (void)state;
    skip_if_sanitized();
    wb_expect_run(WB_ARGV(WB_GOOD, "400", "256"), PATIENCE_MS, 0,
                  "400 orders by 4 threads at once; 50 failed, heard of: 50\n",
                  NULL);
}

static void test_a_thread_reserves_its_stack(void **state)
{
    long reserved = 0, used = 0;

    (void)state;
    skip_if_sanitized();
    struct wb_subprocess_result res = run(WB_ARGV(PROGRAM("cost")));
    assert_int_equal(sscanf(res.out,
                            "a thread reserves %ld KiB and uses %ld KiB\n",
                            &reserved, &used),
                     2);
    wb_subprocess_result_free(&res);
    assert_true(reserved >= 64);
    assert_true(used < reserved / 4);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_has_a_thread_for_each_order),
    cmocka_unit_test(test_good_has_four_threads_for_all),
    cmocka_unit_test(test_bad_hears_of_no_failure),
    cmocka_unit_test(test_bad_dies_at_its_limit),
    cmocka_unit_test(test_good_lives_within_the_same_limit),
    cmocka_unit_test(test_a_thread_reserves_its_stack),
};

WB_TEST_MAIN(tests)
