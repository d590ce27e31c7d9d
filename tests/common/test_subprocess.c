/*
 * Running programs to their end. See wb/subprocess.h; those that go on while
 * the caller does something else are in test_children.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/testkit.h"

#define ARGV(...)    ((const char *const[]){ __VA_ARGS__, NULL })
#define OPTIONS(...) (&(struct wb_subprocess_options){ __VA_ARGS__ })

enum { BIG = 4 << 20 };

static struct wb_subprocess_result run(const struct wb_subprocess_options *opt)
{
    struct wb_subprocess_result res;
    WB_MUST(wb_subprocess_run(opt, &res));
    return res;
}

/* What this process holds; each test must leave it as it was. */
static int descriptors, children;

static int count_before(void **state)
{
    (void)state;
    descriptors = wb_proc_descriptors(getpid());
    children = wb_proc_children(getpid());
    return descriptors > 0 && children >= 0 ? 0 : -1;
}

static int compare_after(void **state)
{
    (void)state;
    int now = wb_proc_descriptors(getpid());
    int kids = wb_proc_children(getpid());
    if (now == descriptors && kids == children)
        return 0;
    printf("descriptors: %d before, %d after; children: %d before, %d after\n",
           descriptors, now, children, kids);
    return -1;
}

/* A killed process may wait, as a zombie, for a slow init to reap it. */
static bool is_running(pid_t pid)
{
    struct wb_blocked at;
    int rc = wb_proc_blocked(pid, &at);
    return rc != -ESRCH && at.state != 'Z' && at.state != 'X';
}

/* -- input and output --------------------------------------------------------
 */

static void test_megabytes_pass_through_cat(void **state)
{
    (void)state;
    char *bytes = wb_alloc(BIG, 1);
    for (int i = 0; i < BIG; i++)
        bytes[i] = (char)(i * 2654435761u >> 24);
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("cat"), .input = bytes, .input_size = BIG));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_int_equal(res.code, 0);
    assert_int_equal(res.out_size, BIG);
    assert_memory_equal(res.out, bytes, BIG);
    wb_subprocess_result_free(&res);
    free(bytes);
}

/* It writes both outputs full before it reads a byte. */
static void test_no_full_pipe_blocks_another(void **state)
{
    (void)state;
    char *bytes = wb_alloc(BIG, 1);
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "write-then-read", "20000"),
                    .input = bytes, .input_size = BIG));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_true(res.out_size > 1000000);
    assert_true(res.err_size > 1000000);
    assert_string_equal(res.out + res.out_size - 8, "4194304\n");
    wb_subprocess_result_free(&res);
    free(bytes);
}

static void test_output_and_error_output_stay_apart(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("sh", "-c", "echo out; echo err >&2")));
    assert_string_equal(res.out, "out\n");
    assert_string_equal(res.err, "err\n");
    wb_subprocess_result_free(&res);
}

static void test_stdin_is_empty_by_default(void **state)
{
    (void)state;
    struct wb_subprocess_result res = run(OPTIONS(.argv = ARGV("cat")));
    assert_int_equal(res.out_size, 0);
    assert_string_equal(res.out, "");
    wb_subprocess_result_free(&res);
}

static void test_input_nobody_reads_is_no_error(void **state)
{
    (void)state;
    char *bytes = wb_alloc(BIG, 1);
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("true"), .input = bytes, .input_size = BIG));
    assert_int_equal(res.outcome, WB_EXITED); /* and SIGPIPE spared us */
    assert_int_equal(res.code, 0);
    sigset_t pending;
    sigpending(&pending);
    assert_false(sigismember(&pending, SIGPIPE));
    wb_subprocess_result_free(&res);
    free(bytes);
}

static void test_output_goes_to_files(void **state)
{
    (void)state;
    char out[] = "/tmp/wb-out-XXXXXX", err[] = "/tmp/wb-err-XXXXXX";
    char text[64] = "";
    close(WB_MUST_SYS(mkstemp(out)));
    close(WB_MUST_SYS(mkstemp(err)));
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("sh", "-c", "echo one; echo two >&2"),
                    .out_path = out, .err_path = err));
    assert_int_equal(res.out_size + res.err_size, 0);
    FILE *files[] = { fopen(out, "r"), fopen(err, "r") };
    for (int i = 0; i < 2; i++) {
        assert_non_null(files[i]);
        assert_non_null(fgets(text, sizeof(text), files[i]));
        assert_string_equal(text, i == 0 ? "one\n" : "two\n");
        fclose(files[i]);
    }
    unlink(out);
    unlink(err);
    wb_subprocess_result_free(&res);
}

static void test_output_is_discarded(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("sh", "-c", "echo one; echo two >&2"),
                    .discard = true));
    assert_int_equal(res.out_size + res.err_size, 0);
    wb_subprocess_result_free(&res);
}

static void test_output_is_capped(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(
        OPTIONS(.argv = ARGV("yes"), .output_max = 1000), &res);
    assert_int_equal(rc, -EFBIG);
    assert_int_equal(res.outcome, WB_TOO_MUCH_OUTPUT);
    assert_int_equal(res.out_size, 1000);
    wb_subprocess_result_free(&res);
    /* Exactly as much as is allowed is no fault. */
    rc = wb_subprocess_check(
        OPTIONS(.argv = ARGV("printf", "12345"), .output_max = 5), &res);
    assert_int_equal(rc, 0);
    assert_string_equal(res.out, "12345");
    wb_subprocess_result_free(&res);
}

/* -- what the program finds
 * ---------------------------------------------------- */

static void test_directory_environment_and_descriptor(void **state)
{
    (void)state;
    int fd[2];
    char byte = 0;
    WB_MUST_SYS(pipe2(fd, O_CLOEXEC));
    char script[64];
    snprintf(script, sizeof(script), "pwd; echo $WORD; echo x >&%d", fd[1]);
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("sh", "-c", script), .cwd = "/proc",
                    .env = ARGV("WORD=hello", "PATH=/bin"), .pass_fd = fd[1]));
    assert_string_equal(res.out, "/proc\nhello\n");
    close(fd[1]);
    assert_int_equal(read(fd[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    close(fd[0]);
    wb_subprocess_result_free(&res);
}

/* None of ours, unless it was handed to us open across exec. */
static void test_program_holds_three_descriptors(void **state)
{
    (void)state;
    int fd[2];
    char expected[1024] = "0 1 2 ";
    WB_MUST_SYS(pipe2(fd, O_CLOEXEC));
    for (int i = 3; i < 256; i++) {
        int flags = fcntl(i, F_GETFD);
        size_t end = strlen(expected);
        if (flags >= 0 && !(flags & FD_CLOEXEC))
            snprintf(expected + end, sizeof(expected) - end, "%d ", i);
    }
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "list-descriptors"), .input = "x",
                    .input_size = 1));
    assert_string_equal(res.out, expected);
    close(fd[0]);
    close(fd[1]);
    wb_subprocess_result_free(&res);
}

static void test_program_does_not_ignore_sigpipe(void **state)
{
    (void)state;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    sigset_t blocked, old;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &old);
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV("sh", "-c", "kill -PIPE $$")));
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGPIPE);
    wb_subprocess_result_free(&res);
    res = run(OPTIONS(.argv = ARGV("sh", "-c", "kill -TERM $$")));
    assert_int_equal(res.code, SIGTERM);
    wb_subprocess_result_free(&res);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, before);
}

static void test_caller_may_lack_stdio(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "run-without-stdio")));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_int_equal(res.code, 0);
    wb_subprocess_result_free(&res);
}

/* -- how it ends
 * ----------------------------------------------------------------- */

static void test_exit_status_is_an_error_for_check_only(void **state)
{
    (void)state;
    const struct wb_subprocess_options *opt =
        OPTIONS(.argv = ARGV("sh", "-c", "echo what went wrong >&2; exit 127"));
    struct wb_subprocess_result res = run(opt);
    assert_int_equal(res.outcome, WB_EXITED);
    assert_int_equal(res.code, 127);
    wb_subprocess_result_free(&res);
    assert_int_equal(wb_subprocess_check(opt, &res), -EIO);
    assert_string_equal(res.message, "sh: exit status 127: what went wrong");
    wb_subprocess_result_free(&res);
}

static void test_missing_command_is_not_exit_127(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_run(OPTIONS(.argv = ARGV("no-such-command")), &res);
    assert_int_equal(rc, -ENOENT);
    assert_int_equal(res.outcome, WB_NOT_RUN);
    assert_int_equal(res.code, -ENOENT);
    assert_string_equal(res.message,
                        "no-such-command: command not found in PATH");
    wb_subprocess_result_free(&res);
}

static void test_what_keeps_it_from_starting_is_named(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_run(OPTIONS(.argv = ARGV("/etc/passwd")), &res);
    assert_int_equal(rc, -EACCES);
    assert_non_null(strstr(res.message, "/etc/passwd: cannot start"));
    wb_subprocess_result_free(&res);
    rc = wb_subprocess_run(
        OPTIONS(.argv = ARGV("true"), .cwd = "/no/directory"), &res);
    assert_int_equal(rc, -ENOENT);
    assert_non_null(strstr(res.message, "/no/directory"));
    wb_subprocess_result_free(&res);
    rc = wb_subprocess_run(
        OPTIONS(.argv = ARGV("true"), .out_path = "/no/directory/out"), &res);
    assert_int_equal(rc, -ENOENT);
    assert_non_null(strstr(res.message, "/no/directory/out"));
    wb_subprocess_result_free(&res);
}

static void test_crash_is_a_signal(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(OPTIONS(.argv = ARGV(TOOL, "crash")), &res);
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
        int rc =
            wb_subprocess_check(OPTIONS(.argv = ARGV(TOOL, "have-grandchild"),
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
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "run-for-ever"), .deadline = wb_now()));
    assert_int_equal(res.outcome, WB_TIMED_OUT);
    wb_subprocess_result_free(&res);
}

static void test_end_of_the_leader_ends_its_group(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "leave-child")));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_true(atoi(res.out) > 0);
    assert_false(is_running(atoi(res.out)));
    wb_subprocess_result_free(&res);
}

static void test_sweep_finds_who_left_the_group(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "leave-escapee"), .sweep = true));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_true(atoi(res.out) > 0);
    assert_false(is_running(atoi(res.out)));
    assert_int_equal(res.swept, 1);
    wb_subprocess_result_free(&res);
}

static void test_without_sweep_an_escapee_lives(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "leave-escapee")));
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
        { .argv = ARGV(TOOL, "have-children", "40"), .processes_max = 8 },
        { .argv = ARGV(TOOL, "have-children", "40", "setsid"),
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
            OPTIONS(.argv = ARGV("true"), .input = "x", .input_size = 1), &res);
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
        { .argv = ARGV("cat"), .input = "c\na\nb\na\n", .input_size = 8 },
        { .argv = ARGV("sort") },
        { .argv = ARGV("uniq", "-c") },
        { .argv = ARGV("sh", "-c", "cat; echo done >&2; exit 3") },
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
        { .argv = ARGV("yes") },
        { .argv = ARGV("head", "-n", "1") },
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
        { .argv = ARGV(TOOL, "run-for-ever") },
        { .argv = ARGV("no-such-command") },
        { .argv = ARGV("cat") },
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

#define COUNTED(test)                                                          \
    cmocka_unit_test_setup_teardown(test, count_before, compare_after)

static const struct CMUnitTest tests[] = {
    COUNTED(test_megabytes_pass_through_cat),
    COUNTED(test_no_full_pipe_blocks_another),
    COUNTED(test_output_and_error_output_stay_apart),
    COUNTED(test_stdin_is_empty_by_default),
    COUNTED(test_input_nobody_reads_is_no_error),
    COUNTED(test_output_goes_to_files),
    COUNTED(test_output_is_discarded),
    COUNTED(test_output_is_capped),
    COUNTED(test_directory_environment_and_descriptor),
    COUNTED(test_program_holds_three_descriptors),
    COUNTED(test_program_does_not_ignore_sigpipe),
    COUNTED(test_caller_may_lack_stdio),
    COUNTED(test_exit_status_is_an_error_for_check_only),
    COUNTED(test_missing_command_is_not_exit_127),
    COUNTED(test_what_keeps_it_from_starting_is_named),
    COUNTED(test_crash_is_a_signal),
    COUNTED(test_deadline_kills_the_whole_group),
    COUNTED(test_deadline_that_has_passed_kills_at_once),
    COUNTED(test_end_of_the_leader_ends_its_group),
    COUNTED(test_sweep_finds_who_left_the_group),
    COUNTED(test_without_sweep_an_escapee_lives),
    COUNTED(test_too_many_processes_are_killed),
    COUNTED(test_no_descriptor_leaks_when_there_are_none_left),
    COUNTED(test_pipeline_joins_its_programs),
    COUNTED(test_pipeline_stops_a_writer_nobody_reads),
    COUNTED(test_pipeline_with_a_missing_command_runs_none),
};

WB_TEST_MAIN(tests)
