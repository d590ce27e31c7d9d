/*
 * What must end a program of coroutines, and with what words. coro_tool.c
 * does it.
 */

#include <signal.h>
#include <string.h>

#include "wb/base.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 30000 };

static void expect_end(const char *mode, int sig, const char *message)
{
    const char *const argv[] = { CORO_TOOL, mode, NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    if (res.outcome != (sig != 0 ? WB_SIGNALED : WB_EXITED) ||
        res.code != sig || strstr(res.err, message) == NULL)
        wb_fail(WB_WRONG_ANSWER, "%s ended with %d and said: %s", mode,
                res.code, res.err);
    wb_subprocess_result_free(&res);
}

static void test_misuse_is_told(void **state)
{
    static const char *const table[][2] = {
        { "await-outside", "wb_coro_await: there is no loop on this thread" },
        { "spawn-outside", "wb_coro_spawn: there is no loop on this thread" },
        { "event-outside", "wb_coro_event_wait: there is no loop on this" },
        { "semaphore-outside", "acquire: there is no loop on this thread" },
        { "done-too-often", "called once more than items popped" },
        { "cancel-after-await", "wb_coro_cancel: this coroutine has been" },
        { "await-twice", "wb_coro_await: this coroutine has been awaited" },
        { "await-from-two", "\"nap\" (coro_tool.c:" },
        { "await-detached", "\"nap\" (coro_tool.c:" },
        { "await-self", "waits for itself" },
        { "detach-first", "is the first of its loop" },
        { "gather-twice", "is awaited twice" },
        { "leave-two",
          "2 coroutines were never awaited, the first is \"nap\"" },
        { "run-inside", "this thread is inside a loop already" },
        { "advance-real-time", "this loop lives in real time" },
        { "submit-to-itself", "the loop would wait for itself" },
        { "set-from-a-thread", "was woken by a thread that does not run its" },
        { "event-of-zeros", "not initialised: use WB_CORO_EVENT_INIT" },
        { "wait-in-callback", "a callback of the loop must not wait" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        expect_end(table[i][0], SIGABRT, table[i][1]);
}

static void test_lost_error_is_told(void **state)
{
    (void)state;
    expect_end("forget-error", 0, "\"fail\" (coro_tool.c:");
}

static void test_no_memory_for_a_stack_is_told(void **state)
{
    const char *const argv[] = { CORO_TOOL, "boundless-stack", NULL };
    (void)state;
    wb_expect_run(argv, PATIENCE_MS, 1, "",
                  "error: no memory for coroutine 1, \"nothing\"\n");
}

static void expect_overflow(const char *mode, const char *message, bool there)
{
    const char *const argv[] = { CORO_TOOL, mode, NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    if (res.outcome == WB_EXITED && res.code == 0)
        wb_fail(WB_WRONG_ANSWER, "%s did not end it", mode);
    if ((strstr(res.err, message) != NULL) != there)
        wb_fail(WB_WRONG_ANSWER, "%s said: %s", mode, res.err);
    wb_subprocess_result_free(&res);
}

static void test_overflow_names_the_coroutine(void **state)
{
    (void)state;
    expect_overflow("overflow", "\"overflow\" (coro_tool.c:", true);
}

static void test_overflow_without_a_guard_is_noticed(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* so many fibers are more than it can have */
#endif
    expect_overflow("overflow-in-a-crowd",
                    "\"overflow_unguarded\" (coro_tool.c:", true);
}

static void test_another_fault_is_no_overflow(void **state)
{
    (void)state;
    expect_overflow("crash", "overflowed", false);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_misuse_is_told),
    cmocka_unit_test(test_lost_error_is_told),
    cmocka_unit_test(test_no_memory_for_a_stack_is_told),
    cmocka_unit_test(test_overflow_names_the_coroutine),
    cmocka_unit_test(test_overflow_without_a_guard_is_noticed),
    cmocka_unit_test(test_another_fault_is_no_overflow),
};

WB_TEST_MAIN(tests)
