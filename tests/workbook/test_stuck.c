/* stuck.h: who waits for ever, and who only waits to be reaped. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stuck.h"
#include "wb/base.h"
#include "wb/testkit.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void end_at_once(void)
{
    _exit(0);
}

static void wait_for_ever(void)
{
    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(pthread_mutex_lock(&mu));
}

/* A process that does this, the leader of its group. */
static pid_t start(void (*does)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        does();
        _exit(1);
    }
    assert_true(pid > 0);
    setpgid(pid, pid);
    return pid;
}

static void stop(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* ThreadSanitizer has a thread that sleeps by the clock. */
static void test_who_waits_for_himself_is_stuck(void **state)
{
#ifdef __SANITIZE_THREAD__
    skip();
#endif
    pid_t pid = start(wait_for_ever);
    int64_t deadline = wb_deadline_in_ms(30000);
    bool stuck = false;
    (void)state;
    while (!stuck && !wb_deadline_passed(deadline))
        stuck = wb_stuck_for_ever(pid);
    stop(pid);
    assert_true(stuck);
}

static void test_who_has_ended_is_not_stuck(void **state)
{
    siginfo_t how;
    pid_t pid = start(end_at_once);
    (void)state;
    assert_int_equal(waitid(P_PID, (id_t)pid, &how, WEXITED | WNOWAIT), 0);
    bool stuck = wb_stuck_for_ever(pid);
    stop(pid);
    assert_false(stuck);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_who_waits_for_himself_is_stuck),
    cmocka_unit_test(test_who_has_ended_is_not_stuck),
};
WB_TEST_MAIN(tests)
