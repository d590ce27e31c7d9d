/* What a process is blocked in, and what it holds. See wb/testkit.h. */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 30000 };

/* Run the tool on one end of a pipe; *ours is the other end. */
static struct wb_subprocess *start_on_pipe(const char *mode, bool it_reads,
                                           int *ours, char *number,
                                           char *target)
{
    int fd[2];
    char path[40];
    struct wb_subprocess *p;
    WB_MUST_SYS(pipe2(fd, O_CLOEXEC));
    int theirs = it_reads ? fd[0] : fd[1];
    *ours = it_reads ? fd[1] : fd[0];
    snprintf(number, 16, "%d", theirs);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", theirs);
    ssize_t n = readlink(path, target, 63);
    target[n > 0 ? n : 0] = '\0';
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = WB_ARGV(TOOL, mode, number),
                                         .discard = true,
                                         .pass_fd = theirs },
        &p));
    close(theirs);
    return p;
}

static void expect_blocked(const char *mode, bool it_reads, const char *call)
{
    int ours;
    char number[16], target[64];
    struct wb_blocked at;
    struct wb_subprocess *p =
        start_on_pipe(mode, it_reads, &ours, number, target);
    int rc = wb_proc_wait_blocked(wb_subprocess_pid(p), call,
                                  wb_deadline_in_ms(PATIENCE_MS), &at);
    close(ours);
    wb_subprocess_free(p);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        skip();
    assert_int_equal(rc, 0);
    assert_string_equal(at.syscall, call);
    assert_int_equal(at.fd, atoi(number));
    assert_string_equal(at.target, target);
    assert_int_equal(strncmp(target, "pipe:[", 6), 0);
    assert_int_equal(at.state, 'S');
}

static void test_blocked_writer_is_seen_with_its_pipe(void **state)
{
    (void)state;
    expect_blocked("write-for-ever", false, "write");
}

static void test_blocked_reader_is_seen_with_its_pipe(void **state)
{
    (void)state;
    expect_blocked("read-one", true, "read");
}

static void test_wait_for_another_call_ends_at_its_deadline(void **state)
{
    (void)state;
    int ours;
    char number[16], target[64];
    struct wb_blocked at;
    struct wb_subprocess *p =
        start_on_pipe("read-one", true, &ours, number, target);
    int rc = wb_proc_wait_blocked(wb_subprocess_pid(p), "write", wb_now(), &at);
    close(ours);
    wb_subprocess_free(p);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        skip();
    assert_int_equal(rc, -ETIMEDOUT);
}

static void test_running_process_is_not_blocked(void **state)
{
    (void)state;
    struct wb_blocked at;
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        for (;;)
            ; /* for as long as the parent likes */
    int rc = wb_proc_blocked(pid, &at);
    kill(pid, SIGKILL);
    WB_MUST_SYS(waitpid(pid, NULL, 0));
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        skip();
    assert_int_equal(rc, 0);
    assert_int_equal(at.state, 'R');
    assert_string_equal(at.syscall, "running");
    assert_int_equal(at.number, -1);
}

static void test_process_that_is_gone_is_told(void **state)
{
    (void)state;
    struct wb_blocked at;
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        _exit(0);
    WB_MUST_SYS(waitpid(pid, NULL, 0));
    assert_int_equal(wb_proc_blocked(pid, &at), -ESRCH);
    assert_int_equal(wb_proc_threads(pid), -ESRCH);
    assert_int_equal(wb_proc_descriptors(pid), -ESRCH);
    assert_int_equal(wb_proc_children(pid), -ESRCH);
    assert_int_equal(wb_proc_zombies(pid), -ESRCH);
}

static void test_zombie_is_counted_until_reaped(void **state)
{
    (void)state;
    siginfo_t info;
    struct wb_blocked at;
    int before = wb_proc_children(getpid());
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        _exit(0);
    WB_MUST_SYS(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
    assert_int_equal(wb_proc_children(getpid()), before + 1);
    assert_int_equal(wb_proc_zombies(getpid()), 1);
    assert_int_equal(wb_proc_blocked(pid, &at), 0);
    assert_int_equal(at.state, 'Z');
    assert_int_equal(wb_proc_wait_blocked(pid, "read", WB_FOREVER, &at),
                     -ESRCH);
    WB_MUST_SYS(waitpid(pid, NULL, 0));
    assert_int_equal(wb_proc_children(getpid()), before);
    assert_int_equal(wb_proc_zombies(getpid()), 0);
}

/* A child has what its parent has. It hands no descriptor to a futex. */
static void test_another_process_is_looked_into(void **state)
{
    (void)state;
    struct wb_blocked at;
    sem_t never;
    WB_MUST_SYS(sem_init(&never, 0, 0));
    int before = wb_proc_descriptors(getpid());
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        for (;;)
            sem_wait(&never);
    int rc =
        wb_proc_wait_blocked(pid, "futex", wb_deadline_in_ms(PATIENCE_MS), &at);
    int after = wb_proc_descriptors(pid);
    kill(pid, SIGKILL);
    WB_MUST_SYS(waitpid(pid, NULL, 0));
    WB_MUST_SYS(sem_destroy(&never));
    assert_int_equal(after, before);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        skip();
    assert_int_equal(rc, 0);
    assert_int_equal(at.fd, -1);
    assert_string_equal(at.target, "");
}

static void test_descriptors_are_counted(void **state)
{
    (void)state;
    int fd[2], before = wb_proc_descriptors(getpid());
    WB_MUST_SYS(pipe(fd));
    assert_int_equal(wb_proc_descriptors(getpid()), before + 2);
    close(fd[0]);
    close(fd[1]);
    assert_int_equal(wb_proc_descriptors(getpid()), before);
}

static pthread_barrier_t barrier;

static void *meet_twice(void *arg)
{
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return arg;
}

static void test_threads_are_counted(void **state)
{
    (void)state;
    pthread_t threads[3];
    WB_MUST(pthread_barrier_init(&barrier, NULL, 2));
    WB_MUST(pthread_create(&threads[0], NULL, meet_twice, NULL));
    pthread_barrier_wait(&barrier);
    int one = wb_proc_threads(getpid());
    pthread_barrier_wait(&barrier);
    WB_MUST(pthread_join(threads[0], NULL));
    WB_MUST(pthread_barrier_destroy(&barrier));
    WB_MUST(pthread_barrier_init(&barrier, NULL, 4));
    for (int i = 0; i < 3; i++)
        WB_MUST(pthread_create(&threads[i], NULL, meet_twice, NULL));
    pthread_barrier_wait(&barrier);
    int three = wb_proc_threads(getpid());
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 3; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    WB_MUST(pthread_barrier_destroy(&barrier));
    assert_in_range(one, 2, 3); /* a sanitizer may have one of its own */
    assert_int_equal(three, one + 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_blocked_writer_is_seen_with_its_pipe),
    cmocka_unit_test(test_blocked_reader_is_seen_with_its_pipe),
    cmocka_unit_test(test_wait_for_another_call_ends_at_its_deadline),
    cmocka_unit_test(test_running_process_is_not_blocked),
    cmocka_unit_test(test_process_that_is_gone_is_told),
    cmocka_unit_test(test_zombie_is_counted_until_reaped),
    cmocka_unit_test(test_another_process_is_looked_into),
    cmocka_unit_test(test_descriptors_are_counted),
    cmocka_unit_test(test_threads_are_counted),
};

WB_TEST_MAIN(tests)
