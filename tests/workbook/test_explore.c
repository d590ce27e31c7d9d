/* The explorer's command line: what reaches the explorer, and what comes out
 * as exit status, as JSON and as a token that can be used again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "json_reader.h"
#include "wb/base.h"

#define RACY "chapters/01_sum/racy.c"

static void test_fault_clean_and_budget_have_their_status(void **state)
{
    struct book *b = *state;
    book_run(b, "explore", RACY, NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "data-race");
    book_run(b, "explore", RACY, "-DSAFE", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "clean: all 2 interleavings");
    book_run(b, "explore", RACY, "-D", "SAFE", "--budget=1", NULL);
    assert_int_equal(b->code, 3);
    assert_holds(b->out, "NOT exhaustive");
}

static void test_options_stand_before_and_after(void **state)
{
    struct book *b = *state;
    book_run(b, "explore", "--json", "-DSAFE", RACY, NULL);
    assert_int_equal(b->code, 0);
    assert_true(json_is_valid(b->out));
    assert_holds(b->out, "\"verdict\":\"clean\"");
    book_run(b, "explore", RACY, "--all", "--json", NULL);
    assert_int_equal(b->code, 1);
    assert_true(json_is_valid(b->out));
    assert_holds(b->out, "\"exhaustive\":true");
}

static void test_arguments_reach_the_program(void **state)
{
    struct book *b = *state;
    book_run(b, "explore", "-DSAFE", RACY, "--", "--all", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "exit");
}

static void test_programs_of_chapters_go_by_name(void **state)
{
    struct book *b = *state;
    book_run(b, "explore", "sum", "racy", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "(racy.c:");
    book_run(b, "explore", "sum", "ugly", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "01_sum has no program ugly");
    book_run(b, "explore", "sum", "exercise", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "./workbook start 1");
}

static void test_token_alone_replays(void **state)
{
    struct book *b = *state;
    char token[256];
    book_run(b, "explore", "1", "racy", NULL);
    const char *found = strstr(b->out, "--replay ");
    assert_non_null(found);
    assert_int_equal(sscanf(found, "--replay %255s", token), 1);
    book_run(b, "replay", token, NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "data-race");
    book_run(b, "replay", token, "1", "racy", NULL);
    assert_int_equal(b->code, 1);
    book_run(b, "replay", token, RACY, "-DSAFE", NULL);
    assert_true(b->code == 2 || strstr(b->out, "changed") != NULL ||
                strstr(b->err, "changed") != NULL);
    token[strlen(token) - 1] ^= 1;
    book_run(b, "replay", token, NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "name its program");
}

/* An argument may be empty, and is one all the same. */
static void test_token_keeps_empty_arguments(void **state)
{
    struct book *b = *state;
    char token[256];
    book_run(b, "explore", RACY, "-DSAFE", "--", "", "", NULL);
    const char *found = strstr(b->out, "--replay ");
    assert_non_null(found);
    assert_int_equal(sscanf(found, "--replay %255s", token), 1);
    book_run(b, "replay", token, NULL);
    assert_int_equal(b->code, 1);
    assert_lacks(b->out, "CHANGED");
    assert_lacks(b->err, "CHANGED");
}

static void test_missing_file_is_usage(void **state)
{
    struct book *b = *state;
    book_run(b, "explore", "no_such.c", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "no_such.c");
}

static void test_bad_is_compared_with_good(void **state)
{
    struct book *b = *state;
    char *racy = book_read(b, RACY), safe[4096];
    assert_true(snprintf(safe, sizeof safe, "#define SAFE\n%s", racy) <
                (int)sizeof safe);
    book_write(b, "chapters/02_words/bad.c", racy);
    book_write(b, "chapters/02_words/good.c", safe);
    book_run(b, "explore", "2", "bad", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "The good program, explored in the same way, is\n"
                         "clean: all 2 interleavings, 0 failures\n");
    assert_holds(b->out, "good.c on the same schedule\n    good.c:");
    assert_holds(b->out, " waits here for ");
    book_run(b, "explore", "2", "bad", "--json", NULL);
    assert_true(json_is_valid(b->out));
    assert_holds(b->out, "\"instead\":{\"program\":\"good.c\",\"waits\":true");
    book_write(b, "chapters/02_words/good.c", racy);
    book_run(b, "explore", "2", "bad", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "The good program fails as well: "
                         "./workbook explore 02 good\n");
    book_write(b, "chapters/02_words/good.c", "/* explore: no, none */\n");
    book_run(b, "explore", "2", "bad", NULL);
    assert_int_equal(b->code, 1);
    assert_lacks(b->out, "same schedule");
    assert_lacks(b->out, "good program");
    assert_string_equal(b->err, "");
    free(racy);
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_fault_clean_and_budget_have_their_status),
    BOOK_TEST(test_options_stand_before_and_after),
    BOOK_TEST(test_arguments_reach_the_program),
    BOOK_TEST(test_programs_of_chapters_go_by_name),
    BOOK_TEST(test_bad_is_compared_with_good),
    BOOK_TEST(test_token_alone_replays),
    BOOK_TEST(test_token_keeps_empty_arguments),
    BOOK_TEST(test_missing_file_is_usage),
};
WB_TEST_MAIN(tests)
