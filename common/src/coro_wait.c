/*
 * How a coroutine waits: it parks, and something wakes it. See coro_impl.h
 * and wb/coro.h.
 *
 * Between the moment one is woken and the moment it runs, it is ready: what
 * it was woken with is settled. A cancel that comes then is kept for its next
 * wait, so that nothing that was handed to it is lost.
 */

#include <errno.h>

#include "coro_impl.h"
#include "wb/base.h"

enum { CALLS_WITHOUT_WAIT = 64, NS_PER_MS = 1000000 };

static int suspend(struct wbc_loop *l, struct wb_coro *self)
{
    wb_fiber_switch(&self->fiber, &l->home);
    return self->wake;
}

/* region: park */
int wbc_park(struct wb_coro_list *waiters, int64_t deadline)
{
    struct wbc_loop *l = wbc_loop;
    struct wb_coro *self = l->current;
    if (self->cancel) {
        self->cancel = false;
        return -ECANCELED;
    }
    if (deadline != WB_FOREVER) {
        if (deadline <= wb_coro_now())
            return -ETIMEDOUT;
        wbc_timer_arm(&l->timers, self, deadline);
    }
    self->state = WBC_PARKED;
    if (waiters != NULL)
        wbc_list_append(waiters, &self->link);
    return suspend(l, self);
}
/* endregion: park */

int wbc_park_shielded(void)
{
    struct wb_coro *self = wbc_loop->current;
    self->state = WBC_PARKED;
    self->shielded = true;
    int rc = suspend(wbc_loop, self);
    self->shielded = false;
    return rc;
}

/* What a thread wakes may be asleep in the kernel together with its loop. */
__attribute__((cold)) _Noreturn static void
woken_from_outside(const struct wb_coro *c)
{
    wb_misuse("\"%s\" (%s:%d) was woken by a thread that does not run its "
              "loop: post what does it with wb_coro_call_soon_threadsafe()",
              c->name, c->file, c->line);
}

void wbc_wake(struct wb_coro *c, int rc)
{
    if (wbc_loop == NULL)
        woken_from_outside(c);
    wbc_timer_disarm(&wbc_loop->timers, c);
    wbc_list_remove(&c->link);
    c->wake = rc;
    c->state = WBC_READY;
    wbc_list_append(&wbc_loop->ready, &c->link);
}

bool wbc_wake_first(struct wb_coro_list *waiters, int rc)
{
    if (wbc_list_empty(waiters))
        return false;
    wbc_wake((struct wb_coro *)waiters->next, rc);
    return true;
}

void wbc_wake_all(struct wb_coro_list *waiters, int rc)
{
    while (wbc_wake_first(waiters, rc))
        continue;
}

void wb_coro_cancel(struct wb_coro *c)
{
    wbc_need_loop("wb_coro_cancel");
    if (c->state == WBC_FREE)
        wb_misuse("wb_coro_cancel: this coroutine has been awaited already");
    if (c->state == WBC_DONE)
        return;
    if (c->state == WBC_PARKED && !c->shielded)
        wbc_wake(c, -ECANCELED);
    else
        c->cancel = true;
}

/* -- letting others run ---------------------------------------------------- */

static void go_to_the_end(void)
{
    struct wb_coro *self = wbc_loop->current;
    self->wake = 0;
    self->state = WBC_READY;
    wbc_list_append(&wbc_loop->ready, &self->link);
    suspend(wbc_loop, self);
}

void wbc_breathe(void)
{
    if (++wbc_loop->calls >= CALLS_WITHOUT_WAIT)
        go_to_the_end();
}

int wb_coro_yield(void)
{
    struct wb_coro *self = wbc_need_self("wb_coro_yield");
    if (self->cancel) {
        self->cancel = false;
        return -ECANCELED;
    }
    go_to_the_end();
    return 0;
}

/* -- time ------------------------------------------------------------------ */

int64_t wb_coro_now(void)
{
    const struct wbc_loop *l = wbc_loop;
    return l != NULL && l->options.virtual_time ? l->virtual_now : wb_now();
}

int64_t wb_coro_deadline_in_ms(int64_t ms)
{
    int64_t ns, deadline;
    if (__builtin_mul_overflow(ms, (int64_t)NS_PER_MS, &ns))
        return ms > 0 ? WB_FOREVER : 0;
    if (__builtin_add_overflow(wb_coro_now(), ns, &deadline))
        return WB_FOREVER;
    return deadline;
}

int wb_coro_sleep_until(int64_t when)
{
    wbc_need_self("wb_coro_sleep_until");
    if (when <= wb_coro_now())
        return wb_coro_yield();
    int rc = wbc_park(NULL, when);
    return rc == -ETIMEDOUT ? 0 : rc;
}

int wb_coro_sleep_ms(int64_t ms)
{
    return wb_coro_sleep_until(wb_coro_deadline_in_ms(ms));
}

void wb_coro_advance(int64_t ns)
{
    struct wbc_loop *l = wbc_need_loop("wb_coro_advance");
    if (!l->options.virtual_time)
        wb_misuse("wb_coro_advance: this loop lives in real time; start it "
                  "with .virtual_time = true");
    if (ns < 0)
        wb_misuse("wb_coro_advance: time does not go back");
    l->virtual_now += ns;
}
