/*
 * Programs that run while the caller does something else. See
 * wb/subprocess.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counted.h"

enum { MANY = 8, THREADS = 4, ROUNDS = 10, BIG = 1 << 20 };

/* Start the tool in a mode that says when it is ready, and wait for that. */
static struct wb_subprocess *start_ready(const char *mode)
{
    int ready[2];
    char number[16], byte;
    struct wb_subprocess *p;
    WB_MUST_SYS(pipe2(ready, O_CLOEXEC));
    snprintf(number, sizeof(number), "%d", ready[1]);
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = WB_ARGV(TOOL, mode, number),
                                         .discard = true,
                                         .pass_fd = ready[1] },
        &p));
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return p;
}

/* Start the tool so that it waits for a byte on *fd, which it prints. */
static struct wb_subprocess *start_reader(int *fd)
{
    int gate[2];
    char number[16];
    struct wb_subprocess *p;
    WB_MUST_SYS(pipe2(gate, O_CLOEXEC));
    snprintf(number, sizeof(number), "%d", gate[0]);
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){
            .argv = WB_ARGV(TOOL, "read-one", number), .pass_fd = gate[0] },
        &p));
    close(gate[0]);
    *fd = gate[1];
    return p;
}

/* A call of the C library, which the library makes; the next one fails. */
static bool interrupted;

int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
    const struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };
    if (!interrupted)
        return ppoll(fds, nfds, timeout < 0 ? NULL : &ts, NULL);
    interrupted = false;
    errno = EINTR;
    return -1;
}

static void test_a_signal_ends_nothing(void **state)
{
    (void)state;
    int fd;
    struct wb_subprocess *p = start_reader(&fd);
    interrupted = true;
    assert_true(wb_subprocess_alive(p));
    assert_false(interrupted);
    close(fd);
    interrupted = true;
    assert_int_equal(wb_subprocess_wait_until(p, WB_FOREVER), 0);
    assert_false(interrupted);
    wb_subprocess_free(p);
}

/* As it must with a cap on processes, where it may. */
static void test_the_caller_does_not_hurry(void **state)
{
    (void)state;
    int fd;
    struct wb_subprocess *p = start_reader(&fd);
    int policy = sched_getscheduler(0);
    close(fd);
    wb_subprocess_free(p);
    assert_int_equal(policy, SCHED_OTHER);
    struct wb_subprocess_result res = run(
        OPTIONS(.argv = WB_ARGV("true"), .discard = true, .processes_max = 9));
    wb_subprocess_result_free(&res);
    assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

static void test_alive_until_it_ends(void **state)
{
    (void)state;
    int fd;
    struct wb_subprocess *p = start_reader(&fd);
    assert_true(wb_subprocess_alive(p));
    assert_null(wb_subprocess_result(p));
    assert_int_equal(wb_subprocess_wait_until(p, wb_now()), -ETIMEDOUT);
    assert_true(wb_subprocess_alive(p));
    assert_int_equal(write(fd, "k", 1), 1);
    assert_int_equal(wb_subprocess_wait_until(p, WB_FOREVER), 0);
    assert_false(wb_subprocess_alive(p));
    assert_string_equal(wb_subprocess_result(p)->out, "k");
    assert_int_equal(wb_subprocess_wait_until(p, 0), 0);
    close(fd);
    wb_subprocess_free(p);
}

static void test_terminate_lets_it_clean_up(void **state)
{
    (void)state;
    struct wb_subprocess *p = start_ready("exit-on-term");
    assert_int_equal(wb_subprocess_terminate(p, WB_FOREVER), 0);
    assert_int_equal(wb_subprocess_result(p)->outcome, WB_EXITED);
    assert_int_equal(wb_subprocess_result(p)->code, 5);
    assert_int_equal(wb_subprocess_terminate(p, WB_FOREVER), 0);
    wb_subprocess_free(p);
}

static void test_terminate_kills_who_ignores_it(void **state)
{
    (void)state;
    struct wb_subprocess *p = start_ready("ignore-term");
    assert_int_equal(wb_subprocess_terminate(p, wb_now()), 0);
    assert_int_equal(wb_subprocess_result(p)->outcome, WB_SIGNALED);
    assert_int_equal(wb_subprocess_result(p)->code, SIGKILL);
    wb_subprocess_free(p);
}

static void test_free_kills_what_still_runs(void **state)
{
    (void)state;
    struct wb_subprocess *p = start_ready("ignore-term");
    pid_t pid = wb_subprocess_pid(p);
    wb_subprocess_free(p);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    wb_subprocess_free(NULL);
}

static void test_spawn_says_what_is_missing(void **state)
{
    (void)state;
    struct wb_subprocess *p = NULL;
    assert_int_equal(wb_subprocess_spawn(
                         &(struct wb_subprocess_options){
                             .argv = WB_ARGV("no-such-command") },
                         &p),
                     -ENOENT);
    assert_null(p);
}

static void test_wait_all_serves_all_at_once(void **state)
{
    (void)state;
    struct wb_subprocess *p[MANY];
    char *bytes = wb_alloc(BIG, 1);
    memset(bytes, 'z', BIG);
    for (int i = 0; i < MANY; i++)
        WB_MUST(wb_subprocess_spawn(
            &(struct wb_subprocess_options){ .argv = WB_ARGV("cat"),
                                             .input = bytes,
                                             .input_size = (size_t)(BIG - i) },
            &p[i]));
    assert_int_equal(wb_subprocess_wait_all(p, MANY, WB_FOREVER), 0);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(wb_subprocess_result(p[i])->out_size, BIG - i);
        wb_subprocess_free(p[i]);
    }
    free(bytes);
}

static void test_wait_any_gives_the_one_that_ended(void **state)
{
    (void)state;
    struct wb_subprocess *p[MANY];
    int fd[MANY];
    for (int i = 0; i < MANY; i++)
        p[i] = start_reader(&fd[i]);
    assert_int_equal(wb_subprocess_wait_any(p, MANY, wb_now()), -ETIMEDOUT);
    for (int i = 0; i < MANY; i++) {
        int chosen = (5 * i + 3) % MANY;
        for (int j = 0; j < MANY; j++)
            assert_true(p[j] == NULL || wb_subprocess_alive(p[j]));
        assert_int_equal(write(fd[chosen], "x", 1), 1);
        assert_int_equal(wb_subprocess_wait_any(p, MANY, WB_FOREVER), chosen);
        wb_subprocess_free(p[chosen]);
        p[chosen] = NULL;
        close(fd[chosen]);
    }
    assert_int_equal(wb_subprocess_wait_any(p, MANY, WB_FOREVER), -ECHILD);
}

static void test_each_has_its_own_deadline(void **state)
{
    (void)state;
    struct wb_subprocess *p[2];
    int fd;
    p[0] = start_reader(&fd);
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = WB_ARGV(TOOL, "run-for-ever"),
                                         .deadline = wb_now() },
        &p[1]));
    assert_int_equal(wb_subprocess_wait_any(p, 2, WB_FOREVER), 1);
    assert_int_equal(wb_subprocess_result(p[1])->outcome, WB_TIMED_OUT);
    assert_true(wb_subprocess_alive(p[0]));
    close(fd);
    wb_subprocess_free(p[0]);
    wb_subprocess_free(p[1]);
}

/* -- from several threads ----------------------------------------------------
 */

struct runner {
    pthread_t thread;
    int wrong; /* read after the join only */
};

/* Each sweep must leave alone what the others have started. */
static void *run_and_sweep(void *arg)
{
    struct runner *r = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct wb_subprocess_result res;
        bool escape = i % 2 == 0;
        int rc = wb_subprocess_check(
            &(struct wb_subprocess_options){
                .argv = escape ? WB_ARGV(TOOL, "leave-escapee")
                               : WB_ARGV("sh", "-c", "sh -c 'cat; echo 1'"),
                .input = "1",
                .input_size = 1,
                .sweep = true },
            &res);
        if (rc != 0 || atoi(res.out) < 1 ||
            (!escape && strcmp(res.out, "11\n") != 0)) {
            r->wrong++;
            wb_log("rc %d, output \"%s\": %s", rc, res.out, res.message);
        }
        wb_subprocess_result_free(&res);
    }
    return NULL;
}

static void test_threads_run_programs_side_by_side(void **state)
{
    (void)state;
    struct runner runners[THREADS] = { 0 };
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_create(&runners[i].thread, NULL, run_and_sweep,
                               &runners[i]));
    int wrong = 0;
    for (int i = 0; i < THREADS; i++) {
        WB_MUST(pthread_join(runners[i].thread, NULL));
        wrong += runners[i].wrong;
    }
    assert_int_equal(wrong, 0);
}

static const struct CMUnitTest tests[] = {
    COUNTED(test_a_signal_ends_nothing),
    COUNTED(test_the_caller_does_not_hurry),
    COUNTED(test_alive_until_it_ends),
    COUNTED(test_terminate_lets_it_clean_up),
    COUNTED(test_terminate_kills_who_ignores_it),
    COUNTED(test_free_kills_what_still_runs),
    COUNTED(test_spawn_says_what_is_missing),
    COUNTED(test_wait_all_serves_all_at_once),
    COUNTED(test_wait_any_gives_the_one_that_ended),
    COUNTED(test_each_has_its_own_deadline),
    COUNTED(test_threads_run_programs_side_by_side),
};

WB_TEST_MAIN(tests)
