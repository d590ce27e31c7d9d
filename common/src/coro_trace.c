/*
 * What a trace shows of a loop: each coroutine has a track, and on it a span
 * for each of its turns; on the track of the loop's thread stand what is
 * called on it, and when it waits for the world. See wb/trace.h.
 */

#include <stdio.h>

#include "coro_impl.h"
#include "wb/base.h"
#include "wb/trace.h"

bool wbc_trace_turn(struct wb_coro *c)
{
    char name[WB_TRACE_NAME_MAX];
    if (!WB_TRACE_IS_ON)
        return false;
    snprintf(name, sizeof(name), "%.20s %llu", c->name,
             (unsigned long long)c->id);
    if (c->track == 0)
        c->track = wb_trace_track(name) + 1;
    wb_trace_begin_on(c->track - 1, c->name);
    return true;
}

static void on_prepare(uv_prepare_t *before)
{
    (void)before;
    wb_trace_begin("poll");
}

static void on_check(uv_check_t *after)
{
    (void)after;
    wb_trace_end();
}

/* Neither of the two keeps libuv waiting. */
void wbc_trace_open(struct wbc_loop *l)
{
    l->traced = WB_TRACE_IS_ON;
    if (!l->traced)
        return;
    WB_MUST(uv_prepare_init(&l->uv, &l->before_poll));
    WB_MUST(uv_check_init(&l->uv, &l->after_poll));
    WB_MUST(uv_prepare_start(&l->before_poll, on_prepare));
    WB_MUST(uv_check_start(&l->after_poll, on_check));
    uv_unref((uv_handle_t *)&l->before_poll);
    uv_unref((uv_handle_t *)&l->after_poll);
}

void wbc_trace_close(struct wbc_loop *l)
{
    if (!l->traced)
        return;
    uv_close((uv_handle_t *)&l->before_poll, NULL);
    uv_close((uv_handle_t *)&l->after_poll, NULL);
}
