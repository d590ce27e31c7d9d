/*
 * Coroutines: spawn, await, gather. See wb/coro.h.
 *
 * One that has ended keeps its place, its result in it, until somebody takes
 * it: a waiter, a gather, or nobody if it is detached. Who waits is known to
 * the one waited for, so that its end can wake the other.
 */

#include <errno.h>
#include <string.h>

#include "coro_impl.h"
#include "wb/base.h"

_Thread_local struct wbc_loop *wbc_loop;

struct wbc_loop *wbc_need_loop(const char *call)
{
    if (wbc_loop == NULL)
        wb_misuse("%s: there is no loop on this thread: call it inside of "
                  "wb_coro_run()",
                  call);
    return wbc_loop;
}

struct wb_coro *wbc_need_self(const char *call)
{
    struct wb_coro *self = wbc_need_loop(call)->current;
    if (self == NULL)
        wb_misuse("%s: a callback of the loop must not wait: have it spawn a "
                  "coroutine that does",
                  call);
    return self;
}

const char *wbc_base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash != NULL ? slash + 1 : file;
}

/* -- life ------------------------------------------------------------------ */

struct wb_coro *wbc_spawn(struct wbc_loop *l, wb_coro_fn fn, void *arg,
                          const char *name, const char *file, int line)
{
    struct wb_coro *c = wbc_stack_take(&l->stacks);
    if (c == NULL)
        wb_die("no memory for coroutine %zu, \"%s\"", l->alive + 1, name);
    c->id = ++l->last_id;
    c->fn = fn;
    c->arg = arg;
    c->name = name;
    c->file = wbc_base_name(file);
    c->line = line;
    c->state = WBC_READY;
    wbc_list_append(&l->ready, &c->link);
    l->alive++;
    return c;
}

struct wb_coro *wb_coro_spawn_at(wb_coro_fn fn, void *arg, const char *name,
                                 const char *file, int line)
{
    return wbc_spawn(wbc_need_loop("wb_coro_spawn"), fn, arg, name, file, line);
}

static void drop_detached(struct wbc_loop *l, struct wb_coro *c)
{
    if (c->result < 0 && c->result != -ECANCELED)
        wb_log("coroutine \"%s\" (%s:%d) is detached and failed: %s", c->name,
               c->file, c->line, strerror(-c->result));
    wbc_stack_give(&l->stacks, c);
}

static void tell_group(struct wbc_group *g, int result)
{
    g->left--;
    if (result < 0 && g->error == 0)
        g->error = result;
    bool enough = g->left == 0 || (g->error != 0 && g->wake_on_error);
    if (enough && g->owner->state == WBC_PARKED)
        wbc_wake(g->owner, 0);
}

void wbc_ended(struct wbc_loop *l, struct wb_coro *c)
{
    l->alive--;
    if (c->detached) {
        l->detached--;
        drop_detached(l, c);
    } else if (c->group != NULL) {
        tell_group(c->group, c->result);
    } else if (c->waiter != NULL && c->waiter->state == WBC_PARKED) {
        wbc_wake(c->waiter, 0);
    }
}

/* A handle that somebody is about to use up. */
static void claim(struct wb_coro *c, const char *call)
{
    if (c->state == WBC_FREE)
        wb_misuse("%s: this coroutine has been awaited already", call);
    if (c == wbc_loop->main)
        wb_misuse("%s: coroutine \"%s\" (%s:%d) is the first of its loop: "
                  "wb_coro_run() waits for it",
                  call, c->name, c->file, c->line);
    if (c->detached)
        wb_misuse("%s: coroutine \"%s\" (%s:%d) is detached: nobody can wait "
                  "for it",
                  call, c->name, c->file, c->line);
    if (c == wbc_loop->current)
        wb_misuse("%s: coroutine \"%s\" (%s:%d) waits for itself", call,
                  c->name, c->file, c->line);
    if (c->waiter != NULL || c->group != NULL)
        wb_misuse("%s: coroutine \"%s\" (%s:%d) is awaited twice", call,
                  c->name, c->file, c->line);
}

static int take_result(struct wb_coro *c)
{
    int result = c->result;
    wbc_stack_give(&wbc_loop->stacks, c);
    return result;
}

void wb_coro_detach(struct wb_coro *c)
{
    struct wbc_loop *l = wbc_need_loop("wb_coro_detach");
    if (c != l->current || c == l->main || c->detached)
        claim(c, "wb_coro_detach");
    c->detached = true;
    if (c->state == WBC_DONE)
        drop_detached(l, c);
    else
        l->detached++;
}

/* -- waiting --------------------------------------------------------------- */

int wb_coro_await_until(struct wb_coro *c, int64_t deadline)
{
    struct wb_coro *self = wbc_need_self("wb_coro_await");
    claim(c, "wb_coro_await");
    c->waiter = self;
    int rc = c->state == WBC_DONE ? 0 : wbc_park(NULL, deadline);
    if (c->state != WBC_DONE) {
        wb_coro_cancel(c);
        while (c->state != WBC_DONE)
            wbc_park_shielded();
    } else if (rc == -ETIMEDOUT) {
        rc = 0; /* it has ended while the caller was about to give up */
    }
    int result = take_result(c);
    return rc < 0 ? rc : result;
}

int wb_coro_await(struct wb_coro *c)
{
    return wb_coro_await_until(c, WB_FOREVER);
}

static void join_group(struct wbc_group *g, struct wb_coro *const *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        claim(c[i], "wb_coro_gather");
        c[i]->group = g;
        g->left++;
        if (c[i]->state == WBC_DONE)
            tell_group(g, c[i]->result);
    }
}

static void cancel_group(struct wbc_group *g, struct wb_coro *const *c,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        wb_coro_cancel(c[i]);
    while (g->left > 0)
        wbc_park_shielded();
}

/* Wait for a group, and cancel what is left of it if the caller gives up or
 * one has failed. @return 0, -ECANCELED or -ETIMEDOUT: the caller's lot */
static int wait_for_group(struct wbc_group *g, struct wb_coro *const *c,
                          size_t n, int64_t deadline)
{
    int rc = 0;
    join_group(g, c, n);
    while (g->left > 0 && rc == 0 && !(g->error != 0 && g->wake_on_error))
        rc = wbc_park(NULL, deadline);
    if (g->left > 0)
        cancel_group(g, c, n);
    else if (rc == -ETIMEDOUT)
        rc = 0; /* the last has ended at that very moment */
    return rc;
}

int wb_coro_gather_until(struct wb_coro *const *c, size_t n, int64_t deadline)
{
    struct wbc_group g = { .owner = wbc_need_self("wb_coro_gather"),
                           .wake_on_error = true };
    int rc = wait_for_group(&g, c, n, deadline);
    for (size_t i = 0; i < n; i++)
        take_result(c[i]);
    return rc < 0 ? rc : g.error;
}

int wb_coro_gather(struct wb_coro *const *c, size_t n)
{
    return wb_coro_gather_until(c, n, WB_FOREVER);
}

int wb_coro_gather_all(struct wb_coro *const *c, size_t n, int *results)
{
    struct wbc_group g = { .owner = wbc_need_self("wb_coro_gather_all") };
    int failed = 0;
    int rc = wait_for_group(&g, c, n, WB_FOREVER);
    for (size_t i = 0; i < n; i++) {
        results[i] = take_result(c[i]);
        failed += results[i] < 0;
    }
    return rc < 0 ? rc : failed;
}

/* -- queries
 * ------------------------------------------------------------------- */

bool wb_coro_done(const struct wb_coro *c)
{
    return c->state == WBC_DONE;
}

struct wb_coro *wb_coro_self(void)
{
    return wbc_loop != NULL ? wbc_loop->current : NULL;
}

uint64_t wb_coro_id(const struct wb_coro *c)
{
    return c != NULL ? c->id : 0;
}

const char *wb_coro_name(const struct wb_coro *c)
{
    return c != NULL ? c->name : "no coroutine";
}

size_t wb_coro_alive(void)
{
    return wbc_loop != NULL ? wbc_loop->alive : 0;
}
