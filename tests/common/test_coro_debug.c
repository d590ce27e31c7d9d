/*
 * What one sees of a loop from outside: the debug mode, which names who held
 * it too long, and traces. See wb/coro_loop.h.
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/coro_sync.h"
#include "wb/testkit.h"
#include "wb/trace.h"

enum { PATIENCE_MS = 30000 };

struct slowness {
    struct wb_coro_slow last;
    int times;
};

static void note_slow(const struct wb_coro_slow *slow, void *arg)
{
    struct slowness *s = arg;
    s->last = *slow;
    s->times++;
}

static int crunch(void *arg)
{
    (void)arg;
    wb_coro_advance(40 * MS);
    wb_coro_yield();
    wb_coro_advance(250 * MS);
    return wb_coro_sleep_ms(1000); /* waiting holds nobody up */
}

static void crunch_in_callback(void *arg)
{
    (void)arg;
    wb_coro_advance(110 * MS);
}

static int hold_the_loop(void *arg)
{
    struct slowness *s = arg;
    int line = __LINE__ + 1;
    WB_MUST(wb_coro_await(wb_coro_spawn(crunch, NULL)));
    assert_int_equal(s->times, 1);
    assert_string_equal(s->last.name, "crunch");
    assert_string_equal(s->last.file, "test_coro_debug.c");
    assert_int_equal(s->last.line, line);
    assert_true(s->last.ns == 250 * MS);
    assert_false(s->last.callback);
    WB_MUST(
        wb_coro_call_soon_threadsafe(wb_coro_loop(), crunch_in_callback, NULL));
    WB_MUST(wb_coro_sleep_ms(1));
    assert_int_equal(s->times, 2);
    assert_string_equal(s->last.name, "crunch_in_callback");
    assert_true(s->last.callback);
    wb_coro_debug(false);
    WB_MUST(wb_coro_await(wb_coro_spawn(crunch, NULL)));
    assert_int_equal(s->times, 2);
    return 0;
}

static void test_debug_mode_names_the_slow(void **state)
{
    (void)state;
    struct slowness s = { .times = 0 };
    struct wb_coro_options options = {
        .virtual_time = true, .debug = true, .on_slow = note_slow, .arg = &s
    };
    assert_int_equal(wb_coro_run_with(&options, hold_the_loop, &s), 0);
}

static void expect_held(const char *debug, const char *ms, const char *said)
{
    char set_debug[64], set_ms[64];
    snprintf(set_debug, sizeof(set_debug), "WB_CORO_DEBUG=%s", debug);
    snprintf(set_ms, sizeof(set_ms), "WB_CORO_SLOW_MS=%s", ms);
    const char *const argv[] = { "/usr/bin/env", set_debug, set_ms,
                                 CORO_TOOL,      "hold",    NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    if (said == NULL ? res.err[0] != '\0' : strstr(res.err, said) == NULL)
        wb_fail(WB_WRONG_ANSWER, "with %s and %s it said: %s", set_debug,
                set_ms, res.err);
    wb_subprocess_result_free(&res);
}

static void test_environment_turns_it_on(void **state)
{
    (void)state;
    expect_held("1", "", "slow: coroutine \"hold\" (coro_tool.c:");
    expect_held("1", "250", "held the loop for 250 ms\n");
    expect_held("1", "251", NULL);
    expect_held("0", "1", NULL);
    expect_held("", "1", NULL);
    expect_held("1", "12x", "error: WB_CORO_SLOW_MS is \"12x\"");
    expect_held("1", "0", "error: WB_CORO_SLOW_MS is \"0\"");
    expect_held("1", "soon", "error: WB_CORO_SLOW_MS is \"soon\"");
}

static int answer(void *arg)
{
    return *(int *)arg + 1;
}

/* -- traces --------------------------------------------------------------- */

static int run_traced(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(answer, arg);
    return wb_coro_await(c);
}

/* The trace of a coroutine that returns 2. */
static void trace(wb_coro_fn fn, char *text, size_t size)
{
    char path[PATH_MAX];
    int question = 1;
    int fd = WB_MUST_SYS(mkstemp(wb_scratch_path(path, sizeof(path), "coro")));
    WB_MUST(wb_trace_open(path));
    assert_int_equal(wb_coro_run(fn, &question), 2);
    WB_MUST(wb_trace_close());
    close(fd);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    text[fread(text, 1, size - 1, f)] = '\0';
    fclose(f);
    unlink(path);
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

static void test_trace_has_a_track_for_each(void **state)
{
    (void)state;
    char text[8192];
    trace(run_traced, text, sizeof(text));
    assert_non_null(strstr(text, "\"fn 1\"")); /* as it was spelt */
    assert_non_null(strstr(text, "\"answer 2\""));
}

static void ring(void *arg)
{
    wb_coro_event_set(arg);
}

static int run_busily(void *arg)
{
    struct wb_coro_event rung = WB_CORO_EVENT_INIT(rung);
    WB_MUST(wb_coro_call_soon_threadsafe(wb_coro_loop(), ring, &rung));
    WB_MUST(wb_coro_event_wait(&rung, WB_FOREVER));
    WB_MUST(wb_coro_sleep_ms(1));
    return wb_coro_run_in_executor(answer, arg);
}

static void test_trace_shows_what_threads_of_a_loop_do(void **state)
{
    (void)state;
    char text[8192];
    trace(run_busily, text, sizeof(text));
    assert_int_equal(count(text, "\"name\":\"ring\""), 1);
    assert_int_equal(count(text, "\"name\":\"job\""), 1);
    assert_true(count(text, "\"name\":\"poll\"") > 0);
    assert_int_equal(count(text, "\"ph\":\"B\""), count(text, "\"ph\":\"E\""));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_debug_mode_names_the_slow),
    cmocka_unit_test(test_environment_turns_it_on),
    cmocka_unit_test(test_trace_has_a_track_for_each),
    cmocka_unit_test(test_trace_shows_what_threads_of_a_loop_do),
};

WB_TEST_MAIN(tests)
