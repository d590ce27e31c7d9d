/* Shows that bad.c ends in a deadlock and leaves its child unreaped, that
 * good.c does neither, and that the other programs do what they say.
 *
 * The deadlock is read off the two processes: each is blocked in a write to a
 * pipe, and the only one that could read from it is the other. Nothing else
 * can wake them, so no time needs to pass to know that they wait for ever. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 40000 };

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

/* -- the deadlock ------------------------------------------------------- */

/* What is seen of two processes, to be judged once they are gone. */
struct pair {
    pid_t parent, child;
    struct wb_blocked parent_at, child_at;
    int children, parents_readers, childs_readers;
    pid_t reads_parent, reads_child;
};

static int look_at_pair(struct wb_subprocess *p, struct pair *seen)
{
    *seen = (struct pair){ .parent = wb_subprocess_pid(p) };
    seen->children = wb_inspect_children(seen->parent, &seen->child, 1);
    int rc = wb_proc_blocked(seen->parent, &seen->parent_at);
    if (rc == 0)
        rc = wb_proc_blocked(seen->child, &seen->child_at);
    seen->parents_readers = wb_inspect_holders(seen->parent_at.target, false,
                                               &seen->reads_parent, 1);
    seen->childs_readers =
        wb_inspect_holders(seen->child_at.target, false, &seen->reads_child, 1);
    return rc;
}

static void test_bad_and_its_child_block_each_other(void **state)
{
    struct pair seen = { 0 };

    (void)state;
    struct wb_subprocess *p = start(WB_ARGV(WB_BAD), "/dev/null");
    int rc = wb_await_stuck(p, wb_deadline_in_ms(PATIENCE_MS));
    if (rc == 0)
        rc = look_at_pair(p, &seen);
    wb_subprocess_free(p);
    wb_skip_if_hidden(rc);
    assert_int_equal(rc, 0);
    assert_int_equal(seen.children, 1);
    assert_string_equal(seen.parent_at.syscall, "write");
    assert_string_equal(seen.child_at.syscall, "write");
    assert_memory_equal(seen.parent_at.target, "pipe:[", 6);
    assert_memory_equal(seen.child_at.target, "pipe:[", 6);
    assert_string_not_equal(seen.parent_at.target, seen.child_at.target);
    assert_int_equal(seen.parents_readers, 1);
    assert_int_equal(seen.reads_parent, seen.child);
    assert_int_equal(seen.childs_readers, 1);
    assert_int_equal(seen.reads_child, seen.parent);
}

static void test_both_bring_a_short_telegram_back(void **state)
{
    static const char out[] = "1000 letters, 1000 came back (AAAAAAAA)\n";

    (void)state;
    wb_expect_run(WB_ARGV(WB_BAD, "1000"), PATIENCE_MS, 0, out, "");
    wb_expect_run(WB_ARGV(WB_GOOD, "1000"), PATIENCE_MS, 0, out, "");
}

static void test_good_brings_a_long_telegram_back(void **state)
{
    static const char out[] = "4194304 letters, 4194304 came back (AAAAAAAA)\n";

    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD), PATIENCE_MS, 0, out, "");
}

/* -- what is left ------------------------------------------------------- */

struct rest {
    int rc, fd, children, descriptors;
};

static int make_full_pipe(int *fd)
{
    char bytes[4096] = { 0 };

    if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) != 0)
        return -errno;
    while (write(fd[1], bytes, sizeof(bytes)) > 0)
        ;
    return fcntl(fd[1], F_SETFL, 0);
}

/* Run a program whose output is a pipe without room. Its one line keeps it
 * there, when its work is done and before it ends: a good moment to count. */
static struct rest count_at_the_end(const char *const *argv)
{
    int fd[2];
    char out[40];
    struct wb_blocked at;

    /* What we inherited ourselves is not to be counted. */
    syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
    WB_MUST(make_full_pipe(fd));
    snprintf(out, sizeof(out), "/proc/self/fd/%d", fd[1]);
    struct wb_subprocess *p = start(argv, out);
    pid_t pid = wb_subprocess_pid(p);
    struct rest r = { .rc = wb_proc_wait_blocked(
                          pid, "write", wb_deadline_in_ms(PATIENCE_MS), &at) };
    r.fd = at.fd;
    r.children = wb_proc_children(pid);
    r.descriptors = wb_proc_descriptors(pid);
    wb_subprocess_free(p);
    close(fd[0]);
    close(fd[1]);
    wb_skip_if_hidden(r.rc);
    return r;
}

static void test_bad_never_reaps_its_child(void **state)
{
    (void)state;
    struct rest r = count_at_the_end(WB_ARGV(WB_BAD, "1000"));

    assert_int_equal(r.rc, 0);
    assert_int_equal(r.fd, STDOUT_FILENO);
    assert_int_equal(r.children, 1);
    assert_int_equal(r.descriptors, 4);
}

static void expect_nothing_left(const char *const *argv)
{
    struct rest r = count_at_the_end(argv);

    assert_int_equal(r.rc, 0);
    assert_int_equal(r.fd, STDOUT_FILENO);
    assert_int_equal(r.children, 0);
    assert_int_equal(r.descriptors, 3);
}

static void test_good_leaves_nothing_behind(void **state)
{
    (void)state;
    expect_nothing_left(WB_ARGV(WB_GOOD, "1000"));
    expect_nothing_left(WB_ARGV(WB_GOOD, "1000", "50", "sleep", "1000"));
    expect_nothing_left(
        WB_ARGV(WB_GOOD, "4194304", "20000", "head", "-c", "1"));
}

/* -- how the child ended ------------------------------------------------ */

static void test_bad_takes_failure_for_success(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_BAD, "2", "sh", "-c", "cat; exit 3"), PATIENCE_MS,
                  0, "2 letters, 2 came back (aa)\n", "");
}

static void test_good_says_how_the_child_failed(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD, "2", "20000", "sh", "-c", "cat; exit 3"),
                  PATIENCE_MS, 1, "2 letters, 2 came back (aa)\n",
                  "sh: exit status 3\n");
    wb_expect_run(WB_ARGV(WB_GOOD, "2", "20000", "sh", "-c", "kill -SEGV $$"),
                  PATIENCE_MS, 1, "2 letters, 0 came back ()\n",
                  "sh: ended by signal 11\n");
}

static void test_good_survives_a_child_that_does_not_listen(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD, "4194304", "20000", "head", "-c", "3"),
                  PATIENCE_MS, 0, "4194304 letters, 3 came back (aaa)\n", "");
}

static void test_good_kills_at_the_deadline(void **state)
{
    static const char out[] = "4194304 letters, 0 came back ()\n";

    (void)state;
    wb_expect_run(WB_ARGV(WB_GOOD, "4194304", "50", "sleep", "1000"),
                  PATIENCE_MS, 1, out, "sleep: too late, so it was killed\n");
    /* The end of its output is not its end. */
    wb_expect_run(WB_ARGV(WB_GOOD, "4194304", "50", "sh", "-c",
                          "exec >&-; exec sleep 1000"),
                  PATIENCE_MS, 1, out, "sh: too late, so it was killed\n");
}

/* -- the other programs ------------------------------------------------- */

static void test_tour_sees_all(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("tour")), PATIENCE_MS, 0,
                  "capture:  it said Hello!\n"
                  "check:    fine: sh: exit status 0\n"
                  "check:    failed: sh: exit status 3: no such letter\n"
                  "apart:    stdout: 12 degrees\n"
                  "          stderr: frost at night\n"
                  "deadline: sleep: still running at its deadline: killed\n"
                  "crash:    it is gone, and we are still here\n"
                  "pipeline: apple pear plum\n",
                  "");
}

static void test_children_in_parallel_meet_at_the_gate(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("parallel")), PATIENCE_MS, 0,
                  "4 children are here, all at the same time\n"
                  "9592 primes below 100000\n",
                  "");
}

/* One after the other, the first waits for the gate, and its parent for it. */
static void test_children_in_a_row_never_meet(void **state)
{
    pid_t child = -1;
    struct wb_blocked at;

    (void)state;
    struct wb_subprocess *p =
        start(WB_ARGV(PROGRAM("parallel"), "serially"), "/dev/null");
    pid_t pid = wb_subprocess_pid(p);
    while (wb_subprocess_alive(p) && wb_inspect_children(pid, &child, 1) < 1)
        poll(NULL, 0, 1);
    int rc = wb_proc_wait_blocked(child, "read", wb_deadline_in_ms(PATIENCE_MS),
                                  &at);
    int children = wb_proc_children(pid);
    wb_subprocess_free(p);
    wb_skip_if_hidden(rc);
    assert_int_equal(rc, 0);
    assert_memory_equal(at.target, "socket:", 7);
    assert_int_equal(children, 1);
}

static void test_server_answers_and_stops(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("server")), PATIENCE_MS, 0,
                  "the server says: you are visitor 1\n"
                  "the server says: you are visitor 2\n"
                  "the server has stopped\n",
                  "");
}

static void test_the_supervisor_starts_what_crashed_again(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("supervise")), PATIENCE_MS, 0,
                  "worker: /proc/self/exe: killed by signal 9 (KILL)\n"
                  "worker: /proc/self/exe: killed by signal 9 (KILL)\n"
                  "worker: did its work in life 3\n",
                  "");
}

static void test_but_not_for_ever(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("supervise"), "9"), PATIENCE_MS, 1,
                  "worker: /proc/self/exe: killed by signal 9 (KILL)\n"
                  "worker: /proc/self/exe: killed by signal 9 (KILL)\n"
                  "worker: /proc/self/exe: killed by signal 9 (KILL)\n"
                  "worker: /proc/self/exe: killed by signal 9 (KILL)\n"
                  "given up after 4 lives\n",
                  "");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_and_its_child_block_each_other),
    cmocka_unit_test(test_both_bring_a_short_telegram_back),
    cmocka_unit_test(test_good_brings_a_long_telegram_back),
    cmocka_unit_test(test_bad_never_reaps_its_child),
    cmocka_unit_test(test_good_leaves_nothing_behind),
    cmocka_unit_test(test_bad_takes_failure_for_success),
    cmocka_unit_test(test_good_says_how_the_child_failed),
    cmocka_unit_test(test_good_survives_a_child_that_does_not_listen),
    cmocka_unit_test(test_good_kills_at_the_deadline),
    cmocka_unit_test(test_tour_sees_all),
    cmocka_unit_test(test_children_in_parallel_meet_at_the_gate),
    cmocka_unit_test(test_children_in_a_row_never_meet),
    cmocka_unit_test(test_server_answers_and_stops),
    cmocka_unit_test(test_the_supervisor_starts_what_crashed_again),
    cmocka_unit_test(test_but_not_for_ever),
};

WB_TEST_MAIN(tests)
