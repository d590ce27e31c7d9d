/* Shows that bad.c and serial.c never have more than one request under way,
 * that good.c has all of them, and what one lock does to threads that compute.
 *
 * The server is the witness: its gate opens when all requests are inside, and
 * is refused when it has seen that nobody else can come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 60000 };

static void test_bad_has_one_request_under_way(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_BAD), PATIENCE_MS, 1,
                  "station 1: 409 1 of 4\n"
                  "station 2: 409 1 of 4\n"
                  "station 3: 409 1 of 4\n"
                  "station 4: 409 1 of 4\n"
                  "0 of 4 answered; requests under way at once: 1\n"
                  "verdict: not-concurrent: 4 requests, and never more than 1 "
                  "under way at once\n",
                  NULL);
}

static void test_so_has_the_serial_program(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("serial")), PATIENCE_MS, 1,
                  "station 1: 409 1 of 4\n"
                  "station 2: 409 1 of 4\n"
                  "station 3: 409 1 of 4\n"
                  "station 4: 409 1 of 4\n"
                  "verdict: not-concurrent: 4 requests, and never more than 1 "
                  "under way at once\n",
                  NULL);
}

static void test_good_has_all_of_them(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0,
                  "station 1: 200 11 degrees\n"
                  "station 2: 200 12 degrees\n"
                  "station 3: 200 13 degrees\n"
                  "station 4: 200 14 degrees\n"
                  "4 of 4 answered; requests under way at once: 4\n",
                  NULL);
}

/* However many there are: the last line says so. */
static void test_that_holds_for_any_number(void **state)
{
    static const char *const stations[] = { "1", "2", "7", "64" };
    char expected[80];

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct wb_subprocess_result res;
        int n = atoi(stations[i]);

        wb_run_watched(WB_ARGV(WB_GOOD, stations[i]), PATIENCE_MS, &res);
        snprintf(expected, sizeof(expected),
                 "%d of %d answered; requests under way at once: %d\n", n, n,
                 n);
        assert_int_equal(res.code, 0);
        assert_non_null(strstr(res.out, expected));
        wb_subprocess_result_free(&res);
        wb_run_watched(WB_ARGV(WB_BAD, stations[i]), PATIENCE_MS, &res);
        assert_int_equal(res.code, n > 1);
        assert_non_null(strstr(res.out, "requests under way at once: 1\n"));
        wb_subprocess_result_free(&res);
    }
}

/* The station answers only when main has computed, or when nobody will. */
static void test_main_computes_while_a_thread_waits(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("meanwhile")), PATIENCE_MS, 0,
                  "2262 primes; the station: 200 11 degrees\n", NULL);
    wb_expect_run(WB_ARGV(PROGRAM("meanwhile"), "first"), PATIENCE_MS, 1,
                  "2262 primes; the station: 409 1 of 2\n"
                  "verdict: not-concurrent: while the station was waited "
                  "for, nothing was computed\n",
                  NULL);
}

static void test_one_lock_lets_one_thread_compute(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("cpu")), PATIENCE_MS, 0,
                  "under one lock:   4 threads found 7837 primes, at most 1 "
                  "computed at once\n"
                  "without the lock: 4 threads found 7837 primes, at most 4 "
                  "computed at once\n",
                  NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_has_one_request_under_way),
    cmocka_unit_test(test_so_has_the_serial_program),
    cmocka_unit_test(test_good_has_all_of_them),
    cmocka_unit_test(test_that_holds_for_any_number),
    cmocka_unit_test(test_main_computes_while_a_thread_waits),
    cmocka_unit_test(test_one_lock_lets_one_thread_compute),
};

WB_TEST_MAIN(tests)
