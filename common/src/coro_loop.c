/*
 * The loop: who runs next, when to ask libuv, and how it all ends. See
 * wb/coro_loop.h.
 *
 * A round runs everybody who was ready when it began. After it libuv is asked
 * for events if nobody is ready or many turns have passed, and for how long
 * depends: not at all while somebody is ready, else until the next deadline.
 * Deadlines are looked at after each round: that takes no system call. Events
 * and deadlines only make coroutines ready; none of them runs inside of libuv.
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coro_impl.h"
#include "wb/base.h"
#include "wb/trace.h"

enum { STEPS_BETWEEN_POLLS = 64, DUE_AT_ONCE = 64, NS_PER_MS = 1000000 };

/* -- running --------------------------------------------------------------- */

void wbc_body(void *arg)
{
    struct wb_coro *self = arg;
    self->result = self->fn(self->arg);
    self->state = WBC_DONE;
    wb_fiber_leave(&self->fiber, &wbc_loop->home);
}

static void step(struct wbc_loop *l, struct wb_coro *c)
{
    int64_t began = wbc_step_begin(l);
    bool traced = wbc_trace_turn(c);
    wbc_list_remove(&c->link);
    c->state = WBC_RUNNING;
    l->current = c;
    l->calls = 0;
    wb_fiber_switch(&l->home, &c->fiber);
    l->current = NULL;
    if (traced)
        wb_trace_end_on(c->track - 1);
    if (c->below != NULL)
        wbc_stack_check(c);
    if (l->debug)
        wbc_step_end(l, began,
                     &(struct wb_coro_slow){
                         .name = c->name, .file = c->file, .line = c->line });
    if (c->state == WBC_DONE)
        wbc_ended(l, c);
}

/* With many coroutines each one's memory has left the processor's cache when
 * its turn comes. Asked for one turn ahead, it is there in time: the head of
 * its stack with the canary, and the frames below that. */
static void fetch_ahead(const char *coro)
{
    enum { LINE = 64, LINES_OF_HEAD = 6, LINES_OF_FRAMES = 8 };
    for (int i = -LINES_OF_FRAMES; i < LINES_OF_HEAD; i++)
        __builtin_prefetch(coro + (ptrdiff_t)i * LINE, 1);
}

/* region: round */
static void run_ready(struct wbc_loop *l)
{
    struct wb_coro_list batch;
    wbc_list_init(&batch);
    wbc_list_append(&l->ready, &batch);
    wbc_list_remove(&l->ready); /* batch is the head of the list now */
    while (!wbc_list_empty(&batch)) {
        fetch_ahead((const char *)batch.next->next);
        step(l, (struct wb_coro *)batch.next);
        l->steps++;
    }
}
/* endregion: round */

/* -- waiting for the world
 * ------------------------------------------------------ */

/* libuv may find that the alarm is due before it begins to wait, if this
 * thread was held up meanwhile; and then it would wait for ever, with no
 * timer left. To be told to stop keeps it from waiting. */
static void on_alarm(uv_timer_t *alarm)
{
    uv_stop(alarm->loop);
}

static void wait_until(struct wbc_loop *l, int64_t next)
{
    if (next == WB_FOREVER) {
        uv_run(&l->uv, UV_RUN_ONCE);
        return;
    }
    int64_t ns = next - wb_now();
    if (ns <= 0) {
        uv_run(&l->uv, UV_RUN_NOWAIT);
        return;
    }
    uv_update_time(&l->uv);
    WB_MUST(uv_timer_start(&l->alarm, on_alarm,
                           (uint64_t)((ns - 1) / NS_PER_MS + 1), 0));
    uv_run(&l->uv, UV_RUN_ONCE);
    WB_MUST(uv_timer_stop(&l->alarm));
}

/* Only when nothing happens by itself, time passes. */
static void wait_virtually(struct wbc_loop *l, int64_t next)
{
    uv_run(&l->uv, UV_RUN_NOWAIT);
    if (!wbc_list_empty(&l->ready))
        return;
    if (l->jobs > 0 || next == WB_FOREVER)
        uv_run(&l->uv, UV_RUN_ONCE);
    else if (l->virtual_now < next)
        l->virtual_now = next;
}

static void ask_the_world(struct wbc_loop *l)
{
    int64_t next = wbc_timer_next(&l->timers);
    if (!wbc_list_empty(&l->ready))
        uv_run(&l->uv, UV_RUN_NOWAIT);
    else if (l->options.virtual_time)
        wait_virtually(l, next);
    else
        wait_until(l, next);
    l->steps = 0;
}

/* When nobody else is ready, only a few: they run while what waking them has
 * touched is still in the processor's cache, and then come the next. */
static void wake_due(struct wbc_loop *l)
{
    bool alone = wbc_list_empty(&l->ready);
    int64_t now = wb_coro_now();
    struct wb_coro *c;
    for (int n = 0; !alone || n < DUE_AT_ONCE; n++) {
        if ((c = wbc_timer_pop(&l->timers, now)) == NULL)
            return;
        wbc_wake(c, -ETIMEDOUT);
    }
}

static void between_rounds(struct wbc_loop *l)
{
    if (wbc_list_empty(&l->ready) || l->steps >= STEPS_BETWEEN_POLLS)
        ask_the_world(l);
    if (l->timers.size > 0)
        wake_due(l);
}

/* -- from beginning to end
 * ------------------------------------------------------- */

/* One loop is opened after the other: libuv closes descriptors behind the
 * back of ThreadSanitizer, which takes two threads that are given the same
 * number, one after the other, for a race. */
static pthread_mutex_t open_mu = PTHREAD_MUTEX_INITIALIZER;

static void open_uv(struct wbc_loop *l)
{
    WB_MUST(pthread_mutex_lock(&open_mu));
    WB_MUST(uv_loop_init(&l->uv));
    WB_MUST(uv_timer_init(&l->uv, &l->alarm));
    wbc_mailbox_open(l);
    wbc_trace_open(l);
    WB_MUST(pthread_mutex_unlock(&open_mu));
}

static void open_loop(struct wbc_loop *l, const struct wb_coro_options *options)
{
    open_uv(l);
    l->options = *options;
    wbc_debug_open(l);
    wbc_list_init(&l->ready);
    wb_fiber_thread(&l->home);
    wbc_stacks_open(&l->stacks, options->stack_size);
}

static void close_loop(struct wbc_loop *l)
{
    wbc_streams_close(l);
    wbc_trace_close(l);
    uv_close((uv_handle_t *)&l->alarm, NULL);
    uv_close((uv_handle_t *)&l->doorbell, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    WB_MUST(uv_loop_close(&l->uv));
    wbc_stacks_close(&l->stacks);
    free(l->timers.items);
}

static void tell_over(struct wb_coro *c, void *arg)
{
    (void)arg;
    if (!c->detached || c->told_over)
        return;
    c->told_over = true;
    wb_coro_cancel(c);
}

/* The first coroutine has returned: the detached ones end, and those that
 * they spawn meanwhile. */
static void end_detached(struct wbc_loop *l)
{
    while (l->detached > 0) {
        uint64_t last_id = l->last_id;
        size_t alive = l->alive;
        wbc_stacks_each(&l->stacks, tell_over, NULL);
        for (run_ready(l); l->alive == alive && l->last_id == last_id;
             run_ready(l))
            between_rounds(l);
    }
}

struct orphans {
    size_t n;
    const struct wb_coro *first;
};

static void count_orphan(struct wb_coro *c, void *arg)
{
    struct orphans *o = arg;
    if (c == wbc_loop->main)
        return;
    o->n++;
    if (o->first == NULL || c->id < o->first->id)
        o->first = c;
}

static void forbid_orphans(struct wbc_loop *l)
{
    struct orphans o = { 0, NULL };
    if (l->stacks.taken == 1) /* by the first coroutine itself */
        return;
    wbc_stacks_each(&l->stacks, count_orphan, &o);
    if (o.n > 0)
        wb_misuse("wb_coro_run: %zu coroutine%s never awaited, the first is "
                  "\"%s\" (%s:%d): await, gather or detach each",
                  o.n, o.n == 1 ? " was" : "s were", o.first->name,
                  o.first->file, o.first->line);
}

int wb_coro_run_with_at(const struct wb_coro_options *options, wb_coro_fn fn,
                        void *arg, const char *name, const char *file, int line)
{
    if (wbc_loop != NULL)
        wb_misuse("wb_coro_run: this thread is inside a loop already: spawn "
                  "a coroutine there");
    struct wbc_loop *l = wb_alloc(1, sizeof(*l));
    open_loop(l, options);
    wbc_loop = l;
    l->main = wbc_spawn(l, fn, arg, name, file, line);
    for (run_ready(l); l->main->state != WBC_DONE; run_ready(l))
        between_rounds(l);
    do {
        end_detached(l);
        forbid_orphans(l);
    } while (!wbc_mailbox_close(l));
    int result = l->main->result;
    wbc_stack_give(&l->stacks, l->main);
    close_loop(l);
    wbc_loop = NULL;
    free(l);
    return result;
}

int wb_coro_run_at(wb_coro_fn fn, void *arg, const char *name, const char *file,
                   int line)
{
    struct wb_coro_options options = { 0 };
    return wb_coro_run_with_at(&options, fn, arg, name, file, line);
}
