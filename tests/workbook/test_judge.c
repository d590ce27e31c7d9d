/* `workbook judge` and `check`: each way to go wrong gives its own word, and
 * none leaves a process or a file behind. */
#include <dirent.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness.h"
#include "json_reader.h"
#include "wb/base.h"

static void assert_no_litter(const struct book *b)
{
    char path[PATH_MAX + 8];
    struct dirent *e;
    snprintf(path, sizeof path, "%s/tmp", b->root);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL) {
        if (e->d_name[0] != '.')
            fail_msg("left behind: %s/%s", path, e->d_name);
    }
    closedir(dir);
}

static void assert_judged(struct book *b, const char *candidate, int code,
                          const char *start, const char *part)
{
    book_run(b, "judge", "01_sum", candidate_path(candidate), NULL);
    if (b->code != code || strncmp(b->out, start, strlen(start)) != 0)
        fail_msg("%s: exit %d, \"%s\", \"%s\"", candidate, b->code, b->out,
                 b->err);
    assert_holds(b->out, part);
    assert_no_litter(b);
}

static void test_right_answer_passes(void **state)
{
    assert_judged(*state, "right", 0, "passed", "");
}

static void test_wrong_answer(void **state)
{
    assert_judged(*state, "wrong", 1, "wrong-answer: ", "sum(2, 3) is 6");
}

static void test_crash_and_signal(void **state)
{
    assert_judged(*state, "crash", 1, "crash: ", "");
    assert_judged(*state, "killed", 1, "crash: ", "");
}

/* Ending with status 0 before the judge has judged is no success. */
static void test_early_end_is_no_pass(void **state)
{
    assert_judged(*state, "leaves_early", 1, "crash: ", "");
    assert_judged(*state, "exits", 1, "crash: ", "exit");
}

static void test_hang_says_what_it_was_stuck_in(void **state)
{
    setenv("WB_JUDGE_SECONDS", "4", 1);
    assert_judged(*state, "hang", 1, "deadlock: ", "read");
}

static void test_endless_loop_is_livelock(void **state)
{
    setenv("WB_JUDGE_SECONDS", "4", 1);
    assert_judged(*state, "spin", 1, "livelock: ", "");
}

/* The learner could do nothing about that. */
static void test_a_full_disk_is_no_fault_of_the_source(void **state)
{
    struct book *b = *state;
    char path[2 * PATH_MAX], conf[5 * PATH_MAX];
    snprintf(path, sizeof path, "%s/cc", b->root);
    snprintf(conf, sizeof conf, "compiler=%s\njudge=%s\n", path, path);
    book_write(b, "build/chapters/01_sum/judge.conf", conf);
    book_write(b, "cc",
               "#!/bin/sh\n"
               "echo 'cc1: fatal error: /tmp/x.s: "
               "No space left on device' >&2\n"
               "exit 1\n");
    WB_MUST_SYS(chmod(path, 0755));
    book_run(b, "judge", "1", candidate_path("right"), NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "no room for its files");
}

/* A judge that ends by itself is given more time than the others. */
static void test_a_judge_may_have_time_of_its_own(void **state)
{
    static const char conf[] = "build/chapters/01_sum/judge.conf";
    struct book *b = *state;
    char *text = book_read(b, conf), *longer;
    unsetenv("WB_JUDGE_SECONDS");
    assert_judged(b, "tells_its_time", 1, "wrong-answer: ", " 30 s");
    assert_true(asprintf(&longer, "%s\nseconds=200\n", text) > 0);
    book_write(b, conf, longer);
    assert_judged(b, "tells_its_time", 1, "wrong-answer: ", " 100 s");
    free(longer);
    free(text);
}

static void test_endless_output_is_cut(void **state)
{
    assert_judged(*state, "flood", 1, "unbounded: ", "1 MiB");
}

static void test_fork_bomb_is_put_out(void **state)
{
    assert_judged(*state, "fork_bomb", 1, "unbounded: ", "processes");
    assert_judged(*state, "fork_bomb_sessions", 1, "unbounded: ", "processes");
}

/* That no process survives is checked in book_run(). */
static void test_escaped_processes_are_swept(void **state)
{
    assert_judged(*state, "escape", 0, "passed", "");
}

static void test_does_not_compile(void **state)
{
    assert_judged(*state, "broken", 1, "does-not-compile: ", "expected");
    assert_judged(*state, "missing_function", 1,
                  "does-not-compile: ", "undefined reference to `sum'");
}

static void test_messages_of_libc_are_read(void **state)
{
    assert_judged(*state, "asserts", 1, "assertion: ", "a > b");
    /* ThreadSanitizer has a free() of its own, which says nothing. */
    if (strcmp(SANITIZER, "thread") != 0)
        assert_judged(*state, "frees_twice", 1, "double-free: ", "");
}

static void test_litter_goes_away(void **state)
{
    assert_judged(*state, "litters", 0, "passed", "");
}

static void assert_rejection(struct book *b, const char *candidate, int code,
                             const char *part)
{
    book_run(b, "judge", "sum", "--expect-rejection", candidate_path(candidate),
             NULL);
    assert_int_equal(b->code, code);
    assert_holds(code == 2 ? b->err : b->out, part);
}

static void test_declared_rejections(void **state)
{
    assert_rejection(*state, "wrong", 0, "rejected as declared: wrong-answer");
    assert_rejection(*state, "broken", 0, "does-not-compile");
    assert_rejection(*state, "asserts", 0, "assertion");
    assert_rejection(*state, "missing_function", 0, "does-not-compile");
}

static void test_other_rejections_fail(void **state)
{
    assert_rejection(*state, "right", 1, "but it passed");
    assert_rejection(*state, "wrong_text", 1, "but the judge said: wrong");
    assert_rejection(*state, "crash", 1, "but the judge said: crash");
}

static void test_declaration_is_needed_and_known(void **state)
{
    assert_rejection(*state, "undeclared", 2, "no \"rejected:\"");
    assert_rejection(*state, "unknown_kind", 2, "\"bad-luck\" is no kind");
}

static void test_learner_who_has_not_begun_is_skipped(void **state)
{
    struct book *b = *state;
    const char *file = "chapters/01_sum/exercise.c";
    book_run(b, "judge", "01_sum", file, "--learner", NULL);
    assert_int_equal(b->code, 77);
    assert_holds(b->out, "not attempted");
    book_run(b, "start", "1", NULL);
    book_run(b, "judge", "01_sum", file, "--learner", NULL);
    assert_int_equal(b->code, 77);
    book_attempt(b, "wrong");
    book_run(b, "judge", "01_sum", file, "--learner", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "wrong-answer: ");
    assert_holds(b->out, "README.md, \"What goes wrong\"");
    assert_holds(b->out, "./workbook hint 1");
    book_attempt(b, "right");
    book_run(b, "judge", "01_sum", file, "--learner", NULL);
    assert_int_equal(b->code, 0);
    assert_lacks(b->out, "That was the last one");
}

static void test_judge_that_is_not_built_is_named(void **state)
{
    struct book *b = *state;
    book_run(b, "judge", "02_words", candidate_path("right"), NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "not built");
    book_run(b, "judge", "01_sum", "no_such_file.c", NULL);
    assert_int_equal(b->code, 2);
}

static void make_dir(const struct book *b, const char *path)
{
    char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", b->root, path);
    WB_MUST_SYS(mkdir(full, 0777));
}

static void test_check_names_the_page(void **state)
{
    struct book *b = *state;
    make_dir(b, "build/book");
    make_dir(b, "build/book/html");
    book_write(b, "build/book/html/failures.html", "");
    book_attempt(b, "wrong");
    book_run(b, "check", "1", NULL);
    assert_holds(b->out, "build/book/html/failures.html#wrong-answer");
}

static void test_check_records_and_explains(void **state)
{
    struct book *b = *state;
    book_attempt(b, "wrong");
    book_run(b, "check", "1", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "01_sum: failed: wrong-answer");
    assert_lacks(b->out, "failures.html"); /* the book is not built */
    book_attempt(b, "right");
    book_run(b, "check", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "01_sum: passed");
    assert_holds(b->out, "2 and 3 make 5");
    assert_holds(b->out, "./workbook start 2");
    book_run(b, "list", NULL);
    assert_holds(b->out, "passed");
    assert_holds(b->out, "1 of 2");
}

static void test_check_json_is_json(void **state)
{
    static const char *const names[] = { "right", "wrong", "broken", "crash" };
    struct book *b = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        book_attempt(b, names[i]);
        book_run(b, "check", "1", "--json", NULL);
        assert_int_equal(b->code, i == 0 ? 0 : 1);
        wb_expect(json_is_valid(b->out), WB_WRONG_ANSWER, "%s", b->out);
        assert_holds(b->out, i == 0 ? "\"passed\":true" : "\"passed\":false");
    }
    assert_holds(b->out, "\"verdict\":\"crash\"");
    assert_holds(b->out, "\"file\":\"chapters/01_sum/exercise.c\"");
}

/* @return whether the judge has been linked, so that it runs or soon will */
static bool judge_is_there(const struct book *b)
{
    glob_t found;
    char pattern[PATH_MAX + 32];
    snprintf(pattern, sizeof pattern, "%s/tmp/workbook-*/judge", b->root);
    bool there = glob(pattern, 0, NULL, &found) == 0;
    globfree(&found);
    return there;
}

static void test_interrupted_check_leaves_nothing(void **state)
{
    static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
    struct book *b = *state;
    const char *argv[] = { book_command(), "check", "1", NULL };
    struct wb_subprocess_options opt = { .argv = argv, .sweep = true };
    book_attempt(b, "hang");
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct wb_subprocess *p;
        int64_t deadline = wb_deadline_in_ms(20000);
        WB_MUST(wb_subprocess_spawn(&opt, &p));
        while (!judge_is_there(b) && !wb_deadline_passed(deadline))
            sched_yield();
        kill(wb_subprocess_pid(p), signals[i]);
        WB_MUST(wb_subprocess_wait_until(p, wb_deadline_in_ms(20000)));
        const struct wb_subprocess_result *r = wb_subprocess_result(p);
        assert_int_equal(r->outcome, WB_SIGNALED);
        assert_int_equal(r->code, signals[i]);
        assert_int_equal(r->swept, 0);
        wb_subprocess_free(p);
        assert_no_litter(b);
    }
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_right_answer_passes),
    BOOK_TEST(test_wrong_answer),
    BOOK_TEST(test_crash_and_signal),
    BOOK_TEST(test_early_end_is_no_pass),
    BOOK_TEST(test_hang_says_what_it_was_stuck_in),
    BOOK_TEST(test_endless_loop_is_livelock),
    BOOK_TEST(test_a_judge_may_have_time_of_its_own),
    BOOK_TEST(test_a_full_disk_is_no_fault_of_the_source),
    BOOK_TEST(test_endless_output_is_cut),
    BOOK_TEST(test_fork_bomb_is_put_out),
    BOOK_TEST(test_escaped_processes_are_swept),
    BOOK_TEST(test_does_not_compile),
    BOOK_TEST(test_messages_of_libc_are_read),
    BOOK_TEST(test_litter_goes_away),
    BOOK_TEST(test_declared_rejections),
    BOOK_TEST(test_other_rejections_fail),
    BOOK_TEST(test_declaration_is_needed_and_known),
    BOOK_TEST(test_learner_who_has_not_begun_is_skipped),
    BOOK_TEST(test_judge_that_is_not_built_is_named),
    BOOK_TEST(test_interrupted_check_leaves_nothing),
    BOOK_TEST(test_check_records_and_explains),
    BOOK_TEST(test_check_names_the_page),
    BOOK_TEST(test_check_json_is_json),
};
WB_TEST_MAIN(tests)
