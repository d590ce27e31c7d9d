/* Calls that must succeed, deadlines, thread names. See wb/base.h. */

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 30000 };

/* Run the tool in a mode that must end it; return what it wrote to stderr. */
static struct wb_subprocess_result run_tool(const char *mode)
{
    const char *const argv[] = { TOOL, mode, NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    return res;
}

static void expect_abort(const char *mode, const char *const *parts)
{
    struct wb_subprocess_result res = run_tool(mode);
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGABRT);
    for (; *parts != NULL; parts++)
        assert_non_null(strstr(res.err, *parts));
    wb_subprocess_result_free(&res);
}

static void test_must_names_place_expression_and_reason(void **state)
{
    (void)state;
    const char *positive[] = { "tool.c:", "EINVAL", strerror(EINVAL), NULL };
    const char *negative[] = { "tool.c:", "-ETIMEDOUT", strerror(ETIMEDOUT),
                               NULL };
    const char *sys[] = { "tool.c:", "close(-1)", strerror(EBADF), NULL };
    expect_abort("must-positive", positive);
    expect_abort("must-negative", negative);
    expect_abort("must-sys", sys);
}

static int calls;

static int count_call(int rc)
{
    calls++;
    return rc;
}

static void test_must_evaluates_its_call_once(void **state)
{
    (void)state;
    calls = 0;
    WB_MUST(count_call(0));
    assert_int_equal(WB_MUST_SYS(count_call(7)), 7);
    assert_int_equal(calls, 2);
}

static void test_die_exits_with_1_and_a_line(void **state)
{
    (void)state;
    struct wb_subprocess_result res = run_tool("die");
    assert_int_equal(res.outcome, WB_EXITED);
    assert_int_equal(res.code, 1);
    assert_string_equal(res.err, "error: no bread today\n");
    wb_subprocess_result_free(&res);
}

static void test_alloc_gives_zeroed_memory(void **state)
{
    (void)state;
    unsigned char *bytes = wb_alloc(100, 3);
    for (int i = 0; i < 300; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    free(wb_alloc(0, 0));
}

/* -- deadlines ---------------------------------------------------------- */

static void test_deadline_lies_so_far_ahead(void **state)
{
    (void)state;
    int64_t before = wb_now();
    int64_t deadline = wb_deadline_in_ms(1000);
    int64_t after = wb_now();
    assert_true(deadline >= before + 1000000000);
    assert_true(deadline <= after + 1000000000);
}

static void test_deadline_too_far_off_is_forever(void **state)
{
    (void)state;
    assert_true(wb_deadline_in_ms(INT64_MAX) == WB_FOREVER);
    assert_true(wb_deadline_in_ns(INT64_MAX) == WB_FOREVER);
    assert_false(wb_deadline_passed(WB_FOREVER));
    assert_true(wb_deadline_passed(wb_deadline_in_ms(INT64_MIN)));
}

static void test_deadline_passes(void **state)
{
    (void)state;
    assert_true(wb_deadline_passed(wb_now()));
    assert_true(wb_deadline_passed(0));
    assert_false(wb_deadline_passed(wb_deadline_in_ms(3600000)));
}

static void test_deadline_as_timespec(void **state)
{
    (void)state;
    struct timespec ts = wb_deadline_timespec(5000000007);
    assert_int_equal(ts.tv_sec, 5);
    assert_int_equal(ts.tv_nsec, 7);
    ts = wb_deadline_timespec(-1);
    assert_int_equal(ts.tv_sec, 0);
    ts = wb_deadline_timespec(WB_FOREVER);
    assert_true(ts.tv_sec > 9000000000);
}

static void test_deadline_for_poll_rounds_up(void **state)
{
    (void)state;
    assert_int_equal(wb_deadline_poll_ms(WB_FOREVER), -1);
    assert_int_equal(wb_deadline_poll_ms(wb_now()), 0);
    assert_int_equal(wb_deadline_poll_ms(0), 0);
    assert_int_equal(wb_deadline_poll_ms(INT64_MIN), 0);
    assert_int_equal(wb_deadline_poll_ms(WB_FOREVER - 1), INT_MAX);
    /* The clock moves between the two calls, so try until it has not moved
     * by as much as a second. */
    int ms = wb_deadline_poll_ms(wb_deadline_in_ns(1000000001));
    assert_in_range(ms, 1, 1001);
    int64_t soon; /* less than a millisecond, and yet to come when asked */
    do {
        soon = wb_deadline_in_ns(900000);
        ms = wb_deadline_poll_ms(soon);
    } while (wb_deadline_passed(soon));
    assert_int_equal(ms, 1);
}

/* -- waiting for a condition --------------------------------------------- */

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t rung = PTHREAD_COND_INITIALIZER;
static bool bell; /* guarded by mu */

static void *ring(void *arg)
{
    WB_MUST(pthread_mutex_lock(&mu));
    bell = true;
    WB_MUST(pthread_cond_signal(&rung));
    WB_MUST(pthread_mutex_unlock(&mu));
    return arg;
}

static void test_cond_wait_ends_at_its_deadline(void **state)
{
    (void)state;
    int rc = 0;
    WB_MUST(pthread_mutex_lock(&mu));
    while (rc == 0)
        rc = wb_cond_wait_until(&rung, &mu, wb_now());
    assert_int_equal(rc, -ETIMEDOUT);
    WB_MUST(pthread_mutex_unlock(&mu));
}

static void wait_for_bell(int64_t deadline)
{
    pthread_t thread;
    WB_MUST(pthread_mutex_lock(&mu));
    bell = false;
    WB_MUST(pthread_create(&thread, NULL, ring, NULL));
    while (!bell) /* the ringer cannot have it before we wait */
        WB_MUST(wb_cond_wait_until(&rung, &mu, deadline));
    WB_MUST(pthread_mutex_unlock(&mu));
    WB_MUST(pthread_join(thread, NULL));
}

static void test_cond_wait_ends_with_a_signal(void **state)
{
    (void)state;
    wait_for_bell(WB_FOREVER);
    wait_for_bell(wb_deadline_in_ms(PATIENCE_MS));
}

/* -- names ---------------------------------------------------------------- */

struct named {
    char before[WB_THREAD_NAME_MAX], after[WB_THREAD_NAME_MAX];
    char kernel[16];
};

static void *take_name(void *arg)
{
    struct named *n = arg;
    snprintf(n->before, sizeof(n->before), "%s", wb_thread_name());
    wb_thread_name_set("a name of more than fifteen bytes, and then some");
    snprintf(n->after, sizeof(n->after), "%s", wb_thread_name());
    struct wb_blocked self;
    if (wb_thread_blocked(getpid(), gettid(), &self) != -ESRCH)
        snprintf(n->kernel, sizeof(n->kernel), "%s", self.name);
    return NULL;
}

static void test_name_belongs_to_its_thread(void **state)
{
    (void)state;
    struct named n = { 0 };
    struct wb_blocked before, after;
    pthread_t thread;
    wb_thread_blocked(getpid(), getpid(), &before);
    wb_thread_name_set("judge");
    WB_MUST(pthread_create(&thread, NULL, take_name, &n));
    WB_MUST(pthread_join(thread, NULL));
    wb_thread_blocked(getpid(), getpid(), &after);
    assert_string_equal(n.before, "thread");
    assert_string_equal(n.after, "a name of more than fifteen byt");
    assert_string_equal(n.kernel, "a name of more ");
    assert_string_equal(wb_thread_name(), "judge");
    assert_string_equal(before.name, after.name);
}

static void test_log_lines_never_mix(void **state)
{
    (void)state;
    struct wb_subprocess_result res = run_tool("log-from-threads");
    int next[4] = { 0 }, lines = 0;
    char *rest = res.err, *line;
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char name[5], expected[80];
        assert_int_equal(sscanf(line, "[%4s]", name), 1);
        int which = name[0] - 'a';
        assert_in_range(which, 0, 3);
        snprintf(expected, sizeof(expected),
                 "[%.4s] line %d of mine, and some more to be cut in two", name,
                 next[which]++);
        assert_string_equal(line, expected);
        lines++;
    }
    assert_int_equal(lines, 800);
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_must_names_place_expression_and_reason),
    cmocka_unit_test(test_must_evaluates_its_call_once),
    cmocka_unit_test(test_die_exits_with_1_and_a_line),
    cmocka_unit_test(test_alloc_gives_zeroed_memory),
    cmocka_unit_test(test_deadline_lies_so_far_ahead),
    cmocka_unit_test(test_deadline_too_far_off_is_forever),
    cmocka_unit_test(test_deadline_passes),
    cmocka_unit_test(test_deadline_as_timespec),
    cmocka_unit_test(test_deadline_for_poll_rounds_up),
    cmocka_unit_test(test_cond_wait_ends_at_its_deadline),
    cmocka_unit_test(test_cond_wait_ends_with_a_signal),
    cmocka_unit_test(test_name_belongs_to_its_thread),
    cmocka_unit_test(test_log_lines_never_mix),
};

WB_TEST_MAIN(tests)
