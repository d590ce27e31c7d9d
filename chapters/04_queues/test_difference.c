/* Shows that the writer of bad.c looks without end, that its backlog has no
 * bound and that it cannot be joined; that good.c and sentinels.c do nothing
 * wrong in any order; and that the queue keeps its promises.
 *
 * With WB_EXPLORED this file is bad.c or good.c, named by PROGRAM, with every
 * look counted: a rest before looking again, or a pop. */
#ifndef WB_EXPLORED

#include <string.h>

#include "check.h"
#include "wb/testkit.h"

#define CHAPTER(file) WB_CHAPTER_DIR "/" file
#define WITH(...)                                                              \
    .args = (const char *const[]){ __VA_ARGS__ },                              \
    .nargs = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static void expect_cause(struct wbx_report *report, const char *text)
{
    const char *cause = report->failures[0].cause;

    wb_expect(strstr(cause, text) != NULL, WB_WRONG_ANSWER,
              "it fails in another way, \"%s\" is not in: %s", text, cause);
    wbx_report_free(report);
}

static void test_bad_looks_without_end(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                           WBX_CFLAGS("-DJOIN_WRITER"),
                                           WITH("0") },
                    WB_LIVELOCK, &report);
    expect_cause(&report, "T1 loops");
}

static const char counted[] = __FILE__;

static void test_bad_looks_more_often_than_lines_come(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(counted),
                               WBX_CFLAGS("-DWB_EXPLORED", "-DJOIN_WRITER",
                                          "-DPROGRAM=\"bad.c\"",
                                          "-I" WB_CHAPTER_DIR),
                               WITH("2") },
        WB_UNBOUNDED, &report);
    expect_cause(&report, "looked 100 times for 2 lines");
}

static void test_good_looks_once_for_each_line(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(counted),
        WBX_CFLAGS("-DWB_EXPLORED", "-DJOIN_WRITER", "-DPROGRAM=\"good.c\"",
                   "-I" WB_CHAPTER_DIR),
        WITH("2", "1") });
}

/* With room for one line, as many wait as were logged, however many. */
static void test_backlog_of_bad_has_no_bound(void **state)
{
    static const char *const logged[] = { "2", "4", "16", "64" };
    struct wbx_report report;

    (void)state;
    for (int i = 0; i < 4; i++) {
        char text[64];

        wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                               WITH(logged[i], "1") },
                        WB_UNBOUNDED, &report);
        snprintf(text, sizeof(text), "%s lines waited at once", logged[i]);
        expect_cause(&report, text);
    }
}

static void test_bad_leaves_its_writer_behind(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")), WITH("0") },
        WB_LEAKED_THREAD, &report);
    expect_cause(&report, "write_lines");
}

/* The same lines and the same room as above: the bound holds, the writer
 * ends, and no line is left, in every order. */
static void test_good_is_right_in_every_order(void **state)
{
    static const char *const runs[][2] = {
        { "0", "1" }, { "1", "1" }, { "2", "1" }, { "2", "2" }, { "3", "2" }
    };

    (void)state;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("good.c")),
                                               .args = runs[i], .nargs = 2 });
}

static void test_a_sentinel_for_each_worker_ends_all(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("sentinels.c")) });
}

static void test_one_sentinel_ends_one_worker(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_explore(&(struct wbx_options){ WBX_FILES(CHAPTER("sentinels.c")),
                                       WBX_CFLAGS("-DONE_SENTINEL") },
                &report);
    wb_expect(report.verdict == WB_DEADLOCK || report.verdict == WB_LOST_WAKEUP,
              WB_WRONG_ANSWER, "one sentinel for two workers gives %s",
              wb_verdict_name(report.verdict));
    expect_cause(&report, "not_empty");
}

static void test_the_queue_keeps_its_promises(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("promises.c")) });
}

/* The program that was explored is the one that is run. */
static void test_good_writes_every_line(void **state)
{
    const char *argv[] = { WB_GOOD, "20000", "4", NULL };
    struct wb_subprocess_result res;

    (void)state;
    wb_run_watched(argv, 30000, &res);
    wb_expect(res.outcome == WB_EXITED && res.code == 0 &&
                  strcmp(res.out, "20000 lines logged, 20000 written\n") == 0,
              WB_WRONG_ANSWER, "good.c: %s%s", res.out, res.message);
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_looks_without_end),
    cmocka_unit_test(test_bad_looks_more_often_than_lines_come),
    cmocka_unit_test(test_good_looks_once_for_each_line),
    cmocka_unit_test(test_backlog_of_bad_has_no_bound),
    cmocka_unit_test(test_bad_leaves_its_writer_behind),
    cmocka_unit_test(test_good_is_right_in_every_order),
    cmocka_unit_test(test_a_sentinel_for_each_worker_ends_all),
    cmocka_unit_test(test_one_sentinel_ends_one_worker),
    cmocka_unit_test(test_the_queue_keeps_its_promises),
    cmocka_unit_test(test_good_writes_every_line),
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "wb/queue.h"
#include "wb/verdict.h"

enum { ENOUGH = 100 };

static atomic_int looks; /* atomic: publishes nothing */
static long expected;

static void look(void)
{
    if (atomic_fetch_add(&looks, 1) + 1 == ENOUGH)
        exit(wb_verdict_say(WB_UNBOUNDED, "looked %d times for %ld lines",
                            ENOUGH, expected));
}

#define usleep(us)         (look(), usleep(us))
#define wb_queue_pop(q, p) (look(), wb_queue_pop(q, p))
#define main               log_lines
int log_lines(int argc, char **argv);
#include PROGRAM
#undef main

/* One look for each line, and one that tells of the end. */
int main(int argc, char **argv)
{
    expected = atol(argv[1]);
    int status = log_lines(argc, argv);

    WB_JUDGE(looks <= expected + 1, WB_UNBOUNDED,
             "looked %d times for %ld lines", looks, expected);
    return status;
}

#endif
