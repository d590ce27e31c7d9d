/*
 * A test program whose tests must fail, each in its own way; test_testkit.c
 * runs them one at a time and reads what they print.
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/testkit.h"

static void test_passes(void **state)
{
    (void)state;
    wb_expect(1 + 1 == 2, WB_WRONG_ANSWER, "arithmetic has changed");
}

static void test_skips(void **state)
{
    (void)state;
    skip();
}

static void test_fails_with_a_verdict(void **state)
{
    (void)state;
    wb_expect(1 + 1 == 3, WB_DATA_RACE, "two\nlines, and %d", 5);
}

static void test_fails_an_assertion(void **state)
{
    (void)state;
    assert_int_equal(1, 2);
}

static void *fail_here(void *arg)
{
    wb_fail(WB_LEAKED_LOCK, "from a worker");
    return arg;
}

static void test_fails_off_the_main_thread(void **state)
{
    (void)state;
    pthread_t thread;
    WB_MUST(pthread_create(&thread, NULL, fail_here, NULL));
    WB_MUST(pthread_join(thread, NULL));
}

/* -- crashes ----------------------------------------------------------------
 */

static void test_segv(void **state)
{
    (void)state;
    volatile int *nowhere = (volatile int *)8;
    *nowhere = 1;
}

static void test_abort(void **state)
{
    (void)state;
    abort();
}

/* No compiler may turn it into a loop: each call's array is used after. */
static int recurse(volatile char *above, int depth) /* NOLINT */
{
    volatile char bytes[4096];
    bytes[0] = (char)depth;
    bytes[4095] = above[0];
    return depth < 0 ? 0 : recurse(bytes, depth + 1) + bytes[0] + bytes[4095];
}

static void test_overflows_its_stack(void **state)
{
    (void)state;
    volatile char byte = 0;
    print_message("%d\n", recurse(&byte, 1));
}

static void test_exits(void **state)
{
    (void)state;
    exit(0);
}

static void test_child_exits_and_crashes(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        pid_t pid = WB_MUST_SYS(fork());
        if (pid == 0 && i == 0)
            exit(0);
        if (pid == 0)
            abort();
        WB_MUST_SYS(waitpid(pid, NULL, 0));
    }
}

/* -- hangs -------------------------------------------------------------------
 */

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t right = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both_hold_one;

static void *take_right_then_left(void *arg)
{
    wb_thread_name_set("philosopher");
    WB_MUST(pthread_mutex_lock(&right));
    pthread_barrier_wait(&both_hold_one);
    WB_MUST(pthread_mutex_lock(&left));
    return arg;
}

static void test_deadlocks_on_mutexes(void **state)
{
    (void)state;
    pthread_t thread;
    WB_MUST(pthread_barrier_init(&both_hold_one, NULL, 2));
    WB_MUST(pthread_mutex_lock(&left));
    WB_MUST(pthread_create(&thread, NULL, take_right_then_left, NULL));
    pthread_barrier_wait(&both_hold_one);
    WB_MUST(pthread_mutex_lock(&right));
}

static void test_deadlocks_on_a_pipe(void **state)
{
    (void)state;
    int fd[2];
    char byte;
    WB_MUST_SYS(pipe(fd));
    WB_MUST_SYS((int)read(fd[0], &byte, 1));
}

static void test_deadlocks_on_a_socket_with_its_child(void **state)
{
    (void)state;
    int fd[2];
    char byte;
    WB_MUST_SYS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
    if (WB_MUST_SYS(fork()) == 0) {
        WB_MUST_SYS((int)recv(fd[1], &byte, 1, 0));
        _exit(0);
    }
    WB_MUST_SYS((int)recv(fd[0], &byte, 1, 0));
}

static void test_spins(void **state)
{
    (void)state;
    volatile int go_on = 1;
    while (go_on)
        ;
}

static void test_polls(void **state)
{
    (void)state;
    for (;;)
        poll(NULL, 0, 1);
}

static void test_has_a_candidate(void **state)
{
    (void)state;
    print_message("candidate: %s\n", wb_candidate_source());
}

static void test_runs_what_is_missing(void **state)
{
    (void)state;
    const char *const argv[] = { "no-such-command", NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, 1000, &res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_passes),
    cmocka_unit_test(test_skips),
    cmocka_unit_test(test_fails_with_a_verdict),
    cmocka_unit_test(test_fails_an_assertion),
    cmocka_unit_test(test_fails_off_the_main_thread),
    cmocka_unit_test(test_segv),
    cmocka_unit_test(test_abort),
    cmocka_unit_test(test_overflows_its_stack),
    cmocka_unit_test(test_exits),
    cmocka_unit_test(test_child_exits_and_crashes),
    cmocka_unit_test(test_deadlocks_on_mutexes),
    cmocka_unit_test(test_deadlocks_on_a_pipe),
    cmocka_unit_test(test_deadlocks_on_a_socket_with_its_child),
    cmocka_unit_test(test_spins),
    cmocka_unit_test(test_polls),
    cmocka_unit_test(test_has_a_candidate),
    cmocka_unit_test(test_runs_what_is_missing),
};

WB_TEST_MAIN(tests)
