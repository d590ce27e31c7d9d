/* The commands a learner types: what they say, and what they never do. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "json_reader.h"
#include "wb/base.h"

static void test_unknown_chapter_names_the_nearest(void **state)
{
    static const struct {
        const char *word, *nearest;
    } cases[] = { { "7", "2 (02_words)" },
                  { "0", "1 (01_sum)" },
                  { "wrods", "2 (02_words)" },
                  { "01_sun", "1 (01_sum)" } };
    struct book *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        book_run(b, "start", cases[i].word, NULL);
        assert_int_equal(b->code, 2);
        assert_holds(b->err, cases[i].nearest);
        assert_holds(b->err, "./workbook list");
    }
}

static void test_each_spelling_of_a_chapter(void **state)
{
    static const char *const words[] = { "1", "01", "sum", "01_sum" };
    struct book *b = *state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        book_run(b, "start", words[i], NULL);
        assert_int_equal(b->code, 0);
        assert_holds(b->out, "chapters/01_sum/exercise.c");
    }
}

/* A '#' within a block of code is a comment of that code. */
static void test_title_is_no_line_of_code(void **state)
{
    struct book *b = *state;
    book_write(b, "chapters/02_words/README.md",
               "```sh\n# no title\n```\n\n# Two words {#two}\n");
    book_run(b, "list", NULL);
    assert_holds(b->out, "Two words\n");
    assert_lacks(b->out, "no title");
}

static void test_unknown_command_names_the_nearest(void **state)
{
    struct book *b = *state;
    book_run(b, "chekc", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "did you mean ./workbook check?");
    book_run(b, "abracadabra", NULL);
    assert_int_equal(b->code, 2);
    assert_lacks(b->err, "did you mean");
    assert_holds(b->err, "./workbook help");
}

static void test_mistakes_in_arguments_are_usage(void **state)
{
    struct book *b = *state;
    static const char *const lines[][4] = {
        { "start" },
        { "start", "1", "2" },
        { "check", "--jsno" },
        { "list", "3" },
        { "run", "1" },
        { "run", "1", "ugly" },
        { "hint", "1", "--all" },
        { "judge", "1" },
        { "explore" },
        { "explore", "--budget", "none", "x.c" },
        { "explore", "--bound", "-1", "x.c" },
        { "explore", "--colour", "x.c" },
        { "explore", "9", "bad" },
        { "replay", "w1" },
        { "where", "now" },
        { "doctor", "who" },
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        book_run(b, lines[i][0], lines[i][1], lines[i][2], lines[i][3], NULL);
        wb_expect(b->code == 2 && b->err[0] != '\0' && b->out[0] == '\0',
                  WB_WRONG_ANSWER, "%s %s: exit %d, %s", lines[i][0],
                  lines[i][1] != NULL ? lines[i][1] : "", b->code, b->err);
    }
}

static void test_help_of_every_command(void **state)
{
    struct book *b = *state;
    book_run(b, "help", NULL);
    assert_int_equal(b->code, 0);
    static const char *const names[] = {
        "list",    "start",  "check", "hint", "reset",  "run",      "diff",
        "explore", "replay", "book",  "test", "doctor", "solution", "bench"
    };
    char *all = strdup(b->out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_holds(all, names[i]);
        book_run(b, names[i], "--help", NULL);
        assert_int_equal(b->code, 0);
        assert_holds(b->out, "usage: ./workbook");
    }
    free(all);
}

static void test_start_never_overwrites(void **state)
{
    struct book *b = *state;
    book_run(b, "start", "1", NULL);
    char *starter = book_read(b, "chapters/01_sum/starter.c");
    char *mine = book_read(b, "chapters/01_sum/exercise.c");
    assert_string_equal(starter, mine);
    book_write(b, "chapters/01_sum/exercise.c", "my work");
    book_run(b, "start", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "as you left it");
    free(mine);
    mine = book_read(b, "chapters/01_sum/exercise.c");
    assert_string_equal(mine, "my work");
    free(mine);
    free(starter);
}

static void test_reset_keeps_every_backup(void **state)
{
    struct book *b = *state;
    book_write(b, "chapters/01_sum/exercise.c", "first");
    book_run(b, "reset", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "chapters/01_sum/exercise.c.bak-1");
    assert_false(book_has(b, "chapters/01_sum/exercise.c"));
    book_write(b, "chapters/01_sum/exercise.c", "second");
    book_run(b, "reset", "1", NULL);
    char *one = book_read(b, "chapters/01_sum/exercise.c.bak-1");
    char *two = book_read(b, "chapters/01_sum/exercise.c.bak-2");
    assert_string_equal(one, "first");
    assert_string_equal(two, "second");
    free(one);
    free(two);
    book_run(b, "reset", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "./workbook start 1");
}

/* Who copies a chapter's directory has not made a chapter, and a blank in the
 * record of progress would make it unreadable. */
static void test_copy_of_a_chapter_is_none(void **state)
{
    struct book *b = *state;
    char copy[2 * PATH_MAX];
    snprintf(copy, sizeof copy, "%s/chapters/01_sum (copy)", b->root);
    WB_MUST_SYS(mkdir(copy, 0755));
    book_attempt(b, "right");
    book_run(b, "check", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "./workbook start 2");
    book_run(b, "list", NULL);
    assert_string_equal(b->err, "");
    assert_lacks(b->out, "copy");
}

static void test_files_obey_the_umask(void **state)
{
    static const mode_t masks[] = { 0022, 0002, 0077 };
    struct book *b = *state;
    char path[2 * PATH_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%s/chapters/01_sum/exercise.c", b->root);
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        mode_t old = umask(masks[i]);
        book_run(b, "start", "1", NULL);
        umask(old);
        WB_MUST_SYS(stat(path, &st));
        assert_int_equal(st.st_mode & 0777, 0666 & ~masks[i]);
        book_run(b, "reset", "1", NULL);
    }
}

static void test_check_before_start_says_start(void **state)
{
    struct book *b = *state;
    book_run(b, "check", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "./workbook start 1");
}

static void test_what_does_not_compile_has_a_hint(void **state)
{
    struct book *b = *state;
    book_attempt(b, "missing_function");
    book_run(b, "check", "1", NULL);
    book_run(b, "hint", "1", NULL);
    assert_holds(b->out, "hint 1 about does-not-compile");
    assert_holds(b->out, "The first message is the one to mend");
    book_run(b, "hint", "1", NULL);
    assert_lacks(b->out, "The first message");
}

static void test_hints_come_in_order_and_end(void **state)
{
    struct book *b = *state;
    book_attempt(b, "wrong");
    book_run(b, "check", "1", NULL);
    book_run(b, "hint", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "hint 1 about wrong-answer");
    assert_holds(b->out, "  Look at the sign\n  of the result.\n\n  A second");
    assert_lacks(b->out, "Add the two");
    book_run(b, "hint", "1", NULL);
    assert_holds(b->out, "hint 2 about wrong-answer:\n\n  Add the two.\n");
    book_run(b, "hint", "1", NULL);
    assert_holds(b->out, "Read exercise.h");
    book_run(b, "hint", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "no more hints about wrong-answer");
    book_attempt(b, "right");
    book_run(b, "check", "1", NULL);
    book_run(b, "hint", "1", NULL);
    assert_holds(b->out, "passed");
}

static void test_solution_only_after_a_pass(void **state)
{
    struct book *b = *state;
    book_run(b, "solution", "1", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "--give-up");
    assert_string_equal(b->out, "");
    book_run(b, "solution", "1", "--give-up", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "return a + b;");
    book_attempt(b, "right");
    book_run(b, "check", "1", NULL);
    book_run(b, "solution", "1", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "return a + b;");
}

static void test_list_json_is_json(void **state)
{
    struct book *b = *state;
    book_run(b, "start", "2", NULL);
    book_run(b, "list", "--json", NULL);
    assert_int_equal(b->code, 0);
    assert_true(json_is_valid(b->out));
    assert_holds(b->out, "\"total\":2");
    assert_holds(b->out, "\"name\":\"02_words\",\"title\":\"Words\",\"state\":"
                         "\"started\",\"checks\":0,\"last\":null,\"current\":"
                         "true");
}

static void test_chapter_may_refuse_the_explorer(void **state)
{
    struct book *b = *state;
    book_run(b, "explore", "1", "good", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "this one has no threads");
}

static void assert_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0x80)
            fail_msg("not ASCII: %s", text);
    }
}

static void test_plain_locale_gets_plain_ascii(void **state)
{
    struct book *b = *state;
    book_run(b, "list", NULL);
    assert_holds(b->out, "\u201cexactly\u201d");
    setenv("LC_ALL", "C", 1);
    book_run(b, "list", NULL);
    assert_ascii(b->out);
    assert_holds(b->out, "Sums - \"exactly\"");
    book_run(b, NULL);
    assert_ascii(b->out);
    book_attempt(b, "wrong");
    book_run(b, "check", "1", NULL);
    assert_ascii(b->out);
}

/* Run `list` with its output on a terminal; @return what arrived there. */
static const char *on_terminal(struct book *b)
{
    static char text[8192];
    char name[64];
    size_t n = 0;
    int fd = WB_MUST_SYS(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    WB_MUST_SYS(grantpt(fd));
    WB_MUST_SYS(unlockpt(fd));
    WB_MUST(ptsname_r(fd, name, sizeof name));
    int other = WB_MUST_SYS(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    b->terminal = name;
    book_run(b, "list", NULL);
    b->terminal = NULL;
    WB_MUST_SYS(fcntl(fd, F_SETFL, O_NONBLOCK));
    for (ssize_t got; (got = read(fd, text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    text[n] = '\0';
    close(other);
    close(fd);
    assert_holds(text, "02_words");
    return text;
}

static void test_colour_only_where_it_is_wanted(void **state)
{
    struct book *b = *state;
    assert_holds(on_terminal(b), "\033[");
    setenv("NO_COLOR", "1", 1);
    assert_lacks(on_terminal(b), "\033");
    setenv("NO_COLOR", "", 1);
    assert_holds(on_terminal(b), "\033[");
    setenv("TERM", "dumb", 1);
    assert_lacks(on_terminal(b), "\033");
    setenv("TERM", "xterm", 1);
    book_run(b, "list", NULL);
    assert_lacks(b->out, "\033");
}

static void test_root_that_is_none(void **state)
{
    struct book *b = *state;
    book_run(b, "--root", "/nowhere", "list", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "/nowhere");
    book_run(b, "--root", "tmp", "list", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "tmp/chapters");
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_unknown_chapter_names_the_nearest),
    BOOK_TEST(test_each_spelling_of_a_chapter),
    BOOK_TEST(test_title_is_no_line_of_code),
    BOOK_TEST(test_unknown_command_names_the_nearest),
    BOOK_TEST(test_mistakes_in_arguments_are_usage),
    BOOK_TEST(test_help_of_every_command),
    BOOK_TEST(test_start_never_overwrites),
    BOOK_TEST(test_reset_keeps_every_backup),
    BOOK_TEST(test_copy_of_a_chapter_is_none),
    BOOK_TEST(test_files_obey_the_umask),
    BOOK_TEST(test_check_before_start_says_start),
    BOOK_TEST(test_hints_come_in_order_and_end),
    BOOK_TEST(test_what_does_not_compile_has_a_hint),
    BOOK_TEST(test_solution_only_after_a_pass),
    BOOK_TEST(test_list_json_is_json),
    BOOK_TEST(test_chapter_may_refuse_the_explorer),
    BOOK_TEST(test_plain_locale_gets_plain_ascii),
    BOOK_TEST(test_colour_only_where_it_is_wanted),
    BOOK_TEST(test_root_that_is_none),
};
WB_TEST_MAIN(tests)
