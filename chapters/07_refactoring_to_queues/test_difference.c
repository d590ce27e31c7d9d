/* Shows that a letter which fails hangs bad.c, and so does any number of
 * workers but one in each stage; that good.c does what before.c does, in every
 * order; and that workers are a limit to what is on its way at once. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

#define CHAPTER(file) WB_CHAPTER_DIR "/" file

static const char before_path[] = WB_PROGRAMS "/before";
static const char limit_path[] = WB_PROGRAMS "/limit";

/* Pass when the program gets stuck, and somebody waits for that object. */
static void expect_stuck(const struct wbx_options *opt, const char *object)
{
    struct wbx_report report;
    bool found = false;

    wbx_explore(opt, &report);
    wb_expect(report.status == WBX_FAULT && (report.verdict == WB_DEADLOCK ||
                                             report.verdict == WB_LOST_WAKEUP),
              WB_WRONG_ANSWER, "it does not get stuck, but: %s %s",
              wb_verdict_name(report.verdict),
              report.message != NULL ? report.message : "");
    const struct wbx_failure *f = &report.failures[0];
    for (size_t i = 0; i < f->nthreads; i++)
        found |= f->threads[i].blocked_object != NULL &&
                 strstr(f->threads[i].blocked_object, object) != NULL;
    wb_expect(found, WB_WRONG_ANSWER, "nobody waits for %s: %s", object,
              f->cause);
    wbx_report_free(&report);
}

static void test_bad_hangs_when_an_address_cannot_be_read(void **state)
{
    (void)state;
    expect_stuck(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                        WBX_ARGS("1", "1", "x") },
                 "all_done");
}

static void test_bad_hangs_when_there_is_no_such_district(void **state)
{
    (void)state;
    expect_stuck(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                        WBX_ARGS("1", "1", "0") },
                 "all_done");
}

static void test_bad_hangs_with_too_few_sentinels(void **state)
{
    (void)state;
    expect_stuck(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                        WBX_ARGS("1", "2", "1") },
                 "not_empty");
}

/* One franker takes one sentinel, two have room, and the fourth reader waits
 * for more. */
static void test_bad_hangs_with_too_many_sentinels(void **state)
{
    (void)state;
    expect_stuck(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                        WBX_ARGS("4", "1", "") },
                 "not_full");
}

/* Why nobody notices: the first test that comes to mind passes. */
static void test_bad_is_right_when_nothing_fails(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                           WBX_ARGS("1", "1", "1") });
}

/* The same letters and the same workers as above, and more. */
static void test_good_is_right_in_every_order(void **state)
{
    static const char *const runs[][3] = {
        { "1", "1", "x" }, { "1", "1", "0" },  { "1", "1", "1" },
        { "1", "1", "" },  { "1", "1", "xx" }, { "1", "1", "x1" },
        { "1", "2", "" },  { "2", "1", "" },   { "2", "2", "" },
        { "1", "2", "x" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("good.c")),
                                               .args = runs[i], .nargs = 3 });
}

/* What the program says of these bags, freed by the caller. */
static char *run(const char *const *argv)
{
    struct wb_subprocess_result res;

    wb_run_watched(argv, 30000, &res);
    wb_expect(res.outcome == WB_EXITED && res.code == 0, WB_WRONG_ANSWER,
              "%s: %s%s", argv[0], res.out, res.message);
    char *said = strdup(res.out);
    wb_subprocess_result_free(&res);
    return said;
}

/* Letter for letter, whatever the number of workers. */
static void test_good_says_what_before_says(void **state)
{
    const char *before[] = { before_path, "12x3", "", "0x0x90", "xxx", NULL };
    static const char *const workers[] = { "1", "3", "8" };

    (void)state;
    char *expected = run(before);
    wb_expect(strstr(expected, "letter x goes back: Bad message\n"
                               "bag 12x3: 3 of 4 sent\n") == expected,
              WB_WRONG_ANSWER, "before.c: %s", expected);
    for (int i = 0; i < 9; i++) {
        const char *good[] = { WB_GOOD,        workers[i / 3],
                               workers[i % 3], before[1],
                               before[2],      before[3],
                               before[4],      NULL };
        char *said = run(good);

        wb_expect(strcmp(said, expected) == 0, WB_WRONG_ANSWER,
                  "with %s readers and %s frankers: %s", good[1], good[2],
                  said);
        free(said);
    }
    free(expected);
}

/* -- the limit ------------------------------------------------------------- */

static void test_a_worker_for_each_request_is_enough(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("limit.c")),
                                           WBX_ARGS("2", "2") });
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("limit.c")),
                                           WBX_ARGS("2", "4", "2") });
}

static void test_more_requests_than_workers_are_never_on_their_way(void **state)
{
    static const char *const requests[] = { "3", "4", "64" };

    (void)state;
    for (int i = 0; i < 3; i++)
        expect_stuck(&(struct wbx_options){ WBX_FILES(CHAPTER("limit.c")),
                                            WBX_ARGS("2", requests[i], "3") },
                     "net.answer");
}

/* With real threads: as many as there are workers, and not one more. */
static void test_the_peak_is_the_number_of_workers(void **state)
{
    const char *argv[] = { limit_path, "4", "64", "4", NULL };

    (void)state;
    char *said = run(argv);
    wb_expect(strcmp(said, "64 requests, 4 workers, at most 4 on their way "
                           "at once\n") == 0,
              WB_WRONG_ANSWER, "limit.c: %s", said);
    free(said);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_hangs_when_an_address_cannot_be_read),
    cmocka_unit_test(test_bad_hangs_when_there_is_no_such_district),
    cmocka_unit_test(test_bad_hangs_with_too_few_sentinels),
    cmocka_unit_test(test_bad_hangs_with_too_many_sentinels),
    cmocka_unit_test(test_bad_is_right_when_nothing_fails),
    cmocka_unit_test(test_good_is_right_in_every_order),
    cmocka_unit_test(test_good_says_what_before_says),
    cmocka_unit_test(test_a_worker_for_each_request_is_enough),
    cmocka_unit_test(test_more_requests_than_workers_are_never_on_their_way),
    cmocka_unit_test(test_the_peak_is_the_number_of_workers),
};
WB_TEST_MAIN(tests)
