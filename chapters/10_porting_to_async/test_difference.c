/* Shows that the threaded program, its port, and the first step of the port
 * serve all visitors at the same time, and that a port with one blocking call
 * left in it serves one after the other.
 *
 * The store is the witness: its gate opens when the requests for all visitors
 * are inside, and is refused when it has seen that nobody else can come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 60000 };

static const char all_found[] = "4 served\n"
                                "visitor 1: here is your umbrella\n"
                                "visitor 2: here is your hat\n"
                                "visitor 3: here is your left glove\n"
                                "visitor 4: here is your violin\n";

static void test_threads_serve_all_at_once(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("threaded")), PATIENCE_MS, 0, all_found,
                  NULL);
}

static void test_so_does_the_first_step(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("step1")), PATIENCE_MS, 0, all_found, NULL);
}

static void test_half_a_port_serves_one_at_a_time(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_BAD), PATIENCE_MS, 1,
                  "4 served\n"
                  "visitor 1: not found: 1 of 4\n"
                  "visitor 2: not found: 1 of 4\n"
                  "visitor 3: not found: 1 of 4\n"
                  "visitor 4: not found: 1 of 4\n"
                  "verdict: blocked-loop: 4 visitors are at the desk, and the "
                  "store has never had more than 1 request at once\n",
                  NULL);
}

static void test_the_whole_port_serves_all_at_once(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0, all_found, NULL);
}

static int run_with(const char *program, const char *visitors)
{
    struct wb_subprocess_result res;

    wb_run_watched(WB_ARGV(program, visitors), PATIENCE_MS, &res);
    if (res.outcome != WB_EXITED)
        fail_msg("%s", res.message);
    int code = res.code;
    wb_subprocess_result_free(&res);
    return code;
}

/* However many there are; one alone is held up by nobody. */
static void test_that_holds_for_any_number(void **state)
{
    static const char *const visitors[] = { "1", "2", "7", "16" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        int n = atoi(visitors[i]);

        assert_int_equal(run_with(PROGRAM("threaded"), visitors[i]), 0);
        assert_int_equal(run_with(PROGRAM("step1"), visitors[i]), 0);
        assert_int_equal(run_with(WB_GOOD, visitors[i]), 0);
        assert_int_equal(run_with(WB_BAD, visitors[i]), n > 1);
    }
}

static void test_a_heart_stops_for_a_blocking_call(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("heart")), PATIENCE_MS, 0,
                  "wb_fetch:      409 1 of 2, 0 beats meanwhile\n"
                  "wb_coro_fetch: 200 both, 3 beats meanwhile\n",
                  NULL);
}

static void test_awaits_in_turn_do_not_overlap(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("awaits")), PATIENCE_MS, 0,
                  "sequential awaits, under way at once: 1 1 1\n"
                  "concurrent awaits, under way at once: 3 3 3\n",
                  NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_threads_serve_all_at_once),
    cmocka_unit_test(test_so_does_the_first_step),
    cmocka_unit_test(test_half_a_port_serves_one_at_a_time),
    cmocka_unit_test(test_the_whole_port_serves_all_at_once),
    cmocka_unit_test(test_that_holds_for_any_number),
    cmocka_unit_test(test_a_heart_stops_for_a_blocking_call),
    cmocka_unit_test(test_awaits_in_turn_do_not_overlap),
};

WB_TEST_MAIN(tests)
