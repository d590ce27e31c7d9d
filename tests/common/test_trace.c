/* What programs show of themselves. See wb/trace.h, and traced.c. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "counted.h"
#include "json_reader.h"
#include "wb/trace.h"

enum { PATIENCE_MS = 60000 };

static char dir[PATH_MAX], file[PATH_MAX + 16];

static char *read_trace(void)
{
    struct stat st = { 0 };
    FILE *in = fopen(file, "re");

    if (in == NULL || fstat(fileno(in), &st) != 0)
        fail_msg("there is no %s", file);
    char *text = wb_alloc((size_t)st.st_size + 1, 1);
    assert_int_equal(fread(text, 1, (size_t)st.st_size, in), st.st_size);
    fclose(in);
    unlink(file);
    return text;
}

static void expect_run(const char *const *argv, int code, const char *out,
                       const char *err)
{
    struct wb_subprocess_result res;

    wb_run_watched(argv, PATIENCE_MS, &res);
    if (res.outcome != WB_EXITED)
        fail_msg("%s", res.message);
    assert_string_equal(res.out, out);
    if (strstr(res.err, err) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", err, res.err);
    assert_int_equal(res.code, code);
    wb_subprocess_result_free(&res);
}

/* Run traced.c; the trace, which is JSON, is to be freed. */
static char *trace_of(const char *job, int code)
{
    expect_run(WB_ARGV(TRACED, job, "--trace", file), code, "", "");
    char *text = read_trace();
    if (!json_is_valid(text))
        fail_msg("not JSON: %.4000s", text);
    return text;
}

/* How many lines hold part. Each line by itself: a sanitizer measures the
 * whole of what strstr() is given. */
static int count(const char *text, const char *part)
{
    const char *end = text + strlen(text);
    int n = 0;

    while (text < end) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((line != NULL ? line : end) - text);

        n += memmem(text, size, part, strlen(part)) != NULL;
        text += size + 1;
    }
    return n;
}

static void expect(const char *text, int n, const char *part)
{
    if (count(text, part) != n)
        fail_msg("%d times, not %d: %s in %.4000s", count(text, part), n, part,
                 text);
}

/* -- what is shown ------------------------------------------------------ */

static void test_a_lock_shows_when_it_is_waited_for(void **state)
{
    char *text = trace_of("contend", 0);

    (void)state;
    expect(text, 1, "\"name\":\"pthread_mutex_lock\"");
    expect(text, 1, "\"tid\":1,\"name\":\"thread_name\"");
    expect(text, 1, "\"args\":{\"name\":\"taker\"}");
    expect(text, 1, "\"args\":{\"name\":\"main\"}");
    expect(text, 1, "\"name\":\"pthread_create\"");
    expect(text, 1, "\"name\":\"pthread_join\"");
    expect(text, 1, "\"name\":\"thread\"");
    expect(text, count(text, "\"ph\":\"B\""), "\"ph\":\"E\"");
    free(text);
}

static void test_coroutines_have_tracks_of_their_own(void **state)
{
    char *text = trace_of("coroutines", 0);

    (void)state;
    expect(text, 1, "\"args\":{\"name\":\"coroutine a\"}");
    expect(text, 1, "\"args\":{\"name\":\"coroutine b\"}");
    expect(text, 1, "{\"ph\":\"i\",\"pid\":1,\"tid\":2,");
    expect(text, 1, "{\"ph\":\"E\",\"pid\":1,\"tid\":1,");
    expect(text, 1, "{\"ph\":\"E\",\"pid\":1,\"tid\":2,");
    free(text);
}

static void test_any_name_is_valid_json(void **state)
{
    char *text = trace_of("odd", 0);

    (void)state;
    expect(text, 1, "\"say \\\"hi\\\" \\\\ \\n\\u0009\\u0001\\ufffd\xc3\xa9\"");
    expect(text, 1, "\"a name that is far too long for\"");
    free(text);
}

static void test_no_event_of_any_thread_is_lost(void **state)
{
    char *text = trace_of("threads", 0);

    (void)state;
    expect(text, 8000, "\"name\":\"span\"");
    expect(text, 8, "\"name\":\"thread\"");
    expect(text, 0, "did not fit");
    expect(text, count(text, "\"ph\":\"B\""), "\"ph\":\"E\"");
    free(text);
}

static void test_memory_is_bounded_and_says_so(void **state)
{
    char *text = trace_of("overflow", 0);
    const char *said = strstr(text, " events did not fit");

    (void)state;
    assert_non_null(said);
    while (said[-1] != '"')
        said--;
    assert_int_equal(atoi(said) + count(text, "\"name\":\"drop\""), 300000);
    free(text);
}

static void test_a_child_writes_nothing(void **state)
{
    char *text = trace_of("child", 0);

    (void)state;
    expect(text, 1, "\"name\":\"parent\"");
    expect(text, 0, "\"name\":\"child\"");
    expect(text, 1, "\"name\":\"waitpid\"");
    free(text);
    text = trace_of("heir", 0); /* as it was when it was made */
    expect(text, 0, "\"tid\":0,\"ts\"");
    expect(text, 0, "thread_name");
    free(text);
}

static void test_exit_writes_while_others_go_on(void **state)
{
    char *text = trace_of("early", 7);

    (void)state;
    assert_true(count(text, "\"name\":\"still here\"") > 0);
    free(text);
}

static void test_pthread_exit_ends_the_thread(void **state)
{
    char *text = trace_of("pthread_exit", 0);

    (void)state;
    expect(text, 1, "{\"ph\":\"E\",\"pid\":1,\"tid\":1,");
    free(text);
}

/* -- the option --------------------------------------------------------- */

static void test_the_option_is_taken_out(void **state)
{
    char word[PATH_MAX + 32];

    (void)state;
    expect_run(WB_ARGV(TRACED, "a", "--trace", file, "b"), 0, "[a][b]", "");
    free(read_trace());
    snprintf(word, sizeof(word), "--trace=%s", file);
    expect_run(WB_ARGV(TRACED, word), 0, "", "");
    free(read_trace());
    expect_run(WB_ARGV(TRACED, "--", "--trace", "x"), 0, "[--][--trace][x]",
               "");
    expect_run(WB_ARGV(TRACED, "--traces", "--trac"), 0, "[--traces][--trac]",
               "");
}

static void test_a_file_that_cannot_be_written_is_an_error(void **state)
{
    static const char missing[] = "error: --trace needs a file: --trace FILE";

    (void)state;
    expect_run(WB_ARGV(TRACED, "a", "--trace"), 2, "", missing);
    expect_run(WB_ARGV(TRACED, "--trace=", "a"), 2, "", missing);
    expect_run(WB_ARGV(TRACED, "--trace", dir, "a"), 2, "",
               "Is a directory: give --trace another file");
    expect_run(WB_ARGV(TRACED, "--trace", "/no such/file"), 2, "",
               "cannot write the trace to /no such/file: No such file");
    expect_run(WB_ARGV(TRACED, "--trace", "/dev/full"), 2, "",
               "No space left on device: give --trace another file");
}

/* With a file that is full only in the end, what was printed is not lost. */
static void test_output_survives_a_full_file(void **state)
{
    (void)state;
    expect_run(WB_ARGV("/bin/sh", "-c",
                       "ulimit -f 1; trap '' XFSZ; exec \"$0\" \"$@\"", TRACED,
                       "print", "--trace", file),
               2, "printed", "File too large: give --trace another file");
    unlink(file);
}

static void test_every_program_of_a_chapter_takes_it(void **state)
{
    static const char *const programs[] = { CHAPTER_PROGRAMS };
    size_t n = sizeof(programs) / sizeof(programs[0]);

    (void)state;
    assert_true(n >= 10);
    for (size_t i = 0; i < n; i++)
        expect_run(WB_ARGV(programs[i], "--trace"), 2, "",
                   "error: --trace needs a file");
}

static void test_one_trace_at_a_time(void **state)
{
    (void)state;
    wb_thread_name_set("judge");
    wb_trace_begin("before it is on");
    assert_int_equal(wb_trace_track("none"), -1);
    assert_int_equal(wb_trace_close(), 0);
    assert_int_equal(wb_trace_open("/no such/file"), -ENOENT);
    assert_int_equal(wb_trace_open(file), 0);
    assert_int_equal(wb_trace_open(file), -EBUSY);
    wb_trace_instant("first");
    assert_int_equal(wb_trace_close(), 0);
    char *text = read_trace();
    expect(text, 1, "\"name\":\"first\"");
    expect(text, 0, "before it is on");
    free(text);
    assert_int_equal(wb_trace_open(file), 0);
    wb_trace_instant("second");
    assert_int_equal(wb_trace_close(), 0);
    text = read_trace();
    expect(text, 0, "\"name\":\"first\"");
    expect(text, 1, "\"name\":\"second\"");
    expect(text, 1, "\"name\":\"judge\"");
    free(text);
}

static int make_dir(void **state)
{
    (void)state;
    if (mkdtemp(wb_scratch_path(dir, sizeof(dir), "trace")) == NULL)
        return -1;
    snprintf(file, sizeof(file), "%s/trace.json", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_a_lock_shows_when_it_is_waited_for, make_dir),
    cmocka_unit_test(test_coroutines_have_tracks_of_their_own),
    cmocka_unit_test(test_any_name_is_valid_json),
    cmocka_unit_test(test_no_event_of_any_thread_is_lost),
    cmocka_unit_test(test_memory_is_bounded_and_says_so),
    cmocka_unit_test(test_a_child_writes_nothing),
    cmocka_unit_test(test_exit_writes_while_others_go_on),
    cmocka_unit_test(test_pthread_exit_ends_the_thread),
    cmocka_unit_test(test_the_option_is_taken_out),
    cmocka_unit_test(test_a_file_that_cannot_be_written_is_an_error),
    cmocka_unit_test(test_output_survives_a_full_file),
    cmocka_unit_test(test_every_program_of_a_chapter_takes_it),
    cmocka_unit_test_teardown(test_one_trace_at_a_time, remove_dir),
};

WB_TEST_MAIN(tests)
