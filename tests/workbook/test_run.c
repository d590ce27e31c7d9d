/* workbook run and diff: the programs of a chapter, seen and compared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void test_run_passes_arguments_and_status(void **state)
{
    struct book *b = *state;
    book_run(b, "run", "1", "good", "one", "--help", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "one\n--help\n");
    book_run(b, "run", "1", "good", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "exit status 3");
}

/* The directory of the build, too, is meant from where the command runs. */
static void test_run_finds_a_build_named_from_here(void **state)
{
    struct book *b = *state;
    char command[PATH_MAX + 128];
    struct wb_subprocess_result r;
    snprintf(
        command, sizeof command,
        "cd '%s/tmp' && WORKBOOK_BUILD=../build exec \"$0\" run 1 good one",
        b->root);
    wb_run_watched(WB_ARGV("sh", "-c", command, book_command()), 60000, &r);
    assert_int_equal(r.code, 0);
    assert_holds(r.out, "one\n");
    wb_subprocess_result_free(&r);
}

/* The program does not run where the command does. */
static void test_run_names_the_trace_from_here(void **state)
{
    struct book *b = *state;
    char expected[PATH_MAX + 32];
    book_run(b, "run", "1", "good", "--trace", "a.json", "rest", NULL);
    snprintf(expected, sizeof expected, "--trace\n%s/a.json\nrest\n", b->root);
    assert_holds(b->out, expected);
    book_run(b, "run", "1", "good", "--trace=a.json", NULL);
    snprintf(expected, sizeof expected, "--trace=%s/a.json\n", b->root);
    assert_holds(b->out, expected);
    book_run(b, "run", "1", "good", "--trace", "/a.json", NULL);
    assert_holds(b->out, "--trace\n/a.json\n");
    book_run(b, "run", "1", "good", "--", "--trace", "a.json", NULL);
    assert_holds(b->out, "--\n--trace\na.json\n");
    book_run(b, "run", "1", "good", "--trace", NULL);
    assert_holds(b->out, "--trace\n");
}

static void test_run_sees_at_once_what_is_stuck_for_ever(void **state)
{
    struct book *b = *state;
    book_run(b, "run", "1", "bad", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "stuck for ever, and stopped");
    assert_holds(b->out, "blocked in read of a pipe that ");
}

static void test_run_stops_what_does_not_end(void **state)
{
    struct book *b = *state;
    setenv("WB_RUN_SECONDS", "1", 1);
    book_run(b, "run", "1", "bad", "spin", NULL);
    unsetenv("WB_RUN_SECONDS");
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "stopped after 1 s");
    assert_holds(b->out, "bad, thread 1: running");
}

static void test_diff_shows_both_sides(void **state)
{
    struct book *b = *state;
    book_run(b, "diff", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "--- bad.c\n+++ good.c\n");
    assert_holds(b->out, "\n-/* Reads what nobody");
    assert_null(strstr(b->out, "region: nothing"));
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_run_passes_arguments_and_status),
    BOOK_TEST(test_run_finds_a_build_named_from_here),
    BOOK_TEST(test_run_names_the_trace_from_here),
    BOOK_TEST(test_run_sees_at_once_what_is_stuck_for_ever),
    BOOK_TEST(test_run_stops_what_does_not_end),
    BOOK_TEST(test_diff_shows_both_sides),
};
WB_TEST_MAIN(tests)
