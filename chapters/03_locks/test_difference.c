/* Shows that bad.c loses visitors and that good.c, atomic.c, scoped.c and
 * short.c do nothing wrong: by running every interleaving of each. */
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

#define CHAPTER(file) WB_CHAPTER_DIR "/" file

static void explore_all(const char *file, struct wbx_report *report)
{
    wbx_explore(&(struct wbx_options){ WBX_FILES(file), .all = true }, report);
    if (!report->exhaustive)
        wbx_print(stdout, report, &(struct wbx_style){ .ascii = true });
    wb_expect(report->exhaustive, WB_UNBOUNDED, "%s: not every order was run",
              file);
}

static void test_bad_has_a_data_race(void **state)
{
    struct wbx_report report;
    const struct wbx_failure *race;

    (void)state;
    explore_all(CHAPTER("bad.c"), &report);
    race = wbx_find(&report, WB_DATA_RACE);
    wb_expect(race != NULL, WB_WRONG_ANSWER, "bad.c: no data race was found");
    wb_expect(race->preemptions == 0, WB_WRONG_ANSWER,
              "the race needs %d preemptions", race->preemptions);
    wb_expect(strstr(race->cause, "visitors.value") != NULL, WB_WRONG_ANSWER,
              "the race is elsewhere: %s", race->cause);
    wbx_report_free(&report);
}

/* Counts the writes of 1 to the counter: two of them are one visitor lost. */
static int writes_of_one(const struct wbx_failure *f)
{
    int n = 0;

    for (size_t i = 0; i < f->nevents; i++)
        n += f->events[i].object != NULL &&
             strcmp(f->events[i].object, "visitors.value") == 0 &&
             strcmp(f->events[i].op, "write") == 0 && f->events[i].after == 1;
    return n;
}

static void test_bad_loses_a_visitor(void **state)
{
    struct wbx_report report;
    const struct wbx_failure *lost;

    (void)state;
    explore_all(CHAPTER("bad.c"), &report);
    lost = wbx_find(&report, WB_WRONG_ANSWER);
    wb_expect(lost != NULL, WB_WRONG_ANSWER, "bad.c: no visitor was lost");
    wb_expect(lost->preemptions == 1, WB_WRONG_ANSWER,
              "losing a visitor needs %d preemptions", lost->preemptions);
    wb_expect(writes_of_one(lost) == 2, WB_WRONG_ANSWER,
              "the counter was set to 1 %d times", writes_of_one(lost));
    wbx_report_free(&report);
}

static void test_good_is_right_in_every_order(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("good.c")) });
}

static void test_one_atomic_is_right_in_every_order(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("atomic.c")) });
}

/* Each writer waits inside make_line for the other: with the lock taken
 * afterwards they always meet, with the lock taken before they never do. */
static void test_a_short_section_lets_threads_overlap(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("short.c")) });
}

static void test_a_long_section_keeps_them_apart(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(CHAPTER("short.c")),
                               WBX_CFLAGS("-DHOLD_LOCK_THROUGHOUT") },
        WB_DEADLOCK, &report);
    wb_expect(strstr(report.failures[0].cause, "log_mu") != NULL,
              WB_WRONG_ANSWER, "another deadlock: %s",
              report.failures[0].cause);
    wbx_report_free(&report);
}

static void test_a_scoped_lock_is_given_back_on_every_path(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("scoped.c")) });
}

static void test_by_hand_one_path_forgets_it(void **state)
{
    (void)state;
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("scoped.c")),
                                           WBX_CFLAGS("-DBY_HAND") },
                    WB_LEAKED_LOCK, NULL);
}

/* The program that was explored is the one that is run. */
static void test_good_counts_everybody(void **state)
{
    const char *argv[] = { WB_GOOD, "8", "20000", NULL };
    struct wb_subprocess_result res;

    (void)state;
    wb_run_watched(argv, 30000, &res);
    wb_expect(res.outcome == WB_EXITED && res.code == 0 &&
                  strcmp(res.out, "160000 visitors, 160000 counted\n") == 0,
              WB_WRONG_ANSWER, "good.c: %s%s", res.out, res.message);
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_has_a_data_race),
    cmocka_unit_test(test_bad_loses_a_visitor),
    cmocka_unit_test(test_good_is_right_in_every_order),
    cmocka_unit_test(test_one_atomic_is_right_in_every_order),
    cmocka_unit_test(test_a_short_section_lets_threads_overlap),
    cmocka_unit_test(test_a_long_section_keeps_them_apart),
    cmocka_unit_test(test_a_scoped_lock_is_given_back_on_every_path),
    cmocka_unit_test(test_by_hand_one_path_forgets_it),
    cmocka_unit_test(test_good_counts_everybody),
};
WB_TEST_MAIN(tests)
