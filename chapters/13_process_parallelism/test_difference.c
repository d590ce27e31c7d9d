/* Shows that the workers of bad.c wait for a lock that nobody holds, that its
 * parent waits for an answer that only it could give, and that good.c does
 * neither: it ends, with all that can be had, and leaves nothing behind.
 *
 * That somebody waits for ever is read off the processes: all sleep, and what
 * each sleeps for can come from nobody. No time needs to pass to know that. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name
#define ALL_DONE      "8 ranges, the longest chain has 281 steps\n"

enum { PATIENCE_MS = 40000, WORKERS = 2 };

/* -- running ------------------------------------------------------------ */

static struct wb_subprocess *start(const char *const *argv, const char *out)
{
    struct wb_subprocess *p;

    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){
            .argv = argv, .out_path = out, .err_path = "/dev/null" },
        &p));
    return p;
}

/* -- what bad.c is stuck in --------------------------------------------- */

/* What is seen of a family of processes, judged when they are gone. */
struct family {
    pid_t parent, child[WORKERS];
    int children, zombies, parents_threads, child_threads[WORKERS];
    struct wb_blocked parent_at, child_at[WORKERS];
    int writers; /* who hold the pipe open that the parent reads */
    pid_t writer;
};

static int look_at(struct wb_subprocess *p, struct family *seen)
{
    *seen = (struct family){ .parent = wb_subprocess_pid(p) };
    seen->children = wb_inspect_children(seen->parent, seen->child, WORKERS);
    seen->zombies = wb_proc_zombies(seen->parent);
    seen->parents_threads = wb_proc_threads(seen->parent);
    int rc = wb_proc_blocked(seen->parent, &seen->parent_at);
    for (int i = 0; rc == 0 && i < WORKERS && i < seen->children; i++) {
        rc = wb_proc_blocked(seen->child[i], &seen->child_at[i]);
        seen->child_threads[i] = wb_proc_threads(seen->child[i]);
    }
    seen->writers =
        wb_inspect_holders(seen->parent_at.target, true, &seen->writer, 1);
    return rc;
}

static void look_at_stuck(const char *const *argv, struct family *seen)
{
    struct wb_subprocess *p = start(argv, "/dev/null");
    int rc = wb_await_stuck(p, wb_deadline_in_ms(PATIENCE_MS));

    *seen = (struct family){ 0 };
    if (rc == 0)
        rc = look_at(p, seen);
    wb_subprocess_free(p);
    wb_skip_if_hidden(rc);
    assert_int_equal(rc, 0);
    assert_string_equal(seen->parent_at.syscall, "read");
    assert_memory_equal(seen->parent_at.target, "pipe:[", 6);
}

/* A sanitizer has a thread of its own in the parent; in a forked child there
 * is one, whoever was there before. */
static void test_bad_forks_a_lock_that_nobody_holds(void **state)
{
    struct family seen;

    (void)state;
    look_at_stuck(WB_ARGV(WB_BAD, "8", "log"), &seen);
    assert_int_equal(seen.children, WORKERS);
    assert_int_equal(seen.zombies, 0);
    /* The thread that held the lock has released it and ended. */
    assert_in_range(seen.parents_threads, 1, 2);
    for (int i = 0; i < WORKERS; i++) {
        assert_string_equal(seen.child_at[i].syscall, "futex");
        assert_int_equal(seen.child_threads[i], 1);
    }
}

static void test_bad_waits_for_the_answer_of_a_dead_worker(void **state)
{
    struct family seen;

    (void)state;
    look_at_stuck(WB_ARGV(WB_BAD, "8", "rotten"), &seen);
    assert_int_equal(seen.children, WORKERS);
    assert_int_equal(seen.zombies, WORKERS);
    /* Only the one who reads could still write. */
    assert_int_equal(seen.writers, 1);
    assert_int_equal(seen.writer, seen.parent);
}

static void test_both_can_do_it_on_a_good_day(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_BAD), PATIENCE_MS, 0, ALL_DONE, "");
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0, ALL_DONE, "");
}

/* -- what good.c does --------------------------------------------------- */

static void test_good_does_not_inherit_the_lock(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD, "8", "log"), PATIENCE_MS, 0, ALL_DONE, "");
}

static void test_good_loses_one_range_and_says_which(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD, "8", "rotten"), PATIENCE_MS, 1, ALL_DONE,
                  "range 4: its worker died: killed by signal 6 (ABRT)\n");
    wb_expect_run(WB_ARGV(WB_GOOD, "1", "rotten"), PATIENCE_MS, 1,
                  "1 ranges, the longest chain has 0 steps\n",
                  "range 0: its worker died: killed by signal 6 (ABRT)\n");
}

/* Its output is a pipe without room, so its one line keeps it there, when its
 * work is done and before it ends: a good moment to count. */
static void test_good_leaves_nothing_behind(void **state)
{
    int fd[2];
    char out[40], bytes[4096] = { 0 };
    struct wb_blocked at;

    (void)state;
    syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
    WB_MUST_SYS(pipe2(fd, O_CLOEXEC | O_NONBLOCK));
    while (write(fd[1], bytes, sizeof(bytes)) > 0)
        ;
    WB_MUST_SYS(fcntl(fd[1], F_SETFL, 0));
    snprintf(out, sizeof(out), "/proc/self/fd/%d", fd[1]);
    struct wb_subprocess *p = start(WB_ARGV(WB_GOOD, "8", "rotten"), out);
    pid_t pid = wb_subprocess_pid(p);
    int rc =
        wb_proc_wait_blocked(pid, "write", wb_deadline_in_ms(PATIENCE_MS), &at);
    int children = wb_proc_children(pid), open = wb_proc_descriptors(pid);
    wb_subprocess_free(p);
    close(fd[0]);
    close(fd[1]);
    wb_skip_if_hidden(rc);
    assert_int_equal(rc, 0);
    assert_int_equal(at.fd, STDOUT_FILENO);
    assert_int_equal(children, 0);
    assert_int_equal(open, 3);
}

/* -- the other programs ------------------------------------------------- */

static void test_tour_sees_all(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("tour")), PATIENCE_MS, 0,
                  "in order, chunks of 1: 0 1 7 111 118 178\n"
                  "in order, chunks of 3: 0 1 7 111 118 178\n"
                  "the map says: Numerical argument out of domain\n"
                  "  task 0: 0\n"
                  "  task 1: there is no chain from 0\n"
                  "  task 2: 7\n"
                  "  task 3: its worker died: killed by signal 6 (ABRT)\n"
                  "  task 4: 118\n"
                  "  task 5: 178\n"
                  "as completed: 1000 chains, 59542 steps in all\n"
                  "with a deadline: not finished by the deadline\n"
                  "in order, chunks of 1: 0 1 7 111 118 178\n",
                  "");
}

/* In no order of steps are two threads at work at once. */
static void test_one_lock_lets_one_thread_compute(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(WB_CHAPTER_DIR "/threads.c"), WBX_CFLAGS("-DONE_LOCK") });
}

static void test_without_it_two_compute_at_once(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(WB_CHAPTER_DIR "/threads.c") },
        WB_ASSERTION, &report);
    assert_non_null(strstr(report.failures[0].cause, "2 threads were comp"));
    wbx_report_free(&report);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_forks_a_lock_that_nobody_holds),
    cmocka_unit_test(test_bad_waits_for_the_answer_of_a_dead_worker),
    cmocka_unit_test(test_both_can_do_it_on_a_good_day),
    cmocka_unit_test(test_good_does_not_inherit_the_lock),
    cmocka_unit_test(test_good_loses_one_range_and_says_which),
    cmocka_unit_test(test_good_leaves_nothing_behind),
    cmocka_unit_test(test_tour_sees_all),
    cmocka_unit_test(test_one_lock_lets_one_thread_compute),
    cmocka_unit_test(test_without_it_two_compute_at_once),
};

WB_TEST_MAIN(tests)
