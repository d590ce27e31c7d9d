/* Shows that no heart beats while bad.c carries out its orders and that it
 * does in good.c, and that the loop's debug mode names who held it.
 *
 * The server is the witness: its gate opens when all sheets and the heart are
 * inside, and is refused when it has seen that nobody else can come. */
#include <stdio.h>
#include <string.h>

#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 60000 };

static void test_bad_stops_the_heart(void **state)
{
    (void)state;
    wb_expect_run(
        WB_ARGV(WB_BAD), PATIENCE_MS, 1,
        "sheet 1: 409580 dots, 409 1 of 4\n"
        "sheet 2: 409580 dots, 409 1 of 4\n"
        "sheet 3: 409580 dots, 409 1 of 4\n"
        "handle: 409; ticks of the heart before the last sheet: 0\n"
        "verdict: blocked-loop: 3 sheets were made, and meanwhile the "
        "heart ticked 0 times\n",
        "");
}

static void test_good_does_not(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0,
                  "sheet 1: 409580 dots, 200 printed\n"
                  "sheet 2: 409580 dots, 200 printed\n"
                  "sheet 3: 409580 dots, 200 printed\n"
                  "handle: 200; ticks of the heart before the last sheet: 3\n",
                  "");
}

/* @return the line of slow.c that posts the callback */
static int line_that_posts(void)
{
    FILE *f = fopen(WB_CHAPTER_DIR "/slow.c", "re");
    char line[128];
    int n = 1;

    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL &&
           strstr(line, "call_soon_threadsafe") == NULL)
        n++;
    fclose(f);
    return n;
}

static void test_debug_mode_names_the_slow_callback(void **state)
{
    char slow[128];
    struct wb_subprocess_result res;

    (void)state;
    snprintf(slow, sizeof(slow),
             "slow: callback \"whole\" (slow.c:%d) held the loop for 250 ms\n",
             line_that_posts());
    wb_run_watched(WB_ARGV(PROGRAM("slow")), PATIENCE_MS, &res);
    assert_int_equal(res.code, 0);
    assert_string_equal(res.err, slow);
    assert_string_equal(
        res.out,
        "whole      a beat was due every 20 ms, the longest wait was 250\n"
        "in pieces  a beat was due every 20 ms, the longest wait was 26\n"
        "elsewhere  a beat was due every 20 ms, the longest wait was 20\n");
    wb_subprocess_result_free(&res);
}

/* Whoever has a program that is stuck asks it from outside. */
static void test_debug_mode_is_had_for_the_asking(void **state)
{
    struct wb_subprocess_result res;

    (void)state;
    wb_run_watched(
        WB_ARGV("/usr/bin/env", "WB_CORO_DEBUG=1", "WB_CORO_SLOW_MS=1", WB_BAD),
        PATIENCE_MS, &res);
    assert_non_null(strstr(res.err, "slow: callback \"on_order\" (bad.c:"));
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_stops_the_heart),
    cmocka_unit_test(test_good_does_not),
    cmocka_unit_test(test_debug_mode_names_the_slow_callback),
    cmocka_unit_test(test_debug_mode_is_had_for_the_asking),
};

WB_TEST_MAIN(tests)
