/*
 * Running programs: how they end, alone and in a pipeline, and that nothing
 * is left of them. See wb/subprocess.h.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "counted.h"

/* -- how it ends
 * ----------------------------------------------------------------- */

static void test_exit_status_is_an_error_for_check_only(void **state)
{
    (void)state;
    const struct wb_subprocess_options *opt =
        OPTIONS(.argv =
                    WB_ARGV("sh", "-c", "echo what went wrong >&2; exit 127"));
    struct wb_subprocess_result res = run(opt);
    assert_int_equal(res.outcome, WB_EXITED);
    assert_int_equal(res.code, 127);
    wb_subprocess_result_free(&res);
    assert_int_equal(wb_subprocess_check(opt, &res), -EIO);
    assert_string_equal(res.message, "sh: exit status 127: what went wrong");
    wb_subprocess_result_free(&res);
    assert_int_equal(
        wb_subprocess_check(OPTIONS(.argv = WB_ARGV("false")), &res), -EIO);
    assert_string_equal(res.message, "false: exit status 1");
    wb_subprocess_result_free(&res);
}

static void test_missing_command_is_not_exit_127(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc =
        wb_subprocess_run(OPTIONS(.argv = WB_ARGV("no-such-command")), &res);
    assert_int_equal(rc, -ENOENT);
    assert_int_equal(res.outcome, WB_NOT_RUN);
    assert_int_equal(res.code, -ENOENT);
    assert_string_equal(res.message,
                        "no-such-command: command not found in PATH");
    wb_subprocess_result_free(&res);
    assert_int_equal(
        wb_subprocess_check(OPTIONS(.argv = WB_ARGV("no-such-command")), &res),
        -ENOENT);
    wb_subprocess_result_free(&res);
}

/* Who has its children reaped by the kernel is not told how they ended. */
static void test_an_end_that_nobody_knows_is_an_error(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    signal(SIGCHLD, SIG_IGN);
    int rc = wb_subprocess_run(OPTIONS(.argv = WB_ARGV("cat"), .input = "x",
                                       .input_size = 1), /* it is waited for */
                               &res);
    signal(SIGCHLD, SIG_DFL);
    wb_subprocess_result_free(&res);
    assert_int_equal(rc, -ECHILD);
}

static void test_what_keeps_it_from_starting_is_named(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_run(OPTIONS(.argv = WB_ARGV("/etc/passwd")), &res);
    assert_int_equal(rc, -EACCES);
    assert_non_null(strstr(res.message, "/etc/passwd: cannot start"));
    wb_subprocess_result_free(&res);
    rc = wb_subprocess_run(
        OPTIONS(.argv = WB_ARGV("true"), .cwd = "/no/directory"), &res);
    assert_int_equal(rc, -ENOENT);
    assert_non_null(strstr(res.message, "/no/directory"));
    wb_subprocess_result_free(&res);
    rc = wb_subprocess_run(
        OPTIONS(.argv = WB_ARGV("true"), .out_path = "/no/directory/out"),
        &res);
    assert_int_equal(rc, -ENOENT);
    assert_non_null(strstr(res.message, "/no/directory/out"));
    wb_subprocess_result_free(&res);
}

static void test_crash_is_a_signal(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(OPTIONS(.argv = WB_ARGV(TOOL, "crash")), &res);
    assert_int_equal(rc, -EIO);
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGSEGV);
    assert_non_null(strstr(res.message, "killed by signal 11 (SEGV)"));
    wb_subprocess_result_free(&res);
}

/* However slow the machine is, one of these deadlines comes after the
 * program has said who its child is. */
static void test_deadline_kills_the_whole_group(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    pid_t grandchild = 0;
    for (int ms = 50; grandchild == 0 && ms < 30000; ms *= 2) {
        int rc = wb_subprocess_check(
            OPTIONS(.argv = WB_ARGV(TOOL, "have-grandchild"),
                    .deadline = wb_deadline_in_ms(ms)),
            &res);
        assert_int_equal(rc, -ETIMEDOUT);
        assert_int_equal(res.outcome, WB_TIMED_OUT);
        grandchild = atoi(res.out);
        wb_subprocess_result_free(&res);
    }
    assert_true(grandchild > 0);
    assert_false(is_running(grandchild));
}

static void test_deadline_that_has_passed_kills_at_once(void **state)
{
    (void)state;
    struct wb_subprocess_result res = run(
        OPTIONS(.argv = WB_ARGV(TOOL, "run-for-ever"), .deadline = wb_now()));
    assert_int_equal(res.outcome, WB_TIMED_OUT);
    wb_subprocess_result_free(&res);
}

static void test_end_of_the_leader_ends_its_group(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "leave-child")));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_true(atoi(res.out) > 0);
    assert_false(is_running(atoi(res.out)));
    wb_subprocess_result_free(&res);
}

static void test_sweep_finds_who_left_the_group(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "leave-escapee"), .sweep = true));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_true(atoi(res.out) > 0);
    assert_false(is_running(atoi(res.out)));
    assert_int_equal(res.swept, 1);
    wb_subprocess_result_free(&res);
}

static int adopts_orphans(void)
{
    int yes = -1;
    WB_MUST_SYS(prctl(PR_GET_CHILD_SUBREAPER, &yes, 0, 0, 0));
    return yes;
}

static void test_a_sweep_ends_as_it_began(void **state)
{
    (void)state;
    static const char *const commands[] = { "true", "no-such-command" };
    struct wb_subprocess_result res;
    for (int i = 0; i < 4; i++) {
        WB_MUST_SYS(prctl(PR_SET_CHILD_SUBREAPER, i / 2, 0, 0, 0));
        int rc = wb_subprocess_run(
            OPTIONS(.argv = WB_ARGV(commands[i % 2]), .sweep = true), &res);
        wb_subprocess_result_free(&res);
        assert_int_equal(rc, i % 2 == 0 ? 0 : -ENOENT);
        assert_int_equal(adopts_orphans(), i / 2);
    }
    WB_MUST_SYS(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0));
}

static void test_without_sweep_an_escapee_lives(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "leave-escapee")));
    pid_t escapee = atoi(res.out);
    assert_true(escapee > 0);
    assert_true(is_running(escapee));
    assert_int_equal(res.swept, 0);
    kill(escapee, SIGKILL);
    wb_subprocess_result_free(&res);
}

static void test_too_many_processes_are_killed(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    const struct wb_subprocess_options opts[] = {
        { .argv = WB_ARGV(TOOL, "have-children", "40"), .processes_max = 8 },
        { .argv = WB_ARGV(TOOL, "have-children", "40", "setsid"),
          .processes_max = 8,
          .sweep = true },
    };
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wb_subprocess_check(&opts[i], &res), -EAGAIN);
        assert_int_equal(res.outcome, WB_TOO_MANY_PROCESSES);
        wb_subprocess_result_free(&res);
    }
}

static void test_no_descriptor_leaks_when_there_are_none_left(void **state)
{
    (void)state;
    struct rlimit old, low;
    struct wb_subprocess_result res;
    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &old));
    int refused = 0;
    int highest = WB_MUST_SYS(dup(0));
    close(highest);
    for (int room = 0; room < 12; room++) {
        low = (struct rlimit){ (rlim_t)(highest + room), old.rlim_max };
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &low));
        int rc = wb_subprocess_run(
            OPTIONS(.argv = WB_ARGV("true"), .input = "x", .input_size = 1),
            &res);
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &old));
        refused += rc == -EMFILE;
        assert_true(rc == 0 || rc == -EMFILE);
        assert_int_equal(wb_proc_descriptors(getpid()), descriptors);
        wb_subprocess_result_free(&res);
    }
    assert_in_range(refused, 3, 11);
}

/* -- a | b | c
 * ---------------------------------------------------------------------- */

static void test_pipeline_joins_its_programs(void **state)
{
    (void)state;
    const struct wb_subprocess_options opts[] = {
        { .argv = WB_ARGV("cat"), .input = "c\na\nb\na\n", .input_size = 8 },
        { .argv = WB_ARGV("sort") },
        { .argv = WB_ARGV("uniq", "-c") },
        { .argv = WB_ARGV("sh", "-c", "cat; echo done >&2; exit 3") },
    };
    struct wb_subprocess_result res[4];
    assert_int_equal(wb_subprocess_pipeline(opts, 4, res), 0);
    assert_non_null(strstr(res[3].out, "2 a\n"));
    assert_non_null(strstr(res[3].out, "1 c\n"));
    assert_string_equal(res[3].err, "done\n");
    assert_int_equal(res[3].code, 3);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(res[i].outcome, WB_EXITED);
        wb_subprocess_result_free(&res[i]);
    }
}

static void test_pipeline_stops_a_writer_nobody_reads(void **state)
{
    (void)state;
    const struct wb_subprocess_options opts[] = {
        { .argv = WB_ARGV("yes") },
        { .argv = WB_ARGV("head", "-n", "1") },
    };
    struct wb_subprocess_result res[2];
    assert_int_equal(wb_subprocess_pipeline(opts, 2, res), 0);
    assert_int_equal(res[0].outcome, WB_SIGNALED);
    assert_int_equal(res[0].code, SIGPIPE);
    assert_string_equal(res[1].out, "y\n");
    for (int i = 0; i < 2; i++)
        wb_subprocess_result_free(&res[i]);
}

static void test_pipeline_with_a_missing_command_runs_none(void **state)
{
    (void)state;
    const struct wb_subprocess_options opts[] = {
        { .argv = WB_ARGV(TOOL, "run-for-ever") },
        { .argv = WB_ARGV("no-such-command") },
        { .argv = WB_ARGV("cat") },
    };
    struct wb_subprocess_result res[3];
    assert_int_equal(wb_subprocess_pipeline(opts, 3, res), -ENOENT);
    assert_int_equal(res[0].outcome, WB_SIGNALED);
    assert_int_equal(res[1].outcome, WB_NOT_RUN);
    assert_non_null(strstr(res[1].message, "command not found"));
    assert_int_equal(res[2].outcome, WB_NOT_RUN);
    for (int i = 0; i < 3; i++)
        wb_subprocess_result_free(&res[i]);
}

static const struct CMUnitTest tests[] = {
    COUNTED(test_exit_status_is_an_error_for_check_only),
    COUNTED(test_missing_command_is_not_exit_127),
    COUNTED(test_what_keeps_it_from_starting_is_named),
    COUNTED(test_crash_is_a_signal),
    COUNTED(test_deadline_kills_the_whole_group),
    COUNTED(test_deadline_that_has_passed_kills_at_once),
    COUNTED(test_end_of_the_leader_ends_its_group),
    COUNTED(test_sweep_finds_who_left_the_group),
    COUNTED(test_a_sweep_ends_as_it_began),
    COUNTED(test_an_end_that_nobody_knows_is_an_error),
    COUNTED(test_without_sweep_an_escapee_lives),
    COUNTED(test_too_many_processes_are_killed),
    COUNTED(test_no_descriptor_leaks_when_there_are_none_left),
    COUNTED(test_pipeline_joins_its_programs),
    COUNTED(test_pipeline_stops_a_writer_nobody_reads),
    COUNTED(test_pipeline_with_a_missing_command_runs_none),
};

WB_TEST_MAIN(tests)
