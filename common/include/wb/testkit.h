#ifndef WB_TESTKIT_H
#define WB_TESTKIT_H

/**
 * @file testkit.h
 * CMocka with verdicts, a watchdog, and eyes for what a process is stuck in.
 *
 *     static void test_total_is_exact(void **state)
 *     {
 *         (void)state;
 *         wb_expect(count_to(1000) == 1000, WB_WRONG_ANSWER,
 *                   "count_to(1000) gave something else");
 *     }
 *
 *     static const struct CMUnitTest tests[] = {
 *         cmocka_unit_test(test_total_is_exact),
 *     };
 *     WB_TEST_MAIN(tests)
 *
 * A test program prints at least one line "verdict: KIND: message" on stdout,
 * KIND a word of verdict.h; the first such line is the one that counts. So
 * that no silence passes for success, a run where nothing failed prints
 * "verdict: clean: ..." at its end.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#include "wb/inspect.h"
#include "wb/subprocess.h"
#include "wb/verdict.h"

/* -- running ------------------------------------------------------------ */

/** Define main() for an array of struct CMUnitTest. Arguments: see run. */
#define WB_TEST_MAIN(tests)                                                    \
    int main(int argc, char **argv)                                            \
    {                                                                          \
        (void)argc;                                                            \
        return wb_run_tests(argv, tests, sizeof(tests) / sizeof((tests)[0]));  \
    }

/** The words of a command, as an array that ends with NULL. */
#define WB_ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/**
 * Run n tests, in order, as one cmocka group named after argv[0]; argv[1], if
 * there, is a pattern that chooses tests ("test_close*").
 *
 * Each run is watched from a separate process, which is no child of this one
 * but counts as one of its group.
 * After WB_WATCHDOG_SECONDS (from the environment; 60) it prints what every
 * thread is blocked in, then "verdict: deadlock: ..." when all of them sleep
 * in a lock, a pipe or a socket, or "verdict: livelock: ..." when one goes on
 * running, and kills this process and its children. A signal such as SEGV
 * gives "verdict: crash: signal SEGV in TEST" and ends the process; so does a
 * call of exit() inside a test ("verdict: crash: exit called in TEST").
 *
 * @return 0 when none failed, else 1: the value for main() to return
 */
int wb_run_tests(char **argv, const struct CMUnitTest *tests, size_t n);

/* -- failing ------------------------------------------------------------ */

/**
 * Print "verdict: KIND: message" as one line (line breaks in it become
 * blanks) and fail the running test. On the main thread only: elsewhere it is
 * misuse and aborts; workers record, the main thread judges after the join.
 */
#define wb_fail(kind, ...) wb_fail_at(__FILE__, __LINE__, (kind), __VA_ARGS__)

/** What wb_fail() expands to. */
_Noreturn void wb_fail_at(const char *file, int line, enum wb_verdict kind,
                          const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** wb_fail() unless cond holds. */
#define wb_expect(cond, kind, ...)                                             \
    do {                                                                       \
        if (!(cond))                                                           \
            wb_fail((kind), __VA_ARGS__);                                      \
    } while (0)

/**
 * @return the path of the file that is judged, from WB_CANDIDATE in the
 * environment. Without it the test fails and says what to set.
 */
const char *wb_candidate_source(void);

/**
 * Run a program under a deadline of ms milliseconds from now, with its group
 * and whoever escaped from it killed at the end. A program that cannot be
 * started fails the running test; how it ended is for the caller to judge.
 *
 * @param res  filled; free it with wb_subprocess_result_free()
 */
void wb_run_watched(const char *const *argv, int64_t ms,
                    struct wb_subprocess_result *res);

/**
 * Run it likewise, and fail the running test unless it exits with that status
 * and has printed just this on stdout and stderr.
 *
 * @param err  NULL: whatever it was
 */
void wb_expect_run(const char *const *argv, int64_t ms, int code,
                   const char *out, const char *err);

/**
 * Write "TMPDIR/NAME-XXXXXX" to dst, for mkstemp() or mkdtemp(): TMPDIR as the
 * tests were given it, or else /tmp. Fails the running test if it is too long.
 * Main thread only.
 * @return dst
 */
char *wb_scratch_path(char *dst, size_t size, const char *name);

/* -- looking at a program that runs --------------------------------------- */

/**
 * Look again and again until p and all its children sleep for ever, as
 * wb_inspect_stuck() sees it. Nothing is ordered by time: deadline only bounds
 * a hang.
 * @return 0, -ETIMEDOUT, -ESRCH (it has ended) or as wb_inspect_stuck()
 */
int wb_await_stuck(struct wb_subprocess *p, int64_t deadline);

/**
 * Skip the running test, and say why, if rc is what a look into /proc returns
 * where the kernel hides what a process is blocked in.
 */
void wb_skip_if_hidden(int rc);

#endif
