/* What `mutants` makes of a judge that is too weak. The judge is a script, see
 * fixture/judge.sh; the chapter's name chooses what it misses. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "wb/testkit.h"

#define FIXTURE_FILE(name) FIXTURE "/" name

static char equivalent[PATH_MAX];

static void run(const char *chapter, const char *entries, int code,
                const char *said)
{
    struct wb_subprocess_result r;
    assert_int_equal(wb_file_replace(equivalent, entries, strlen(entries)), 0);
    const char *argv[] = { MUTANTS,
                           FIXTURE_FILE("judge.sh"),
                           chapter,
                           FIXTURE_FILE("solution.c"),
                           FIXTURE_FILE("starter.c"),
                           equivalent,
                           NULL };
    wb_run_watched(argv, 60000, &r);
    assert_int_equal(r.outcome, WB_EXITED);
    if (r.code != code || strstr(code == 2 ? r.err : r.out, said) == NULL)
        fail_msg("exit status %d, not %d with \"%s\":\n%s%s", r.code, code,
                 said, r.out, r.err);
    wb_subprocess_result_free(&r);
}

static void test_all_caught(void **state)
{
    (void)state;
    run("07_good", "", 0, "6 caught, 0 equivalent, 0 skipped, 0 wrong");
    run("07_good", "", 0, "    4  delete pthread_mutex_lock");
}

static void test_survivor_is_shown(void **state)
{
    (void)state;
    run("05_signal", "", 1, "SURVIVED");
    run("05_signal", "", 1,
        "-    pthread_cond_signal(&given);\n       +    ((void)0);");
}

static void test_survivor_may_be_declared(void **state)
{
    (void)state;
    run("05_signal", "05_signal | pthread_cond_signal(&given); | a test\n", 0,
        "5 caught, 1 equivalent");
    run("07_good", "05_signal | pthread_cond_signal(&given); | a test\n", 0,
        "6 caught");
}

static void test_declaration_must_be_true(void **state)
{
    (void)state;
    run("07_good", "07_good | pthread_cond_signal(&given); | a test\n", 1,
        "declared to make no difference, but it does");
    run("07_good", "07_good | pthread_cond_signal(&other); | a test\n", 1,
        ":1: no change of that line: pthread_cond_signal(&other);");
    run("07_good", "07_good pthread_cond_signal(&given);\n", 2, ":1: ");
}

static void test_starter_must_fail(void **state)
{
    (void)state;
    run("03_starter", "", 1, "SURVIVED");
}

static void test_nothing_compiles(void **state)
{
    (void)state;
    run("04_uncompiled", "", 1, "not one of the mutants could be judged");
}

static void test_solution_must_pass(void **state)
{
    (void)state;
    run("02_strict", "", 2, "the solution itself: deadlock");
}

static void test_judge_must_work(void **state)
{
    (void)state;
    run("01_broken", "", 2, "the solution itself: ");
}

static int make_list(void **state)
{
    (void)state;
    int fd =
        mkstemp(wb_scratch_path(equivalent, sizeof(equivalent), "equivalent"));
    return fd < 0 ? -1 : close(fd);
}

static int remove_list(void **state)
{
    (void)state;
    return unlink(equivalent);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_list, remove_list)

static const struct CMUnitTest tests[] = {
    T(test_all_caught),
    T(test_survivor_is_shown),
    T(test_survivor_may_be_declared),
    T(test_declaration_must_be_true),
    T(test_starter_must_fail),
    T(test_nothing_compiles),
    T(test_solution_must_pass),
    T(test_judge_must_work),
};

WB_TEST_MAIN(tests)
