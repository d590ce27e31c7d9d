/*
 * The debug mode: who held the loop, and for how long. See wb/coro_loop.h.
 *
 * Time is that of the loop. So a test in virtual time says itself how long a
 * function takes, and the report is the same on every machine.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coro_impl.h"
#include "wb/base.h"

enum { NS_PER_MS = 1000000, SLOW_MS = 100 };

int64_t wbc_step_begin(const struct wbc_loop *l)
{
    return l->debug ? wb_coro_now() : -1;
}

void wbc_step_end(struct wbc_loop *l, int64_t began,
                  const struct wb_coro_slow *who)
{
    struct wb_coro_slow slow = *who;
    slow.ns = wb_coro_now() - began;
    if (began < 0 || slow.ns < l->options.slow_ns)
        return;
    if (l->options.on_slow != NULL)
        l->options.on_slow(&slow, l->options.arg);
    else
        fprintf(stderr, "slow: %s \"%s\" (%s:%d) held the loop for %lld ms\n",
                slow.callback ? "callback" : "coroutine", slow.name, slow.file,
                slow.line, (long long)(slow.ns / NS_PER_MS));
}

void wb_coro_debug(bool on)
{
    wbc_need_loop("wb_coro_debug")->debug = on;
}

static bool asked_for(void)
{
    const char *text = getenv("WB_CORO_DEBUG");
    return text != NULL && *text != '\0' && strcmp(text, "0") != 0;
}

static int64_t too_slow(void)
{
    const char *text = getenv("WB_CORO_SLOW_MS");
    char *end;
    if (text == NULL || *text == '\0')
        return (int64_t)SLOW_MS * NS_PER_MS;
    long ms = strtol(text, &end, 10);
    if (*end != '\0' || ms < 1 || ms > INT32_MAX)
        wb_die("WB_CORO_SLOW_MS is \"%s\": give milliseconds, at least 1",
               text);
    return (int64_t)ms * NS_PER_MS;
}

void wbc_debug_open(struct wbc_loop *l)
{
    l->debug = l->options.debug || asked_for();
    if (l->options.slow_ns <= 0)
        l->options.slow_ns = too_slow();
}
