/*
 * Running programs: what goes in and comes out, and what they find. See
 * wb/subprocess.h; test_endings.c is about how they end, test_children.c
 * about those that go on while the caller does something else.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counted.h"

enum { BIG = 4 << 20 };

/* -- input and output --------------------------------------------------------
 */

static void test_megabytes_pass_through_cat(void **state)
{
    (void)state;
    char *bytes = wb_alloc(BIG, 1);
    for (int i = 0; i < BIG; i++)
        bytes[i] = (char)(i * 2654435761u >> 24);
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV("cat"), .input = bytes, .input_size = BIG));
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
        run(OPTIONS(.argv = WB_ARGV(TOOL, "write-then-read", "20000"),
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
        run(OPTIONS(.argv = WB_ARGV("sh", "-c", "echo out; echo err >&2")));
    assert_string_equal(res.out, "out\n");
    assert_string_equal(res.err, "err\n");
    wb_subprocess_result_free(&res);
}

static void test_stdin_is_empty_by_default(void **state)
{
    (void)state;
    struct wb_subprocess_result res = run(OPTIONS(.argv = WB_ARGV("cat")));
    assert_int_equal(res.out_size, 0);
    assert_string_equal(res.out, "");
    wb_subprocess_result_free(&res);
}

static void test_input_nobody_reads_is_no_error(void **state)
{
    (void)state;
    char *bytes = wb_alloc(BIG, 1);
    struct wb_subprocess_result res = run(
        OPTIONS(.argv = WB_ARGV("true"), .input = bytes, .input_size = BIG));
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
    char out[PATH_MAX], err[PATH_MAX], text[64] = "";
    close(WB_MUST_SYS(mkstemp(wb_scratch_path(out, sizeof(out), "out"))));
    close(WB_MUST_SYS(mkstemp(wb_scratch_path(err, sizeof(err), "err"))));
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV("sh", "-c", "echo one; echo two >&2"),
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
        run(OPTIONS(.argv = WB_ARGV("sh", "-c", "echo one; echo two >&2"),
                    .discard = true));
    assert_int_equal(res.out_size + res.err_size, 0);
    wb_subprocess_result_free(&res);
}

static void test_output_is_the_callers(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "run-with-my-output")));
    assert_int_equal(res.code, 0);
    assert_string_equal(res.out, "out\n");
    assert_string_equal(res.err, "err\n");
    wb_subprocess_result_free(&res);
    /* Who has none has its child write to nowhere. */
    const char *closed = "exec \"$0\" run-with-my-output >&- 2>&-";
    res = run(OPTIONS(.argv = WB_ARGV("sh", "-c", closed, TOOL)));
    assert_int_equal(res.code, 0);
    wb_subprocess_result_free(&res);
}

static void test_output_is_capped(void **state)
{
    (void)state;
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(
        OPTIONS(.argv = WB_ARGV("yes"), .output_max = 1000), &res);
    assert_int_equal(rc, -EFBIG);
    assert_int_equal(res.outcome, WB_TOO_MUCH_OUTPUT);
    assert_int_equal(res.out_size, 1000);
    wb_subprocess_result_free(&res);
    /* Exactly as much as is allowed is no fault. */
    rc = wb_subprocess_check(
        OPTIONS(.argv = WB_ARGV("printf", "12345"), .output_max = 5), &res);
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
    struct wb_subprocess_result res = run(
        OPTIONS(.argv = WB_ARGV("sh", "-c", script), .cwd = "/proc",
                .env = WB_ARGV("WORD=hello", "PATH=/bin"), .pass_fd = fd[1]));
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
        run(OPTIONS(.argv = WB_ARGV(TOOL, "list-descriptors"), .input = "x",
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
        run(OPTIONS(.argv = WB_ARGV("sh", "-c", "kill -PIPE $$")));
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGPIPE);
    wb_subprocess_result_free(&res);
    res = run(OPTIONS(.argv = WB_ARGV("sh", "-c", "kill -TERM $$")));
    assert_int_equal(res.code, SIGTERM);
    wb_subprocess_result_free(&res);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, before);
}

static void test_caller_may_lack_stdio(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "run-without-stdio")));
    assert_int_equal(res.outcome, WB_EXITED);
    assert_int_equal(res.code, 0);
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    COUNTED(test_megabytes_pass_through_cat),
    COUNTED(test_no_full_pipe_blocks_another),
    COUNTED(test_output_and_error_output_stay_apart),
    COUNTED(test_stdin_is_empty_by_default),
    COUNTED(test_input_nobody_reads_is_no_error),
    COUNTED(test_output_goes_to_files),
    COUNTED(test_output_is_discarded),
    COUNTED(test_output_is_the_callers),
    COUNTED(test_output_is_capped),
    COUNTED(test_directory_environment_and_descriptor),
    COUNTED(test_program_holds_three_descriptors),
    COUNTED(test_program_does_not_ignore_sigpipe),
    COUNTED(test_caller_may_lack_stdio),
};

WB_TEST_MAIN(tests)
