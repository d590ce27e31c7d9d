/* What of a trace is shown. See select.c. */
#include "print.h"
#include "sample.h"
#include "wb/testkit.h"

enum { LONG = 1000 };

static struct wbx_event events[LONG];

static struct wbx_failure trace(size_t n)
{
    return (struct wbx_failure){ .events = events, .nevents = n };
}

static size_t count(const enum wbx_shown *shown, size_t n, enum wbx_shown what)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += shown[i] == what;
    return found;
}

static void test_what_two_threads_touch_is_shown(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_failure f = trace(4);
    enum wbx_shown *shown;

    (void)state;
    events[0] = sample_event(0, 1, "", "write", "ours");
    events[1] = sample_event(0, 1, "", "write", "mine");
    events[2] = sample_event(1, 1, "", "read", "ours");
    events[3] = sample_event(0, 1, "", "lock", "mu");
    shown = wbx_select(&f, &a);
    assert_int_equal(shown[0], WBX_SHOWN);
    assert_int_equal(shown[1], WBX_PRIVATE);
    assert_int_equal(shown[2], WBX_SHOWN);
    assert_int_equal(shown[3], WBX_SHOWN);
    events[1].marked = true;
    shown = wbx_select(&f, &a);
    assert_int_equal(shown[1], WBX_SHOWN);
    wbx_arena_free(&a);
}

static void test_two_locals_of_one_name_are_two(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_failure f = trace(2);
    enum wbx_shown *shown;

    (void)state;
    events[0] = sample_event(0, 1, "", "write", "n of pop");
    events[1] = sample_event(1, 1, "", "write", "n of pop");
    shown = wbx_select(&f, &a);
    assert_int_equal(shown[0], WBX_SHOWN);
    events[1].stack = 1;
    shown = wbx_select(&f, &a);
    assert_int_equal(shown[0], WBX_PRIVATE);
    assert_int_equal(shown[1], WBX_PRIVATE);
    wbx_arena_free(&a);
}

static void test_what_nobody_changes_is_left_out(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_failure f = trace(3);
    enum wbx_shown *shown;

    (void)state;
    events[0] = sample_event(0, 1, "", "read", "limit");
    events[1] = sample_event(1, 1, "", "read", "limit");
    events[2] = sample_event(1, 1, "", "atomic load", "flag");
    shown = wbx_select(&f, &a);
    assert_int_equal(shown[0], WBX_PRIVATE);
    assert_int_equal(shown[1], WBX_PRIVATE);
    assert_int_equal(shown[2], WBX_SHOWN);
    wbx_arena_free(&a);
}

static void test_the_middle_of_a_long_trace_is_cut(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_failure f = trace(LONG);
    enum wbx_shown *shown;

    (void)state;
    for (int i = 0; i < LONG; i++)
        events[i] = sample_event(i % 3, i, "", "lock", "mu");
    events[500].marked = true;
    shown = wbx_select(&f, &a);
    assert_int_equal(shown[0], WBX_SHOWN);
    assert_int_equal(shown[500], WBX_SHOWN);
    assert_int_equal(shown[501], WBX_CUT);
    assert_int_equal(shown[LONG - 1], WBX_SHOWN);
    assert_in_range(count(shown, LONG, WBX_SHOWN), 50, 100);
    wbx_arena_free(&a);
}

/* Whatever is left out is counted, and what happens is not invented. */
static void test_nothing_vanishes_silently(void **state)
{
    struct wbx_thread threads[] = { { .name = "main" }, { .name = "T1" } };
    struct wbx_failure f = trace(LONG);
    struct wbx_report rep = { .failures = &f, .nfailures = 1 };
    char *got;

    (void)state;
    f.cause = "so";
    f.kind = WB_ASSERTION;
    f.threads = threads;
    f.nthreads = 2;
    for (int i = 0; i < LONG; i++)
        events[i] = sample_event(i >= LONG / 2, i, "x", "lock", "mu");
    events[300].marked = true;
    got = sample_print(&rep, &(struct wbx_style){ .ascii = true });
    assert_non_null(strstr(got, "  ... 290 steps of main not shown (--json "
                                "has all)\n"));
    assert_non_null(strstr(got, "  ! lock mu"));
    assert_non_null(strstr(got, "  ... 619 steps not shown (--json has all)"));
    free(got);
}

static void test_repeats_are_counted(void **state)
{
    struct wbx_thread threads[] = { { .name = "main" } };
    struct wbx_failure f = trace(30);
    struct wbx_report rep = { .failures = &f, .nfailures = 1 };
    char *got;

    (void)state;
    f.cause = "so";
    f.kind = WB_LIVELOCK;
    f.threads = threads;
    f.nthreads = 1;
    threads[0].state = "ready";
    for (int i = 0; i < 30; i++)
        events[i] = sample_event(0, 7, "while (!x)", "atomic load", "x");
    got = sample_print(&rep, &(struct wbx_style){ .ascii = true });
    assert_non_null(strstr(got, "  f.c:7 while (!x)\n"
                                "    atomic load x, 30 times\n"));
    free(got);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_what_two_threads_touch_is_shown),
    cmocka_unit_test(test_two_locals_of_one_name_are_two),
    cmocka_unit_test(test_what_nobody_changes_is_left_out),
    cmocka_unit_test(test_the_middle_of_a_long_trace_is_cut),
    cmocka_unit_test(test_nothing_vanishes_silently),
    cmocka_unit_test(test_repeats_are_counted),
};

WB_TEST_MAIN(tests)
