/* A search by several processes: whatever happens to one of them, the report
 * is that of a search by one, and no process is left. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "wb/testkit.h"

#define LATE PROGRAMS "/late.c"

/* As JSON, but for the time it took; the caller frees it. */
static char *report(const char *const *flags, bool all, unsigned workers)
{
    struct wbx_report rep;
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    assert_non_null(f);
    wbx_explore(&(struct wbx_options){ WBX_FILES(LATE), .cflags = flags,
                                       .ncflags = 2, .all = all,
                                       .workers = workers, .split_after = 1 },
                &rep);
    rep.seconds = rep.build_seconds = 0;
    wbx_print_json(f, &rep);
    wbx_report_free(&rep);
    fclose(f);
    return text;
}

static void expect_same_as_alone(const char *end, const char *letters, bool all,
                                 const char *expected)
{
    const char *const flags[] = { end, letters };
    char *alone = report(flags, all, 1), *shared;

    if (strstr(alone, expected) == NULL)
        fail_msg("%s, %s: \"%s\" is not in %s", end, letters, expected, alone);
    shared = report(flags, all, 4);
    if (strcmp(alone, shared) != 0)
        fail_msg("%s, %s: alone %s\n4 workers %s", end, letters, alone, shared);
    free(shared);
    free(alone);
}

/* Early and late in the search, in parts of different workers. */
static void expect_same(const char *end, const char *expected)
{
    expect_same_as_alone(end, "-DLETTERS=0xabcabc", false, expected);
    expect_same_as_alone(end, "-DLETTERS=0xccbbaa", false, expected);
    expect_same_as_alone(end, "-DLETTERS=0xccbbaa", true, expected);
}

static void test_a_failure_is_the_same(void **state)
{
    (void)state;
    expect_same("-DEND=FAILED", "\"verdict\":\"assertion\"");
    expect_same("-DEND=CRASH", "\"verdict\":\"crash\"");
}

static void test_a_clean_search_is_the_same(void **state)
{
    (void)state;
    expect_same_as_alone("-DEND=NEVER", "-DLETTERS=0xabcabc", false,
                         "\"exhaustive\":true");
}

static void test_a_refusal_is_the_same(void **state)
{
    (void)state;
    expect_same("-DEND=REFUSED", "more than 32 threads");
}

static void test_the_death_of_a_process_is_the_same(void **state)
{
    (void)state;
    expect_same("-DEND=KILLED", "killed by SIGKILL");
    expect_same("-DEND=GONE", "ended in the middle of the search");
}

/* One child of pid; 0: it has none yet. */
static pid_t child_of(pid_t pid)
{
    char path[64];
    int child = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    f = fopen(path, "re");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%d", &child) != 1)
        child = 0;
    fclose(f);
    return child;
}

static bool is_program(pid_t pid)
{
    char path[64], name[64] = "";
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/exe", pid);
    n = readlink(path, name, sizeof(name) - 1);
    name[n > 0 ? n : 0] = '\0';
    return strstr(name, "program") != NULL;
}

/* Orphans come to us: there is none when waitpid() finds no child. The
 * watchdog bounds the wait for one that nothing ends. */
static void kill_in_the_middle(int number)
{
    pid_t pid, searching = 0;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setenv("WB_EXPLORE_WORKERS", "4", 1);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        signal(SIGINT, SIG_DFL); /* a shell's background job ignores it */
        execl(RUNNER, RUNNER, PROGRAMS "/long.c", NULL);
        _exit(127);
    }
    while (!is_program(searching) || child_of(searching) == 0)
        searching = child_of(pid);
    kill(pid, number);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    unsetenv("WB_EXPLORE_WORKERS");
}

static void test_an_interrupted_explorer_leaves_no_process(void **state)
{
    (void)state;
    kill_in_the_middle(SIGINT);
    kill_in_the_middle(SIGKILL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_a_clean_search_is_the_same),
    cmocka_unit_test(test_a_failure_is_the_same),
    cmocka_unit_test(test_a_refusal_is_the_same),
    cmocka_unit_test(test_the_death_of_a_process_is_the_same),
    cmocka_unit_test(test_an_interrupted_explorer_leaves_no_process),
};
WB_TEST_MAIN(tests)
