/* Every kind of failure, its sentence, and its replay. See cause.c. */
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

static const struct {
    const char *flag;
    enum wb_verdict kind;
    const char *cause;
} kinds[] = {
    { "-DDEADLOCK", WB_DEADLOCK,
      "main waits for mu_b held by T1 (kinds.c:48), T1 waits for mu_a held by "
      "main (kinds.c:24)" },
    { "-DLOST_WAKEUP", WB_LOST_WAKEUP,
      "main waits for ready (kinds.c:54), but T1 had sent its signal before "
      "(kinds.c:28)" },
    { "-DLIVELOCK", WB_LIVELOCK,
      "T1 loops, looks at flag again and again (kinds.c:30), and nobody is "
      "left to change it" },
    { "-DLEAKED_LOCK", WB_LEAKED_LOCK,
      "mu_a, locked by T1 at kinds.c:33, is still held when the thread ends" },
    { "-DUSE_AFTER_FREE", WB_USE_AFTER_FREE,
      "main writes item->b (kinds.c:63) after T1 freed it at kinds.c:35" },
    { "-DLEAKED_THREAD", WB_LEAKED_THREAD,
      "T1 (worker, created at kinds.c:45) was never joined or detached" },
    { "-DLEAKED_MEMORY", WB_LEAKED_MEMORY,
      "the 8 bytes of item, allocated at kinds.c:44, were never freed" },
    { "-DCRASH", WB_CRASH, "main calls abort() (kinds.c:70)" },
};

enum { NKINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* cause without the directory that this test adds to each file. */
static void expect_cause(const char *cause, const char *expected)
{
    static const char directory[] = PROGRAMS "/";
    char text[1024];
    size_t n = 0;

    while (*cause != '\0' && n + 1 < sizeof(text)) {
        if (strncmp(cause, directory, sizeof(directory) - 1) == 0)
            cause += sizeof(directory) - 1;
        text[n++] = *cause++;
    }
    text[n] = '\0';
    assert_string_equal(text, expected);
}

static void explore_kind(int i, const char *replay, struct wbx_report *rep)
{
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kinds.c"),
                                           .cflags = &kinds[i].flag,
                                           .ncflags = 1, .replay = replay },
                    kinds[i].kind, rep);
}

static void test_each_kind_has_its_sentence(void **state)
{
    (void)state;
    for (int i = 0; i < NKINDS; i++) {
        struct wbx_report rep;

        explore_kind(i, NULL, &rep);
        expect_cause(rep.failures[0].cause, kinds[i].cause);
        wbx_report_free(&rep);
    }
}

static void test_each_kind_is_replayed(void **state)
{
    (void)state;
    for (int i = 0; i < NKINDS; i++) {
        struct wbx_report first, again;

        explore_kind(i, NULL, &first);
        explore_kind(i, first.failures[0].replay, &again);
        assert_null(again.warning);
        assert_int_equal(again.nfailures, 1);
        assert_string_equal(again.failures[0].cause, first.failures[0].cause);
        assert_string_equal(again.failures[0].replay, first.failures[0].replay);
        assert_int_equal(again.failures[0].nevents, first.failures[0].nevents);
        wbx_report_free(&first);
        wbx_report_free(&again);
    }
}

static void test_the_guilty_steps_are_marked(void **state)
{
    struct wbx_report rep;
    const struct wbx_failure *f;
    int locks = 0;

    (void)state;
    explore_kind(0, NULL, &rep);
    f = &rep.failures[0];
    for (size_t i = 0; i < f->nevents; i++)
        locks += f->events[i].marked && strcmp(f->events[i].op, "lock") == 0;
    assert_int_equal(locks, 2);
    assert_int_equal(f->nthreads, 2);
    assert_int_equal(f->threads[0].waits_for, 1);
    assert_string_equal(f->threads[0].blocked_object, "mu_b");
    assert_int_equal(f->threads[0].nheld, 1);
    assert_string_equal(f->threads[0].held[0], "mu_a");
    wbx_report_free(&rep);
}

static void test_blocks_grow(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(PROGRAMS "/grows.c") });
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/grows.c"),
                                           WBX_CFLAGS("-DOLD") },
                    WB_USE_AFTER_FREE, NULL);
}

static void test_a_bounded_search_counts_its_executions(void **state)
{
    struct wbx_report rep;

    (void)state;
    wbx_explore(
        &(struct wbx_options){ WBX_FILES(PROGRAMS "/kinds.c"), .bound = 1 },
        &rep);
    assert_int_equal(rep.status, WBX_NOT_EXHAUSTIVE);
    assert_true(rep.traces > 0);
    assert_int_equal(rep.failing, 0);
    wbx_report_free(&rep);
    wbx_explore(
        &(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"), .budget = 1 },
        &rep);
    assert_int_equal(rep.traces, 1);
    wbx_report_free(&rep);
}

static void test_all_goes_on(void **state)
{
    struct wbx_report rep;

    (void)state;
    wbx_explore(
        &(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"), .all = true },
        &rep);
    assert_int_equal(rep.status, WBX_FAULT);
    assert_true(rep.exhaustive);
    assert_int_equal(rep.traces, 4);
    assert_non_null(wbx_find(&rep, WB_DATA_RACE));
    assert_non_null(wbx_find(&rep, WB_ASSERTION));
    assert_null(wbx_find(&rep, WB_DEADLOCK));
    wbx_report_free(&rep);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_each_kind_has_its_sentence),
    cmocka_unit_test(test_each_kind_is_replayed),
    cmocka_unit_test(test_the_guilty_steps_are_marked),
    cmocka_unit_test(test_blocks_grow),
    cmocka_unit_test(test_a_bounded_search_counts_its_executions),
    cmocka_unit_test(test_all_goes_on),
};

WB_TEST_MAIN(tests)
