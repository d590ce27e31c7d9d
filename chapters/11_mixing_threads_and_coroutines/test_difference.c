/* Shows that bad.c loses trains every time and good.c none, that
 * ThreadSanitizer names the race in bad.c even where its answer is right, and
 * that all three forms of the ported program do the same.
 *
 * The order in bad.c is forced by the server's gate: no thread goes on before
 * all of them have looked for a free row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 60000 };

/* Also where the whole build is watched by ThreadSanitizer. */
#define UNWATCHED "/usr/bin/env", "TSAN_OPTIONS=report_bugs=0"

static void test_bad_loses_all_trains_but_one(void **state)
{
    (void)state;
    wb_expect_run(
        WB_ARGV(UNWATCHED, WB_BAD), PATIENCE_MS, 1,
        "1 of 4 trains are on the board\n"
        "verdict: wrong-answer: 4 trains were announced, and the board "
        "shows 1\n",
        NULL);
    wb_expect_run(WB_ARGV(UNWATCHED, WB_BAD, "1"), PATIENCE_MS, 0,
                  "1 of 1 trains are on the board\n", NULL);
}

static void test_good_loses_none(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0,
                  "4 of 4 trains are on the board\n", NULL);
    wb_expect_run(WB_ARGV(WB_GOOD, "1"), PATIENCE_MS, 0,
                  "1 of 1 trains are on the board\n", NULL);
}

/* Four at once: the gate opened for them. */
static void test_each_step_of_the_port_asks_all_at_once(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("before")), PATIENCE_MS, 0,
                  "4 trains are on the board\n", NULL);
    wb_expect_run(WB_ARGV(PROGRAM("topdown")), PATIENCE_MS, 0,
                  "4 trains are on the board\n", NULL);
    wb_expect_run(WB_ARGV(PROGRAM("wrapped")), PATIENCE_MS, 0,
                  "4 trains are on the board\n", NULL);
    wb_expect_run(WB_ARGV(PROGRAM("bottomup")), PATIENCE_MS, 0,
                  "4 trains are on the board\n", NULL);
}

/* -- ThreadSanitizer ------------------------------------------------------- */

static void run_watched_by_tsan(const char *program, const char *platforms,
                                struct wb_subprocess_result *res)
{
    if (program[0] == '\0') {
        print_message("this build has no program under ThreadSanitizer\n");
        skip();
    }
    wb_run_watched(
        WB_ARGV("/usr/bin/env", "TSAN_OPTIONS=color=never", program, platforms),
        PATIENCE_MS, res);
    if (strstr(res->err, "FATAL: ThreadSanitizer") != NULL) {
        print_message("ThreadSanitizer does not run here: %s\n", res->err);
        skip();
    }
}

/* @return whether one of its reports has all of these words */
static bool has_report(const char *text, const char *const *words)
{
    static const char mark[] = "WARNING: ThreadSanitizer: data race";
    const char *next;

    for (text = strstr(text, mark); text != NULL; text = next) {
        next = strstr(text + 1, mark);
        size_t n = next != NULL ? (size_t)(next - text) : strlen(text);
        char *report = strndup(text, n);
        int i = 0;
        while (words[i] != NULL && strstr(report, words[i]) != NULL)
            i++;
        free(report);
        if (words[i] == NULL)
            return true;
    }
    return false;
}

static void expect_race(const char *platforms, const char *const *words)
{
    struct wb_subprocess_result res;

    run_watched_by_tsan(WB_BAD_TSAN, platforms, &res);
    if (!has_report(res.err, words))
        fail_msg("no such race: %s", res.err);
    assert_int_not_equal(res.code, 0);
    wb_subprocess_result_free(&res);
}

static void test_tsan_names_the_race(void **state)
{
    (void)state;
    expect_race("4", WB_ARGV("Location is global 'board'", "#0 ask ",
                             "bad.c:", "by thread T"));
}

/* Here the answer is right, every time. Each thread's access to board.n stays
 * in ThreadSanitizer's memory: nothing else lies in those eight bytes. */
static void test_tsan_names_the_race_with_the_loop(void **state)
{
    (void)state;
    expect_race("1", WB_ARGV("Location is global 'board'", "#0 ask ",
                             "bad.c:", "#0 draw ", "by main thread"));
}

static void test_tsan_finds_nothing_in_good(void **state)
{
    static const char *const platforms[] = { "4", "1" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct wb_subprocess_result res;
        run_watched_by_tsan(WB_GOOD_TSAN, platforms[i], &res);
        assert_string_equal(res.err, "");
        assert_int_equal(res.code, 0);
        wb_subprocess_result_free(&res);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_loses_all_trains_but_one),
    cmocka_unit_test(test_good_loses_none),
    cmocka_unit_test(test_each_step_of_the_port_asks_all_at_once),
    cmocka_unit_test(test_tsan_names_the_race),
    cmocka_unit_test(test_tsan_names_the_race_with_the_loop),
    cmocka_unit_test(test_tsan_finds_nothing_in_good),
};

WB_TEST_MAIN(tests)
