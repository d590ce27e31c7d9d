/* Shows that the total of bad.c is wrong, that its threads are left behind and
 * that its errors are lost; that good.c does nothing wrong in any order; and
 * that a task may wait for its own pool in helps.c, but not in waits.c.
 *
 * What the pool itself promises is explored by tests/common. */
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

#define CHAPTER(file) WB_CHAPTER_DIR "/" file

/* Explore all of bad.c with one shop, reachable or not. */
static void explore_bad(const char *closed, struct wbx_report *report)
{
    wbx_explore(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")), .all = true,
                                       WBX_ARGS("1", closed) },
                report);
    wb_expect(report->status == WBX_FAULT, WB_WRONG_ANSWER,
              "bad.c does nothing wrong");
}

/* Fail unless it was found; the report is freed by the caller. */
static bool finds(const struct wbx_report *report, enum wb_verdict kind,
                  const char *text)
{
    const struct wbx_failure *f = wbx_find(report, kind);

    return f != NULL && strstr(f->cause, text) != NULL;
}

static void test_nobody_waits_for_the_threads_of_bad(void **state)
{
    struct wbx_report report;

    (void)state;
    explore_bad("0", &report);
    bool wrong = finds(&report, WB_WRONG_ANSWER, "the total is 0, not 100");
    bool leaked = finds(&report, WB_LEAKED_THREAD, "ask_shop");
    bool race = finds(&report, WB_DATA_RACE, "shops[0].taken");
    wbx_report_free(&report);
    wb_expect(wrong && leaked && race, WB_WRONG_ANSWER,
              "bad.c fails in another way: wrong total %d, leaked thread %d, "
              "race %d",
              wrong, leaked, race);
}

static void test_bad_loses_the_error(void **state)
{
    struct wbx_report report;

    (void)state;
    explore_bad("1", &report);
    bool lost = finds(&report, WB_WRONG_ANSWER, "nobody was told");
    wbx_report_free(&report);
    wb_expect(lost, WB_WRONG_ANSWER, "bad.c fails in another way");
}

/* With and without an error. Two workers at once are explored in
 * tests/common. */
static void test_good_is_right_in_every_order(void **state)
{
    static const char *const runs[][3] = {
        { "1", "0", "1" },
        { "1", "1", "1" },
        { "2", "0", "1" },
        { "2", "2", "1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("good.c")),
                                               .args = runs[i], .nargs = 3 });
}

static void test_first_is_right_in_every_order(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("first.c")) });
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("first.c")),
                                           WBX_ARGS("map") });
}

/* Whenever the deadline comes; and it does come before the answer. */
static void test_a_deadline_takes_back_what_has_not_begun(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("patience.c")) });
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("patience.c")),
                                           WBX_ARGS("1", "all") },
                    WB_WRONG_ANSWER, &report);
    bool late = strstr(report.failures[0].cause, "0 of 1 shops") != NULL;
    wbx_report_free(&report);
    wb_expect(late, WB_WRONG_ANSWER, "patience.c fails in another way");
}

static void test_a_task_that_waits_for_its_pool_hangs(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("waits.c")) },
                    WB_DEADLOCK, &report);
    bool inner = strstr(report.failures[0].cause, "inner.done") != NULL;
    wbx_report_free(&report);
    wb_expect(inner, WB_WRONG_ANSWER, "waits.c hangs somewhere else");
}

static void test_a_worker_helps_or_is_told(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("helps.c")) });
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("helps.c")),
                                           WBX_ARGS("itself") });
}

/* The program that was explored is the one that is run. */
static void test_good_asks_many_shops(void **state)
{
    const char *argv[] = { WB_GOOD, "64", "7", "4", NULL };
    struct wb_subprocess_result res;

    (void)state;
    wb_run_watched(argv, 30000, &res);
    wb_expect(res.outcome == WB_EXITED && res.code == 0 &&
                  strcmp(res.out, "shop 7: Host is down\n"
                                  "64 shops have taken 207300\n") == 0,
              WB_WRONG_ANSWER, "good.c: %s%s", res.out, res.message);
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_nobody_waits_for_the_threads_of_bad),
    cmocka_unit_test(test_bad_loses_the_error),
    cmocka_unit_test(test_good_is_right_in_every_order),
    cmocka_unit_test(test_first_is_right_in_every_order),
    cmocka_unit_test(test_a_deadline_takes_back_what_has_not_begun),
    cmocka_unit_test(test_a_task_that_waits_for_its_pool_hangs),
    cmocka_unit_test(test_a_worker_helps_or_is_told),
    cmocka_unit_test(test_good_asks_many_shops),
};
WB_TEST_MAIN(tests)
