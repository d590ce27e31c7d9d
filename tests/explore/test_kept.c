/* A program that was built already is built again only when it has changed. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "kept.h"
#include "wb/testkit.h"

static char scratch[PATH_MAX], program[PATH_MAX + 16], header[PATH_MAX + 16],
    compiler[PATH_MAX + 16], calls[PATH_MAX + 16];

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    char text[2 * PATH_MAX];

    (void)state;
    assert_non_null(mkdtemp(wb_scratch_path(scratch, sizeof(scratch), "kept")));
    snprintf(program, sizeof(program), "%s/program.c", scratch);
    snprintf(header, sizeof(header), "%s/limit.h", scratch);
    snprintf(compiler, sizeof(compiler), "%s/compiler", scratch);
    snprintf(calls, sizeof(calls), "%s/calls", scratch);
    snprintf(text, sizeof(text), "#!/bin/sh\necho >> '%s'\nexec '%s' \"$@\"\n",
             calls, COMPILER);
    write_file(compiler, text);
    assert_int_equal(chmod(compiler, 0700), 0);
    write_file(header, "enum { LIMIT = 3 };\n");
    write_file(program, "#include \"limit.h\"\n"
                        "int main(int argc, char **argv)\n"
                        "{\n"
                        "    (void)argv;\n"
                        "    return argc > LIMIT;\n"
                        "}\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wbx_kept_forget();
    unlink(program);
    unlink(header);
    unlink(compiler);
    unlink(calls);
    return rmdir(scratch);
}

/* How often the compiler has been called. */
static long count_calls(void)
{
    struct stat st;

    return stat(calls, &st) == 0 ? (long)st.st_size : 0;
}

static enum wbx_status explore(size_t nargs, const char *flag)
{
    static const char *const args[] = { "a", "b", "c", "d" };
    const char *files[] = { program };
    struct wbx_options opt = { .files = files,
                               .nfiles = 1,
                               .cflags = &flag,
                               .ncflags = flag != NULL,
                               .args = args,
                               .nargs = nargs,
                               .compiler = compiler };
    struct wbx_report report;

    wbx_explore(&opt, &report);
    enum wbx_status status = report.status;
    wbx_report_free(&report);
    return status;
}

static void test_the_same_program_is_built_once(void **state)
{
    long before;

    (void)state;
    assert_int_equal(explore(1, NULL), WBX_CLEAN);
    before = count_calls();
    assert_true(before > 0);
    assert_int_equal(explore(3, NULL), WBX_FAULT); /* with other arguments */
    assert_int_equal(count_calls(), before);
}

static void test_a_changed_header_is_seen(void **state)
{
    long before;

    (void)state;
    assert_int_equal(explore(1, NULL), WBX_CLEAN);
    before = count_calls();
    write_file(header, "enum { LIMIT = 1 };\n"); /* of the same length */
    assert_int_equal(explore(1, NULL), WBX_FAULT);
    assert_true(count_calls() > before);
}

static void test_other_flags_make_another_program(void **state)
{
    long before;

    (void)state;
    assert_int_equal(explore(1, NULL), WBX_CLEAN);
    before = count_calls();
    assert_int_equal(explore(1, "-DOTHER"), WBX_CLEAN);
    assert_true(count_calls() > before);
    before = count_calls();
    assert_int_equal(explore(1, NULL), WBX_CLEAN); /* both are kept */
    assert_int_equal(count_calls(), before);
}

#define KEPT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    KEPT_TEST(test_the_same_program_is_built_once),
    KEPT_TEST(test_a_changed_header_is_seen),
    KEPT_TEST(test_other_flags_make_another_program),
};

WB_TEST_MAIN(tests)
