/* Shows that a thread for each of ten thousand lamps dies at a memory limit,
 * that a coroutine for each does not, and what the small programs promise.
 *
 * Threads, memory and the answers are counted by the programs. That all lamps
 * were there at once is witnessed: the control room has a gate that opens for
 * no fewer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "wb/base.h"
#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 120000, LAMPS = 10000, MIB = 1024 * 1024 };

/* A sanitizer has more addresses set aside than the limit allows. */
static void skip_if_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("skipped: a memory limit cannot hold a sanitizer\n");
    skip();
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    print_message("skipped: a memory limit cannot hold a sanitizer\n");
    skip();
#endif
#endif
}

/* Each lamp is a connection. Both programs raise the limit as far as they may,
 * and say what is missing if that is not far enough. */
static void skip_without_descriptors(void)
{
    struct rlimit limit;

    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &limit));
    if (limit.rlim_max >= LAMPS + 64)
        return;
    print_message("skipped: the hard limit on descriptors is below %d\n",
                  LAMPS + 64);
    skip();
}

/* The stack that a thread gets unless it asks for another. @return how many of
 * them the memory of the programs has room for */
static int set_usual_stack(void)
{
    struct rlimit limit;

    WB_MUST_SYS(getrlimit(RLIMIT_STACK, &limit));
    limit.rlim_cur = (rlim_t)8 * MIB;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < limit.rlim_cur)
        limit.rlim_cur = limit.rlim_max;
    WB_MUST_SYS(setrlimit(RLIMIT_STACK, &limit));
    return (int)((rlim_t)1024 * MIB / limit.rlim_cur);
}

static void run(const char *const *argv, struct wb_subprocess_result *res)
{
    wb_run_watched(argv, PATIENCE_MS, res);
    if (res->outcome != WB_EXITED)
        fail_msg("%s", res->message);
}

/* Where other things have taken some, there cannot be that many. */
static void test_bad_runs_out_of_threads(void **state)
{
    struct wb_subprocess_result res;
    int lit, lamps, peak, threads;
    char verdict[160];

    (void)state;
    skip_if_sanitized();
    skip_without_descriptors();
    int most = set_usual_stack();
    run(WB_ARGV(WB_BAD), &res);
    assert_int_equal(sscanf(res.out,
                            "%d of %d lamps are lit; %d reported at once, by "
                            "%d threads\n",
                            &lit, &lamps, &peak, &threads),
                     4);
    assert_int_equal(lit, 0);
    assert_int_equal(lamps, LAMPS);
    assert_int_equal(peak, threads - 1); /* main waits for nobody */
    assert_in_range(threads, 2, most);
    snprintf(verdict, sizeof(verdict),
             "verdict: unbounded: 10000 lamps take 10001 threads; in 1024 MiB "
             "there was room for %d: Resource temporarily unavailable\n",
             threads);
    assert_non_null(strstr(res.out, verdict));
    assert_int_equal(res.code, 1);
    wb_subprocess_result_free(&res);
}

static void test_good_has_one_thread_for_all(void **state)
{
    static const char expected[] = "10000 of 10000 lamps are lit; 10000 "
                                   "reported at once, by 1 thread\n"
                                   "memory for each: ";
    struct wb_subprocess_result res;

    (void)state;
    skip_if_sanitized();
    skip_without_descriptors();
    run(WB_ARGV(WB_GOOD), &res);
    if (strncmp(res.out, expected, strlen(expected)) != 0)
        fail_msg("good says: %s", res.out);
    assert_in_range(atoi(res.out + strlen(expected)), 1024, 10000);
    assert_int_equal(res.code, 0);
    wb_subprocess_result_free(&res);
}

/* With few enough lamps nothing is wrong with threads. */
static void test_bad_can_do_it_for_a_few(void **state)
{
    (void)state;
    skip_if_sanitized();
    set_usual_stack();
    wb_expect_run(
        WB_ARGV(WB_BAD, "20"), PATIENCE_MS, 0,
        "20 of 20 lamps are lit; 20 reported at once, by 21 threads\n", NULL);
}

static void test_a_coroutine_begins_when_its_parent_waits(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("order")), PATIENCE_MS, 0,
                  "both are spawned, and neither has "
                  "begun\n"
                  "Ada: the dough is made\n"
                  "Ben: the dough is made\n"
                  "Ada: the bread is baked\n"
                  "Ben: the bread is baked\n"
                  "both are done\n",
                  NULL);
}

static void test_only_a_wait_in_the_middle_loses_updates(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("shared")), PATIENCE_MS, 0,
                  "no wait in the middle:          1000 of 1000\n"
                  "a wait in the middle:            100 of 1000\n"
                  "one at a time in the middle:    1000 of 1000\n",
                  NULL);
}

static void test_chains_do_not_wait_for_each_other(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("chain")), PATIENCE_MS, 0,
                  "tea: 36\n"
                  "coffee: 45\n",
                  NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_runs_out_of_threads),
    cmocka_unit_test(test_good_has_one_thread_for_all),
    cmocka_unit_test(test_bad_can_do_it_for_a_few),
    cmocka_unit_test(test_a_coroutine_begins_when_its_parent_waits),
    cmocka_unit_test(test_only_a_wait_in_the_middle_loses_updates),
    cmocka_unit_test(test_chains_do_not_wait_for_each_other),
};

WB_TEST_MAIN(tests)
