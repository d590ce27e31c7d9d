/* The graph of a small program: what can happen in it, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "graph.h"
#include "wb/testkit.h"

/* The graph of a program; the caller frees it. */
static char *draw(const char *file, const char *const *flags, size_t nflags,
                  struct wbx_report *rep)
{
    const struct wbx_options opt = {
        .files = &file, .nfiles = 1, .cflags = flags, .ncflags = nflags
    };
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    assert_non_null(f);
    wbx_graph_write(&opt, f, rep);
    fclose(f);
    return text;
}

static char *draw_scene(const char *scene, const char *repair)
{
    const char *flags[] = { scene, repair };
    struct wbx_report rep;
    char *text = draw(PROGRAMS "/follow.c", flags, repair ? 2 : 1, &rep);

    if (rep.status != WBX_CLEAN)
        fail_msg("%s: %s", scene, rep.message);
    wbx_report_free(&rep);
    return text;
}

static int count(const char *text, const char *word)
{
    int n = 0;

    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        n++;
    return n;
}

static void expect(const char *scene, const char *repair, const char *yes,
                   const char *no)
{
    char *text = draw_scene(scene, repair);

    if (strstr(text, yes) == NULL)
        fail_msg("%s %s: no %s in %s", scene, repair ? repair : "", yes, text);
    if (strstr(text, no) != NULL)
        fail_msg("%s %s: %s in %s", scene, repair ? repair : "", no, text);
    free(text);
}

static void test_failures_are_ends_and_repairs_have_none(void **state)
{
    (void)state;
    expect("-DORDER", NULL, "\"verdict\":\"deadlock\"", "\"race\"");
    expect("-DORDER", "-DGOOD", "\"verdict\":\"clean\"", "deadlock");
    expect("-DWAKEUP", NULL, "\"verdict\":\"lost-wakeup\"", "\"race\"");
    expect("-DWAKEUP", "-DGOOD", "\"verdict\":\"clean\"", "lost-wakeup");
}

static void test_a_race_is_a_state_in_which_both_come_next(void **state)
{
    (void)state;
    expect("-DUPDATE", NULL, "\"race\":{\"threads\":[", "deadlock");
    expect("-DUPDATE", NULL, "\"object\":\"counter\"}", "deadlock");
    expect("-DUPDATE", "-DGOOD", "\"verdict\":\"clean\"", "\"race\"");
    expect("-DUPDATE", "-DATOMIC", "\"verdict\":\"clean\"", "\"race\"");
}

/* main and T1 each read the counter, then write it. By hand, there is a choice
 * when nobody has read, main has, T1 has, both have; when main has written and
 * T1 has not read, or has read 0, or has read 1. When T1 has written, main is
 * alone. Then it ends, with 1 or 2 in a counter that is not used again. */
static void test_orders_that_do_not_matter_meet(void **state)
{
    char *text = draw_scene("-DUPDATE", NULL);

    (void)state;
    assert_int_equal(count(text, "\"end\":{"), 1);
    assert_int_equal(count(text, "\"moves\":["), 7 + 1);
    assert_int_equal(count(text, "\"coarse\":false"), 1);
    free(text);
}

/* By hand: each of three threads has made none to three rounds, 4 * 4 * 4. In
 * 3 * 3 of these one thread still has some to make, and is alone, and in one
 * none has: what follows is no choice, and then there is the end. */
static void test_a_section_is_one_move_of_a_large_program(void **state)
{
    struct wbx_report rep;
    char *text = draw(PROGRAMS "/rounds.c", NULL, 0, &rep);

    (void)state;
    assert_int_equal(rep.status, WBX_CLEAN);
    assert_int_equal(count(text, "\"coarse\":true"), 1);
    assert_int_equal(count(text, "\"verdict\":\"clean\""), 1);
    assert_int_equal(count(text, "\"moves\":["), 64 - 9 - 1 + 1);
    free(text);
    wbx_report_free(&rep);
}

/* What a function has left must not make a state of its own. */
static void test_a_frame_begins_empty(void **state)
{
    struct wbx_report rep;
    char *text = draw(PROGRAMS "/frame.c", NULL, 0, &rep);

    (void)state;
    assert_int_equal(rep.status, WBX_CLEAN);
    assert_int_equal(count(text, "\"verdict\":"), 1);
    assert_int_equal(count(text, "\"verdict\":\"clean\""), 1);
    free(text);
    wbx_report_free(&rep);
}

static void test_blocked_threads_say_what_for(void **state)
{
    (void)state;
    expect("-DORDER", NULL,
           "\"op\":\"lock\",\"object\":\"mu_a\",\"file\":\"follow.c\",",
           "uninitialised");
}

/* A loop that only waits leads back to a state that is known. */
static void test_a_loop_is_a_circle(void **state)
{
    struct wbx_report rep;
    char *text = draw(PROGRAMS "/polls.c", NULL, 0, &rep);

    (void)state;
    assert_int_equal(rep.status, WBX_CLEAN);
    assert_int_equal(count(text, "\"verdict\":\"clean\""), 1);
    free(text);
    wbx_report_free(&rep);
}

static void expect_message(const char *file, const char *flag,
                           enum wbx_status status, const char *message)
{
    struct wbx_report rep;
    char *text = draw(file, &flag, flag != NULL, &rep);

    assert_int_equal(rep.status, status);
    assert_string_equal(text, "");
    if (message != NULL && strstr(rep.message, message) == NULL)
        fail_msg("no \"%s\" in \"%s\"", message, rep.message);
    free(text);
    wbx_report_free(&rep);
}

static void test_what_cannot_be_drawn_is_refused(void **state)
{
    (void)state;
    expect_message(PROGRAMS "/many.c", NULL, WBX_CANNOT, "smaller case");
    expect_message(PROGRAMS "/rounds.c", "-DRACE", WBX_CANNOT, "smaller case");
    expect_message(PROGRAMS "/piped.c", NULL, WBX_CANNOT, "descriptors");
    expect_message(PROGRAMS "/syntax.c", NULL, WBX_USAGE, NULL);
}

static void test_it_is_one_object(void **state)
{
    char *text = draw_scene("-DUPDATE", NULL);

    (void)state;
    assert_int_equal(strncmp(text, "{\"program\":\"follow.c\",", 22), 0);
    assert_string_equal(text + strlen(text) - 3, "]}\n");
    assert_int_equal(count(text, "{") - count(text, "}"), 0);
    assert_int_equal(count(text, "[") - count(text, "]"), 0);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_orders_that_do_not_matter_meet),
    cmocka_unit_test(test_a_section_is_one_move_of_a_large_program),
    cmocka_unit_test(test_a_frame_begins_empty),
    cmocka_unit_test(test_failures_are_ends_and_repairs_have_none),
    cmocka_unit_test(test_a_race_is_a_state_in_which_both_come_next),
    cmocka_unit_test(test_blocked_threads_say_what_for),
    cmocka_unit_test(test_a_loop_is_a_circle),
    cmocka_unit_test(test_what_cannot_be_drawn_is_refused),
    cmocka_unit_test(test_it_is_one_object),
};

WB_TEST_MAIN(tests)
