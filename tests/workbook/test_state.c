/* The record of progress: damaged files are kept, failed writes change
 * nothing, and commands that run at the same time lose nothing. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "wb/base.h"

#define STATE ".workbook/state"

static void test_state_survives_between_commands(void **state)
{
    struct book *b = *state;
    book_run(b, "start", "2", NULL);
    assert_int_equal(b->code, 0);
    book_run(b, NULL);
    assert_holds(b->out, "2. Words");
}

/* Every way to damage a good file, byte by byte, is noticed. */
static void test_any_changed_byte_is_noticed(void **state)
{
    struct book *b = *state;
    char aside[64];
    book_run(b, "start", "1", NULL);
    book_run(b, "hint", "1", NULL);
    char *good = book_read(b, STATE), *damaged = strdup(good);
    int n = 0;
    for (size_t i = 0; good[i] != '\0'; i += 7) {
        damaged[i] ^= 1;
        book_write(b, STATE, damaged);
        book_run(b, "list", NULL);
        snprintf(aside, sizeof aside, STATE ".corrupt-%d", ++n);
        assert_holds(b->err, aside);
        char *kept = book_read(b, aside);
        assert_string_equal(kept, damaged);
        free(kept);
        damaged[i] ^= 1;
    }
    assert_true(n > 5);
    free(good);
    free(damaged);
}

static void test_half_a_file_is_kept_aside(void **state)
{
    struct book *b = *state;
    book_run(b, "start", "1", NULL);
    char *text = book_read(b, STATE);
    text[strlen(text) / 2] = '\0';
    book_write(b, STATE, text);
    book_run(b, NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->err, "damaged and is kept as " STATE ".corrupt-1");
    char *kept = book_read(b, STATE ".corrupt-1");
    assert_string_equal(kept, text);
    book_run(b, NULL);
    assert_string_equal(b->err, "");
    free(kept);
    free(text);
}

static void test_older_backups_stay(void **state)
{
    struct book *b = *state;
    book_run(b, "start", "1", NULL);
    book_write(b, STATE, "one\n");
    book_run(b, NULL);
    book_write(b, STATE, "two\n");
    book_run(b, NULL);
    char *one = book_read(b, STATE ".corrupt-1");
    char *two = book_read(b, STATE ".corrupt-2");
    assert_string_equal(one, "one\n");
    assert_string_equal(two, "two\n");
    free(one);
    free(two);
}

static void test_newer_state_is_left_alone(void **state)
{
    struct book *b = *state;
    book_run(b, "start", "1", NULL);
    book_write(b, STATE, "workbook-state 2\nsomething new\n");
    book_run(b, "start", "2", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "newer workbook");
    char *text = book_read(b, STATE);
    assert_string_equal(text, "workbook-state 2\nsomething new\n");
    assert_false(book_has(b, STATE ".corrupt-1"));
    free(text);
}

/* A limit on file size stands in for a full disk: a write is cut short. */
static void test_full_disk_keeps_the_old_state(void **state)
{
    struct book *b = *state;
    struct rlimit old, tiny;
    book_run(b, "start", "1", NULL);
    char *before = book_read(b, STATE);
    signal(SIGXFSZ, SIG_IGN);
    WB_MUST_SYS(getrlimit(RLIMIT_FSIZE, &old));
    tiny = (struct rlimit){ .rlim_cur = 20, .rlim_max = old.rlim_max };
    WB_MUST_SYS(setrlimit(RLIMIT_FSIZE, &tiny));
    book_run(b, "hint", "1", NULL);
    WB_MUST_SYS(setrlimit(RLIMIT_FSIZE, &old));
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "could not be recorded");
    assert_holds(b->err, "free some space");
    char *after = book_read(b, STATE);
    assert_string_equal(before, after);
    free(before);
    free(after);
    book_run(b, "hint", "1", NULL);
    assert_holds(b->out, "hint 1");
}

static void test_output_that_cannot_be_written_is_an_error(void **state)
{
    struct book *b = *state;
    b->terminal = "/dev/full";
    book_run(b, "list", NULL);
    b->terminal = NULL;
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "standard output");
}

/* What one command has read, no other may change before it has written. */
static void test_command_waits_for_the_one_before(void **state)
{
    struct book *b = *state;
    char path[2 * PATH_MAX];
    struct wb_blocked at;
    struct wb_subprocess *p;
    struct wb_subprocess_options opt = { .argv = WB_ARGV(book_command(), "hint",
                                                         "2") };
    book_run(b, "start", "2", NULL);
    snprintf(path, sizeof path, "%s/.workbook/lock", b->root);
    int lock = WB_MUST_SYS(open(path, O_RDWR | O_CLOEXEC));
    WB_MUST_SYS(flock(lock, LOCK_EX));
    WB_MUST(wb_subprocess_spawn(&opt, &p));
    int rc = wb_proc_wait_blocked(wb_subprocess_pid(p), "flock",
                                  wb_deadline_in_ms(60000), &at);
    close(lock);
    WB_MUST(wb_subprocess_wait_until(p, wb_deadline_in_ms(60000)));
    assert_int_equal(wb_subprocess_result(p)->code, 0);
    wb_subprocess_free(p);
    wb_skip_if_hidden(rc);
    assert_int_equal(rc, 0);
}

/* The commands stand in each other's way; each hint is counted once. */
static void test_concurrent_commands_lose_nothing(void **state)
{
    enum { N = 20 };
    struct book *b = *state;
    struct wb_subprocess *p[N];
    const char *argv[] = { book_command(), "solution", "1", "--give-up", NULL };
    const char *start[] = { book_command(), "start", "1", NULL };
    const char *two[] = { book_command(), "hint", "2", NULL };
    for (int i = 0; i < N; i++) {
        struct wb_subprocess_options opt = { .argv = i % 3 == 0   ? argv
                                                     : i % 3 == 1 ? start
                                                                  : two };
        WB_MUST(wb_subprocess_spawn(&opt, &p[i]));
    }
    WB_MUST(wb_subprocess_wait_all(p, N, wb_deadline_in_ms(60000)));
    for (int i = 0; i < N; i++) {
        assert_int_equal(wb_subprocess_result(p[i])->code, 0);
        wb_subprocess_free(p[i]);
    }
    char *text = book_read(b, STATE);
    assert_holds(text, "chapter 01_sum started=1");
    assert_holds(text, "hints 02_words any 1");
    assert_false(book_has(b, STATE ".corrupt-1"));
    free(text);
}

static void test_state_directory_that_cannot_be_made(void **state)
{
    struct book *b = *state;
    book_write(b, ".workbook", "in the way");
    book_run(b, "start", "1", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, ".workbook");
    assert_true(book_has(b, "chapters/01_sum/exercise.c"));
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_state_survives_between_commands),
    BOOK_TEST(test_any_changed_byte_is_noticed),
    BOOK_TEST(test_half_a_file_is_kept_aside),
    BOOK_TEST(test_older_backups_stay),
    BOOK_TEST(test_newer_state_is_left_alone),
    BOOK_TEST(test_full_disk_keeps_the_old_state),
    BOOK_TEST(test_output_that_cannot_be_written_is_an_error),
    BOOK_TEST(test_command_waits_for_the_one_before),
    BOOK_TEST(test_concurrent_commands_lose_nothing),
    BOOK_TEST(test_state_directory_that_cannot_be_made),
};
WB_TEST_MAIN(tests)
