/* The schedule on which a program fails, followed by one that does not. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "follow.h"
#include "sample.h"
#include "wb/testkit.h"

static const struct {
    const char *scene, *repair;
    enum wb_verdict kind;
    const char *text;
} scenes[] = {
    { "-DUPDATE", "-DGOOD", WB_DATA_RACE,
      "follow.c:22 T1 waits here for mu_a, held by main since follow.c:22" },
    { "-DUPDATE", "-DATOMIC", WB_DATA_RACE,
      "no thread of follow.c has to wait on this schedule" },
    { "-DORDER", "-DGOOD", WB_DEADLOCK,
      "follow.c:30 T1 waits here for mu_a, held by main since follow.c:62" },
    { "-DWAKEUP", "-DGOOD", WB_LOST_WAKEUP,
      "follow.c:40 T1 waits here for mu_a, held by main since follow.c:67" },
    { "-DJOIN", "-DGOOD", WB_USE_AFTER_FREE,
      "follow.c:72 main waits here for T1 to end" },
    { "-DUPDATE", "-DJOIN", WB_DATA_RACE,
      "follow.c fails as well: main writes counter" },
};

enum { NSCENES = sizeof(scenes) / sizeof(scenes[0]) };

/* What fails with the scene's own flag. */
static void find_failure(int i, struct wbx_report *rep)
{
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/follow.c"),
                                           .cflags = &scenes[i].scene,
                                           .ncflags = 1 },
                    scenes[i].kind, rep);
}

static int follow(int i, struct wbx_report *rep)
{
    const char *flags[] = { scenes[i].scene, scenes[i].repair };
    struct wbx_options good = { WBX_FILES(PROGRAMS "/follow.c"),
                                .cflags = flags, .ncflags = 2 };

    return wbx_follow(&good, rep);
}

static void test_the_repair_waits_where_the_mistake_goes_on(void **state)
{
    (void)state;
    for (int i = 0; i < NSCENES; i++) {
        const struct wbx_instead *w;
        struct wbx_report rep;

        find_failure(i, &rep);
        assert_int_equal(follow(i, &rep), 0);
        w = rep.failures[0].instead;
        assert_non_null(w);
        if (strncmp(w->text, scenes[i].text, strlen(scenes[i].text)) != 0)
            fail_msg("%s %s: %s", scenes[i].scene, scenes[i].repair, w->text);
        assert_int_equal(w->waits, strstr(w->text, " waits here ") != NULL);
        wbx_report_free(&rep);
    }
}

static void test_it_is_printed(void **state)
{
    struct wbx_report rep;
    char *text;

    (void)state;
    find_failure(0, &rep);
    follow(0, &rep);
    text = sample_print(&rep, &(struct wbx_style){ .ascii = true });
    assert_non_null(strstr(text, "  follow.c on the same schedule\n"
                                 "    follow.c:22 T1 waits here for mu_a, "
                                 "held by main since follow.c:22\n"
                                 "      pthread_mutex_lock(&mu_a);\n"));
    free(text);
    text = sample_print(&rep, NULL);
    assert_non_null(strstr(text, "\"instead\":{\"program\":\"follow.c\","
                                 "\"waits\":true,"));
    assert_non_null(strstr(text, "\"object\":\"mu_a\",\"holder\":0,"));
    free(text);
    wbx_report_free(&rep);
}

static void test_a_program_that_does_not_build_changes_nothing(void **state)
{
    struct wbx_options none = { WBX_FILES(PROGRAMS "/syntax.c") };
    struct wbx_report rep;

    (void)state;
    find_failure(0, &rep);
    assert_int_equal(wbx_follow(&none, &rep), -ENOTSUP);
    assert_null(rep.failures[0].instead);
    wbx_report_free(&rep);
}

/* The steps of the repair end where it waits, or where the schedule does. */
static void test_its_steps_are_told(void **state)
{
    const struct wbx_instead *w;
    struct wbx_report rep;

    (void)state;
    find_failure(2, &rep);
    follow(2, &rep);
    w = rep.failures[0].instead;
    assert_true(w->nevents > 2);
    assert_string_equal(w->events[w->nevents - 1].op, "lock");
    assert_string_equal(w->events[w->nevents - 1].object, "mu_a");
    assert_int_equal(w->nthreads, 2);
    assert_string_equal(w->threads[1].blocked_object, "mu_a");
    wbx_report_free(&rep);
    find_failure(1, &rep);
    follow(1, &rep);
    w = rep.failures[0].instead;
    assert_int_equal(w->nthreads, 2);
    assert_false(w->waits);
    assert_true(w->nevents > 2);
    wbx_report_free(&rep);
}

/* One order of three is the deadlock: each thread has its first lock. */
static void test_failing_executions_are_counted(void **state)
{
    struct wbx_report rep;

    (void)state;
    wbx_explore(&(struct wbx_options){ WBX_FILES(PROGRAMS "/follow.c"),
                                       .cflags = &scenes[2].scene, .ncflags = 1,
                                       .all = true },
                &rep);
    assert_int_equal(rep.traces, 3);
    assert_int_equal(rep.failing, 1);
    wbx_report_free(&rep);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_repair_waits_where_the_mistake_goes_on),
    cmocka_unit_test(test_it_is_printed),
    cmocka_unit_test(test_its_steps_are_told),
    cmocka_unit_test(test_failing_executions_are_counted),
    cmocka_unit_test(test_a_program_that_does_not_build_changes_nothing),
};

WB_TEST_MAIN(tests)
