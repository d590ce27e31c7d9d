/* Families of processes and their pipes. See wb/inspect.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 30000 };

/* A child with a pipe: it reads one byte from it, or writes for ever. */
struct peer {
    pid_t pid;
    int fd[2];
    char pipe[64];
};

static void name_pipe(struct peer *p)
{
    char path[40];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", p->fd[0]);
    ssize_t n = readlink(path, p->pipe, sizeof(p->pipe) - 1);
    p->pipe[n > 0 ? n : 0] = '\0';
}

static void be_reader(const struct peer *p)
{
    char byte;
    close(p->fd[1]);
    ssize_t n = read(p->fd[0], &byte, 1);
    _exit(n == 1 ? 0 : 1);
}

static void be_writer(const struct peer *p)
{
    char bytes[4096] = { 0 };
    close(p->fd[0]);
    while (write(p->fd[1], bytes, sizeof(bytes)) > 0)
        ;
    _exit(0);
}

static struct peer start(void (*be)(const struct peer *))
{
    struct peer p;
    WB_MUST_SYS(pipe2(p.fd, O_CLOEXEC));
    name_pipe(&p);
    p.pid = WB_MUST_SYS(fork());
    if (p.pid == 0)
        be(&p);
    return p;
}

static void stop(struct peer *p)
{
    close(p->fd[0]);
    close(p->fd[1]);
    kill(p->pid, SIGKILL);
    WB_MUST_SYS(waitpid(p->pid, NULL, 0));
}

/* Until it sleeps in that call; a kernel that hides it skips the test. */
static void await(struct peer *p, const char *call)
{
    struct wb_blocked at;
    int rc =
        wb_proc_wait_blocked(p->pid, call, wb_deadline_in_ms(PATIENCE_MS), &at);
    if (rc == 0)
        return;
    stop(p);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        skip();
    assert_int_equal(rc, 0);
}

static void test_holders_of_each_end(void **state)
{
    pid_t pids[4];
    (void)state;
    struct peer p = start(be_reader);
    await(&p, "read");
    int readers = wb_inspect_holders(p.pipe, false, pids, 4);
    pid_t first = pids[0], second = pids[1];
    int writers = wb_inspect_holders(p.pipe, true, pids, 4);
    pid_t writer = pids[0];
    int one_of_two = wb_inspect_holders(p.pipe, false, pids, 1);
    stop(&p);
    assert_int_equal(readers, 2);
    assert_true((first == getpid() && second == p.pid) ||
                (first == p.pid && second == getpid()));
    assert_int_equal(writers, 1);
    assert_int_equal(writer, getpid());
    assert_int_equal(one_of_two, 2);
    assert_int_equal(wb_inspect_holders(p.pipe, true, pids, 4), 0);
}

static void test_children_are_listed(void **state)
{
    pid_t pids[2];
    (void)state;
    struct peer a = start(be_reader), b = start(be_reader);
    int n = wb_inspect_children(getpid(), pids, 2);
    int of_one = wb_inspect_children(a.pid, NULL, 0);
    stop(&a);
    stop(&b);
    assert_int_equal(n, 2);
    assert_true((pids[0] == a.pid && pids[1] == b.pid) ||
                (pids[0] == b.pid && pids[1] == a.pid));
    assert_int_equal(of_one, 0);
    assert_int_equal(wb_inspect_children(a.pid, pids, 2), -ESRCH);
}

/* A sanitizer's own thread may happen to run while we look. */
static int find_stuck(pid_t pid)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);
    int rc;
    while ((rc = wb_inspect_stuck(pid)) == 0 && !wb_deadline_passed(deadline))
        poll(NULL, 0, 1);
    return rc;
}

static void test_sleeper_is_stuck_and_its_waker_is_not(void **state)
{
    (void)state;
    struct peer p = start(be_writer);
    await(&p, "write");
    int stuck = find_stuck(p.pid);
    int ours = wb_inspect_stuck(getpid());
    kill(p.pid, SIGKILL);
    siginfo_t info;
    WB_MUST_SYS(waitid(P_PID, (id_t)p.pid, &info, WEXITED | WNOWAIT));
    int dead = wb_inspect_stuck(p.pid);
    stop(&p);
    assert_int_equal(stuck, 1);
    assert_int_equal(ours, 0);
    assert_int_equal(dead, -ESRCH);
    assert_int_equal(wb_inspect_stuck(p.pid), -ESRCH);
}

/* It sleeps for hours, and its child runs. */
static void have_running_child(const struct peer *p)
{
    if (fork() == 0) {
        WB_MUST_SYS((int)write(p->fd[1], "r", 1));
        for (;;)
            ;
    }
    poll(NULL, 0, -1);
    _exit(0);
}

static void test_family_with_a_runner_is_not_stuck(void **state)
{
    char byte;
    pid_t child = -1;
    (void)state;
    struct peer p = start(have_running_child);
    ssize_t n = read(p.fd[0], &byte, 1);
    int stuck = wb_inspect_stuck(p.pid);
    wb_inspect_children(p.pid, &child, 1);
    if (child > 0)
        kill(child, SIGKILL);
    stop(&p);
    assert_int_equal(n, 1);
    assert_int_equal(stuck, 0);
    assert_true(child > 0);
}

/* A thread that outlives the leader, and looks like a sanitizer's own. */
static void *outlive(void *gate)
{
    sigset_t all;
    sigfillset(&all);
    WB_MUST(pthread_sigmask(SIG_BLOCK, &all, NULL));
    WB_MUST_SYS((int)write(*(int *)gate, "r", 1));
    while (true)
        pause();
    return NULL;
}

static void have_dying_child(const struct peer *p)
{
    static int gate;
    pthread_t thread;
    gate = p->fd[1];
    pid_t child = fork();
    if (child == 0) {
        WB_MUST(pthread_create(&thread, NULL, outlive, &gate));
        syscall(SYS_exit, 0); /* of this thread only */
    }
    waitpid(child, NULL, 0);
    _exit(0);
}

static bool has_dead_leader(pid_t pid)
{
    struct wb_blocked at;
    return wb_proc_blocked(pid, &at) == 0 && at.state == 'Z';
}

static void test_dead_leader_is_not_the_end_of_a_process(void **state)
{
    char byte;
    pid_t child = -1;
    struct wb_blocked at;
    (void)state;
    struct peer p = start(have_dying_child);
    ssize_t n = read(p.fd[0], &byte, 1);
    int rc = wb_proc_wait_blocked(p.pid, "wait4",
                                  wb_deadline_in_ms(PATIENCE_MS), &at);
    wb_inspect_children(p.pid, &child, 1);
    while (rc == 0 && child > 0 && !has_dead_leader(child))
        poll(NULL, 0, 1);
    int stuck = wb_inspect_stuck(p.pid);
    if (child > 0)
        kill(child, SIGKILL);
    stop(&p);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        skip();
    assert_int_equal(rc, 0);
    assert_int_equal(n, 1);
    assert_int_equal(stuck, 0);
}

static void nap(const struct peer *p)
{
    (void)p;
    for (;;)
        poll(NULL, 0, 20000);
}

static void doze(const struct peer *p)
{
    (void)p;
    for (;;)
        poll(NULL, 0, 3600000);
}

static void test_only_sleeps_without_near_end_count(void **state)
{
    (void)state;
    struct peer p = start(nap), q = start(doze);
    struct wb_blocked at;
    bool is_poll =
        wb_proc_wait_blocked(p.pid, "poll", wb_deadline_in_ms(PATIENCE_MS),
                             &at) == 0 &&
        wb_proc_wait_blocked(q.pid, "poll", wb_deadline_in_ms(PATIENCE_MS),
                             &at) == 0;
    int short_one = wb_inspect_stuck(p.pid), long_one = find_stuck(q.pid);
    stop(&p);
    stop(&q);
    if (!is_poll) /* hidden, or a machine whose poll() is ppoll */
        skip();
    assert_int_equal(short_one, 0);
    assert_int_equal(long_one, 1);
}

static void *end_at_once(void *unused)
{
    return unused;
}

/* Threads and children that end while they are looked at. */
static void have_short_lives(const struct peer *p)
{
    (void)p;
    for (;;) {
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
            WB_MUST(pthread_create(&threads[i], NULL, end_at_once, NULL));
        for (int i = 0; i < 4; i++)
            WB_MUST(pthread_join(threads[i], NULL));
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
    }
}

static void test_those_who_end_meanwhile_are_no_error(void **state)
{
    int worst = 0;
    (void)state;
    struct peer p = start(have_short_lives);
    for (int i = 0; i < 400 && worst == 0; i++) {
        uint64_t mark;
        int rc = wb_inspect_look(p.pid, 0, &mark);
        worst = rc < 0 ? rc : 0;
    }
    stop(&p);
    if (worst == -EACCES || worst == -EPERM || worst == -ENOSYS)
        skip();
    assert_int_equal(worst, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_holders_of_each_end),
    cmocka_unit_test(test_children_are_listed),
    cmocka_unit_test(test_sleeper_is_stuck_and_its_waker_is_not),
    cmocka_unit_test(test_family_with_a_runner_is_not_stuck),
    cmocka_unit_test(test_dead_leader_is_not_the_end_of_a_process),
    cmocka_unit_test(test_only_sleeps_without_near_end_count),
    cmocka_unit_test(test_those_who_end_meanwhile_are_no_error),
};

WB_TEST_MAIN(tests)
