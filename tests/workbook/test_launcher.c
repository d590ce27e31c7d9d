/* The launcher, in a directory where every tool is a few lines of shell that
 * say how they were called: what is missing is told and installed, the build
 * is quiet, and the command gets its arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "wb/base.h"

static void put(struct book *b, const char *path, const char *text)
{
    char full[2 * PATH_MAX];
    book_write(b, path, text);
    snprintf(full, sizeof full, "%s/%s", b->root, path);
    WB_MUST_SYS(chmod(full, 0755));
}

static void link_tools(const struct book *b)
{
    static const char *const names[] = { "sh",    "sed",  "grep", "mkdir",
                                         "rm",    "cat",  "find", "readlink",
                                         "flock", "touch" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char from[64], to[2 * PATH_MAX];
        snprintf(from, sizeof from, "/usr/bin/%s", names[i]);
        if (access(from, X_OK) != 0)
            snprintf(from, sizeof from, "/bin/%s", names[i]);
        snprintf(to, sizeof to, "%s/bin/%s", b->root, names[i]);
        WB_MUST_SYS(symlink(from, to));
    }
}

static void put_tools(struct book *b)
{
    put(b, "bin/cc", "#!/bin/sh\nexec cat >/dev/null\n");
    put(b, "bin/pkg-config", "#!/bin/sh\nexit 0\n");
    put(b, "bin/id", "#!/bin/sh\necho 1000\n");
    put(b, "bin/sudo", "#!/bin/sh\necho sudo >>\"$LOG\"\nexec \"$@\"\n");
    put(b, "bin/ninja",
        "#!/bin/sh\necho \"ninja $*\" >>\"$LOG\"\n"
        "[ ! -e \"$LOG.fail\" ] || { echo 'the very reason'; exit 1; }\n"
        "mkdir -p \"$2/common/workbook\"\n"
        "printf '#!/bin/sh\\nprintf \"<%%s>\" \"$@\"\\n' "
        ">\"$2/common/workbook/workbook\"\n"
        "chmod +x \"$2/common/workbook/workbook\"\n");
    put(b, "bin/cmake",
        "#!/bin/sh\nif [ \"$1\" = --version ]; then\n"
        "echo \"cmake version ${FAKE_CMAKE-3.25.1}\"; exit; fi\n"
        "echo \"cmake $*\" >>\"$LOG\"\nshift 4\n"
        "mkdir -p \"$1/build\"; touch \"$1/build/build.ninja\"\n"
        "echo \"CMAKE_HOME_DIRECTORY:INTERNAL=$1\" >\"$1/build/CMakeCache.txt\""
        "\n");
    put(b, "bin/apt-get",
        "#!/bin/sh\necho \"apt-get $*\" >>\"$LOG\"\n"
        "[ ! -e \"$LOG.ninja\" ] || mv_ninja\n");
    put(b, "bin/mv_ninja",
        "#!/bin/sh\ncat \"$LOG.ninja\" >\"${LOG%/log}/bin/ninja\"\n"
        "chmod +x \"${LOG%/log}/bin/ninja\"\n");
}

static int set_up(void **state)
{
    static struct book b;
    char path[2 * PATH_MAX];
    book_make(&b);
    snprintf(path, sizeof path, "%s/bin", b.root);
    WB_MUST_SYS(mkdir(path, 0755));
    setenv("PATH", path, 1);
    snprintf(path, sizeof path, "%s/log", b.root);
    setenv("LOG", path, 1);
    book_write(&b, "log", "");
    snprintf(path, sizeof path, "%s/bin/chmod", b.root);
    WB_MUST_SYS(symlink("/bin/chmod", path));
    link_tools(&b);
    put_tools(&b);
    unsetenv("FAKE_CMAKE");
    unsetenv("CC");
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    setenv("PATH", "/usr/bin:/bin", 1);
    book_remove(*state);
    return 0;
}

/* Copy the launcher in and run it, by path or through a link. */
static void launch(struct book *b, const char *path, const char *arg)
{
    const char *argv[] = { path, arg, arg != NULL ? "two words" : NULL, NULL };
    char *text;
    FILE *f = fopen(LAUNCHER, "re");
    assert_non_null(f);
    text = wb_alloc(1 << 16, 1);
    assert_true(fread(text, 1, (1 << 16) - 1, f) > 100);
    fclose(f);
    if (!book_has(b, "workbook"))
        put(b, "workbook", text);
    free(text);
    wb_subprocess_result_free(&b->result);
    wb_run_watched(argv, 60000, &b->result);
    b->code = b->result.code;
    b->out = b->result.out;
    b->err = b->result.err;
}

static void launch_here(struct book *b, const char *arg)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/workbook", b->root);
    launch(b, path, arg);
}

static void assert_logged(const struct book *b, const char *text, bool there)
{
    char *log = book_read(b, "log");
    if (there)
        assert_holds(log, text);
    else
        assert_lacks(log, text);
    free(log);
}

static void test_builds_and_becomes_the_command(void **state)
{
    struct book *b = *state;
    launch_here(b, "list");
    assert_int_equal(b->code, 0);
    assert_string_equal(b->out, "<list><two words>");
    assert_holds(b->err, "building");
    assert_logged(b, "cmake --fresh --preset dev", true);
    book_write(b, "log", "");
    launch_here(b, "check");
    assert_string_equal(b->out, "<check><two words>");
    assert_string_equal(b->err, "");
    assert_logged(b, "cmake", false);
    assert_logged(b, "workbook judges\n", true);
}

static void test_works_through_a_link(void **state)
{
    struct book *b = *state;
    char link[PATH_MAX + 16];
    launch_here(b, NULL);
    snprintf(link, sizeof link, "%s/tmp/wb", b->root);
    WB_MUST_SYS(symlink("../workbook", link));
    launch(b, link, "list");
    assert_int_equal(b->code, 0);
    assert_string_equal(b->out, "<list><two words>");
}

/* Nothing of a build that is stopped may pile up. */
static void test_stopped_build_leaves_no_log(void **state)
{
    struct book *b = *state;
    const char *argv[] = { "/bin/sh", "-c", "ls -A \"$0\"/build/.log*", b->root,
                           NULL };
    put(b, "bin/ninja", "#!/bin/sh\necho begun\nkill -TERM \"$PPID\"\n");
    launch_here(b, "list");
    assert_int_equal(b->code, 4);
    wb_subprocess_result_free(&b->result);
    setenv("PATH", "/usr/bin:/bin", 1);
    wb_run_watched(argv, 60000, &b->result);
    assert_string_equal(b->result.out, "");
}

static void test_moved_copy_is_configured_again(void **state)
{
    struct book *b = *state;
    launch_here(b, "list");
    book_write(b, "build/CMakeCache.txt",
               "CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n");
    book_write(b, "log", "");
    launch_here(b, "list");
    assert_int_equal(b->code, 0);
    assert_logged(b, "cmake --fresh", true);
}

static void test_what_cannot_be_written_to_is_named(void **state)
{
    struct book *b = *state;
    char from[2 * PATH_MAX], to[2 * PATH_MAX];
    snprintf(from, sizeof from, "%s/build", b->root);
    snprintf(to, sizeof to, "%s/built", b->root);
    WB_MUST_SYS(rename(from, to));
    book_write(b, "build", "");
    launch_here(b, "list");
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "workbook: cannot write to ");
    assert_holds(b->err, "/build: put the workbook where");
}

static void remove_tool(const struct book *b, const char *name)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/bin/%s", b->root, name);
    WB_MUST_SYS(unlink(path));
}

static void test_missing_tool_is_told_and_not_installed(void **state)
{
    struct book *b = *state;
    remove_tool(b, "ninja");
    launch_here(b, "list");
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "sudo apt-get install ninja-build\n");
    assert_logged(b, "apt-get", false);
}

static void test_root_without_terminal_installs(void **state)
{
    struct book *b = *state;
    char *ninja = book_read(b, "bin/ninja");
    book_write(b, "log.ninja", ninja);
    free(ninja);
    remove_tool(b, "ninja");
    put(b, "bin/id", "#!/bin/sh\necho 0\n");
    launch_here(b, "list");
    assert_int_equal(b->code, 0);
    assert_holds(b->err, "this installs it: apt-get install ninja-build\n");
    assert_logged(b, "apt-get install -y ninja-build\n", true);
    assert_logged(b, "sudo", false);
    assert_string_equal(b->out, "<list><two words>");
}

static void test_doctor_never_installs(void **state)
{
    struct book *b = *state;
    remove_tool(b, "ninja");
    put(b, "bin/id", "#!/bin/sh\necho 0\n");
    launch_here(b, "doctor");
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "apt-get install ninja-build");
    assert_logged(b, "apt-get", false);
}

static void test_book_needs_more_than_list(void **state)
{
    struct book *b = *state;
    launch_here(b, "list");
    assert_int_equal(b->code, 0);
    launch_here(b, "book");
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "apt-get install pandoc doxygen");
}

static void test_failed_build_shows_its_log(void **state)
{
    struct book *b = *state;
    book_write(b, "log.fail", "");
    launch_here(b, "list");
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "the very reason");
    assert_string_equal(b->out, "");
}

static void test_old_cmake_is_told(void **state)
{
    struct book *b = *state;
    setenv("FAKE_CMAKE", "3.22.1", 1);
    launch_here(b, "list");
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "cmake 3.25 or newer is needed, this is 3.22");
    assert_logged(b, "ninja", false);
}

static void test_tests_run_side_by_side(void **state)
{
    struct book *b = *state;
    char expected[64];
    snprintf(expected, sizeof expected, "at a time: %ld\n",
             sysconf(_SC_NPROCESSORS_ONLN));
    put(b, "bin/cmake", "#!/bin/sh\n");
    put(b, "bin/ctest",
        "#!/bin/sh\necho \"at a time: $CTEST_PARALLEL_LEVEL\"\n");
    unsetenv("CTEST_PARALLEL_LEVEL");
    book_run(b, "test", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, expected);
    setenv("CTEST_PARALLEL_LEVEL", "70", 1);
    book_run(b, "test", NULL);
    assert_holds(b->out, "at a time: 70\n");
    unsetenv("CTEST_PARALLEL_LEVEL");
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
static const struct CMUnitTest tests[] = {
    T(test_builds_and_becomes_the_command),
    T(test_works_through_a_link),
    T(test_stopped_build_leaves_no_log),
    T(test_moved_copy_is_configured_again),
    T(test_what_cannot_be_written_to_is_named),
    T(test_missing_tool_is_told_and_not_installed),
    T(test_root_without_terminal_installs),
    T(test_doctor_never_installs),
    T(test_book_needs_more_than_list),
    T(test_failed_build_shows_its_log),
    T(test_old_cmake_is_told),
    T(test_tests_run_side_by_side),
};
WB_TEST_MAIN(tests)
