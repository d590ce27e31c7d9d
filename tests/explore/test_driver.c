/* From files to a status, and nothing left behind. See driver.c, build.c. */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "kept.h"
#include "wb/testkit.h"

static char scratch[PATH_MAX]; /* TMPDIR of every test; empty after each */

static void expect_status(const struct wbx_options *opt, enum wbx_status status,
                          enum wb_verdict verdict, const char *message)
{
    struct wbx_report rep;

    wbx_explore(opt, &rep);
    assert_int_equal(rep.status, status);
    assert_int_equal(rep.verdict, verdict);
    assert_int_equal(rep.nfailures, 0);
    assert_non_null(rep.message);
    if (strstr(rep.message, message) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", message, rep.message);
    wbx_report_free(&rep);
}

static void test_unreadable_files_are_named(void **state)
{
    (void)state;
    expect_status(&(struct wbx_options){ .nfiles = 0 }, WBX_USAGE, WB_CLEAN,
                  "at least one");
    expect_status(&(struct wbx_options){ WBX_FILES("/nonexistent.c") },
                  WBX_USAGE, WB_CLEAN,
                  "cannot read /nonexistent.c: No such file or directory");
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS) }, WBX_USAGE,
                  WB_CLEAN, "Is a directory");
    expect_status(&(struct wbx_options){ WBX_FILES("/dev/null") }, WBX_USAGE,
                  WB_CLEAN, "not a regular file");
}

static void test_bad_programs_do_not_compile(void **state)
{
    (void)state;
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/syntax.c") },
                  WBX_USAGE, WB_DOES_NOT_COMPILE, "syntax.c:1:");
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/undefined.c") },
                  WBX_USAGE, WB_DOES_NOT_COMPILE,
                  "undefined reference to `elsewhere'");
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/part.c") },
                  WBX_USAGE, WB_DOES_NOT_COMPILE, "has no main()");
}

static void test_several_files_make_one_program(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(PROGRAMS "/undefined.c", PROGRAMS "/part.c") });
}

static void test_unknown_calls_are_refused_by_name_and_line(void **state)
{
    (void)state;
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/refused.c") },
                  WBX_CANNOT, WB_CLEAN, "socket (" PROGRAMS "/refused.c:11)");
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/refused.c") },
                  WBX_CANNOT, WB_CLEAN, "not called so far: epoll_create1\n");
}

static void test_unknown_calls_that_are_not_made_are_no_matter(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(PROGRAMS "/refused.c"),
                                           WBX_ARGS("one") });
}

static void test_signals_reach_who_sends_them(void **state)
{
    struct wbx_report rep;

    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(PROGRAMS "/handled.c"),
                                           WBX_ARGS("-a", "-b", "rest") });
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/handled.c"),
                                           WBX_ARGS("-a", "-b", "rest"),
                                           WBX_CFLAGS("-DUNHANDLED") },
                    WB_CRASH, &rep);
    assert_non_null(strstr(rep.failures[0].cause, "raises SIGTERM"));
    wbx_report_free(&rep);
}

static void test_missing_tools_are_said(void **state)
{
    (void)state;
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"),
                                         .compiler = "no-such-cc" },
                  WBX_CANNOT, WB_CLEAN, "there is no compiler `no-such-cc`");
    setenv("TMPDIR", "/nonexistent", 1);
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c") },
                  WBX_CANNOT, WB_CLEAN, "set TMPDIR");
    setenv("TMPDIR", scratch, 1);
}

static void test_bad_tokens_are_usage_errors(void **state)
{
    (void)state;
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"),
                                         .replay = "w1rubbish" },
                  WBX_USAGE, WB_CLEAN, "damaged");
    expect_status(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"),
                                         .replay = "w2abc" },
                  WBX_USAGE, WB_CLEAN, "another version");
}

static void copy_file(const char *from, const char *to, const char *more)
{
    FILE *in = fopen(from, "re"), *out = fopen(to, "we");
    int c;

    assert_non_null(in);
    assert_non_null(out);
    while ((c = getc(in)) != EOF)
        putc(c, out);
    fputs(more, out);
    assert_int_equal(fclose(out), 0);
    fclose(in);
}

/* The token of lost.c, replayed on a copy of it with `more` at its end. */
static void replay_copy(const char *more, struct wbx_report *rep)
{
    struct wbx_report first;
    char path[PATH_MAX + 16];
    const char *file = path;

    snprintf(path, sizeof(path), "%s/copy.c", scratch);
    copy_file(PROGRAMS "/lost.c", path, more);
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c") },
                    WB_DATA_RACE, &first);
    wbx_explore(&(struct wbx_options){ .files = &file,
                                       .nfiles = 1,
                                       .replay = first.failures[0].replay },
                rep);
    wbx_report_free(&first);
    unlink(path);
}

static void test_a_token_means_the_same_elsewhere(void **state)
{
    struct wbx_report rep;

    (void)state;
    replay_copy("", &rep);
    assert_int_equal(rep.status, WBX_FAULT);
    assert_int_equal(rep.verdict, WB_DATA_RACE);
    assert_null(rep.warning);
    wbx_report_free(&rep);
}

static void test_a_changed_program_is_noticed(void **state)
{
    struct wbx_report rep;

    (void)state;
    replay_copy("/* one more line */\n", &rep);
    assert_non_null(rep.warning);
    assert_non_null(strstr(rep.warning, "HAS CHANGED"));
    wbx_report_free(&rep);
}

static void test_the_command_survives_a_shell(void **state)
{
    struct wbx_report rep;
    const char *args[] = { "it's", "a b", "" };
    char *here = getcwd(NULL, 0);

    (void)state;
    assert_int_equal(chdir(PROGRAMS), 0);
    wbx_explore(&(struct wbx_options){ WBX_FILES("lost.c"),
                                       WBX_CFLAGS("-DX=1 + 2"), .args = args,
                                       .nargs = 3 },
                &rep);
    assert_int_equal(rep.status, WBX_FAULT);
    assert_non_null(strstr(rep.failures[0].command,
                           " '-DX=1 + 2' lost.c -- 'it'\\''s' 'a b' ''"));
    wbx_report_free(&rep);
    assert_int_equal(chdir(here), 0);
    free(here);
}

static void test_a_spent_budget_is_not_clean(void **state)
{
    struct wbx_report rep;

    (void)state;
    wbx_explore(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kept.c"),
                                       WBX_CFLAGS("-DSTEPS=3"), .budget = 3 },
                &rep);
    assert_int_equal(rep.status, WBX_NOT_EXHAUSTIVE);
    assert_false(rep.exhaustive);
    wbx_report_free(&rep);
}

static void *explore_in_thread(void *arg)
{
    struct wbx_report *rep = arg;

    wbx_explore(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kept.c") }, rep);
    return NULL;
}

static void expect_death(const char *flag, const char *replay,
                         const char *cause, char **token)
{
    struct wbx_report rep;

    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/killed.c"),
                                           .cflags = &flag, .ncflags = 1,
                                           .replay = replay },
                    WB_CRASH, &rep);
    if (strstr(rep.failures[0].cause, cause) == NULL)
        fail_msg("%s: %s", flag, rep.failures[0].cause);
    assert_true(rep.failures[0].nevents >= 4);
    *token = strdup(rep.failures[0].replay);
    wbx_report_free(&rep);
}

/* Whatever kills the process: the steps up to there are told, and replayed. */
static void test_an_uncatchable_death_is_a_crash(void **state)
{
    static const char *const deaths[][2] = {
        { "-DKILL", "T1 is killed by SIGKILL (" },
        { "-DLARGE_FRAME", "T1 overflows its stack (8 MiB) (" },
        { "-DRAISE", "T1 raises SIGTERM (" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
        char *token, *again;

        expect_death(deaths[i][0], NULL, deaths[i][1], &token);
        expect_death(deaths[i][0], token, deaths[i][1], &again);
        assert_string_equal(token, again);
        free(token);
        free(again);
    }
}

/* A thread that stands still in the system is no livelock, which only a
 * thread that uses the processor can be in. */
static void test_a_program_that_hangs_is_stopped(void **state)
{
    struct wbx_report rep;

    (void)state;
    setenv("WBX_PATIENCE_MS", "500", 1);
    wbx_explore(&(struct wbx_options){ WBX_FILES(PROGRAMS "/hangs.c") }, &rep);
    unsetenv("WBX_PATIENCE_MS");
    assert_int_equal(rep.status, WBX_CANNOT);
    assert_non_null(strstr(rep.message, "no progress for 0.5 seconds"));
    wbx_report_free(&rep);
}

static void test_explorations_run_at_the_same_time(void **state)
{
    struct wbx_report reps[4];
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, explore_in_thread, &reps[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(reps[i].status, WBX_CLEAN);
        assert_int_equal(reps[i].traces, 2);
        wbx_report_free(&reps[i]);
    }
}

/* The one child of pid, once there is one that runs our program. */
static pid_t explored_child(pid_t pid)
{
    char path[64], name[64] = "";
    int child = 0;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    while (strstr(name, "program") == NULL) {
        FILE *f = fopen(path, "re");

        child = 0;
        assert_non_null(f);
        if (fscanf(f, "%d", &child) != 1)
            child = 0;
        fclose(f);
        if (child > 0) {
            char exe[64];
            ssize_t n;

            snprintf(exe, sizeof(exe), "/proc/%d/exe", child);
            n = readlink(exe, name, sizeof(name) - 1);
            name[n > 0 ? n : 0] = '\0';
        }
    }
    return child;
}

static void test_a_killed_explorer_leaves_no_process(void **state)
{
    pid_t pid = fork(), child;

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        execl(RUNNER, RUNNER, PROGRAMS "/endless.c", NULL);
        _exit(127);
    }
    child = explored_child(pid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    /* Nobody but the kernel can end it; the watchdog bounds the wait. */
    while (kill(child, 0) == 0) {
        char path[64], state_letter = 'Z';
        FILE *f;

        snprintf(path, sizeof(path), "/proc/%d/stat", child);
        f = fopen(path, "re");
        if (f == NULL || fscanf(f, "%*d %*s %c", &state_letter) != 1)
            state_letter = 'Z';
        if (f != NULL)
            fclose(f);
        if (state_letter == 'Z')
            break;
    }
}

static int descriptors;

static int set_up(void **state)
{
    (void)state;
    wb_scratch_path(scratch, sizeof(scratch), "driver");
    if (mkdtemp(scratch) == NULL || setenv("TMPDIR", scratch, 1) != 0)
        return -1;
    descriptors = wb_proc_descriptors(getpid());
    return 0;
}

/* rmdir() fails when a temporary file is left. */
static int tear_down(void **state)
{
    (void)state;
    wbx_kept_forget();
    assert_int_equal(wb_proc_descriptors(getpid()), descriptors);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(rmdir(scratch), 0);
    return 0;
}

#define DRIVER_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    DRIVER_TEST(test_unreadable_files_are_named),
    DRIVER_TEST(test_bad_programs_do_not_compile),
    DRIVER_TEST(test_several_files_make_one_program),
    DRIVER_TEST(test_unknown_calls_are_refused_by_name_and_line),
    DRIVER_TEST(test_unknown_calls_that_are_not_made_are_no_matter),
    DRIVER_TEST(test_signals_reach_who_sends_them),
    DRIVER_TEST(test_missing_tools_are_said),
    DRIVER_TEST(test_bad_tokens_are_usage_errors),
    DRIVER_TEST(test_a_token_means_the_same_elsewhere),
    DRIVER_TEST(test_a_changed_program_is_noticed),
    DRIVER_TEST(test_the_command_survives_a_shell),
    DRIVER_TEST(test_a_spent_budget_is_not_clean),
    DRIVER_TEST(test_an_uncatchable_death_is_a_crash),
    DRIVER_TEST(test_a_program_that_hangs_is_stopped),
    DRIVER_TEST(test_explorations_run_at_the_same_time),
    DRIVER_TEST(test_a_killed_explorer_leaves_no_process),
};

WB_TEST_MAIN(tests)
