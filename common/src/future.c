/*
 * Waiting for tasks. See wb/pool.h for what each call promises.
 *
 * Whoever waits, for one future or for any of many, is a watcher: it hangs a
 * watch on each future, and a future that becomes done moves its watches to
 * their watchers, in the order in which that happens, and wakes them. So
 * nobody looks through a set of futures again and again.
 *
 * A worker that waits for its own pool takes a place of which there are but
 * few. If what it waits for has not started, it runs it itself; that is safe,
 * as it could not have gone on before. If it runs in another worker, it
 * waits, but first it looks whether that one waits for it in turn.
 */

#include <errno.h>
#include <stdlib.h>

#include "pool_impl.h"

static enum state state_of(const struct wb_future *f)
{
    return atomic_load_explicit(&f->state, memory_order_acquire);
}

static bool is_done(enum state state)
{
    return state == DONE || state == CANCELED;
}

bool wb_future_done(const struct wb_future *f)
{
    return is_done(state_of(f));
}

void wb_future_free(struct wb_future *f)
{
    if (f != NULL &&
        atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1)
        free(f);
}

/* -- watching ---------------------------------------------------------------
 */

/* region: finish */
/* @return where the watcher sleeps, or NULL */
static struct seat *tell_locked(struct watch *watch)
{
    struct watcher *w = watch->watcher;
    watch->next = NULL;
    *w->last_done = watch;
    w->last_done = &watch->next;
    return w->seat;
}

struct seat *wb_future_finish_locked(struct wb_future *f, enum state state)
{
    struct seat *seat = NULL;
    atomic_store_explicit(&f->state, state, memory_order_release);
    while (f->watches != NULL) {
        struct watch *watch = f->watches;
        f->watches = watch->next;
        if (seat != NULL)
            WB_MUST(pthread_cond_signal(&seat->some_done));
        seat = tell_locked(watch);
    }
    return seat;
}
/* endregion: finish */

void wb_watch_locked(struct watcher *w, struct watch *watches,
                     struct wb_future *const *futures, size_t n)
{
    *w = (struct watcher){ .watches = watches, .n = n, .last_done = &w->done };
    for (size_t i = 0; i < n; i++) {
        struct wb_future *f = futures[i];
        watches[i] = (struct watch){ .future = f, .watcher = w };
        if (wb_future_done(f)) {
            tell_locked(&watches[i]);
        } else {
            watches[i].next = f->watches;
            f->watches = &watches[i];
        }
    }
}

void wb_unwatch_locked(struct watcher *w)
{
    for (size_t i = 0; i < w->n; i++) {
        struct wb_future *f = w->watches[i].future;
        if (f == NULL || wb_future_done(f))
            continue;
        struct watch **at = &f->watches;
        while (*at != &w->watches[i])
            at = &(*at)->next;
        *at = w->watches[i].next;
    }
}

/* -- deadlock ---------------------------------------------------------------
 */

/* region: circle */
static bool is_stuck_locked(struct worker *r);

/* Whether none of what w waits for can ever be done. One that is done already
 * is not RUNNING: then w is about to be woken. */
static bool is_hopeless_locked(const struct watcher *w)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct wb_future *f = w->watches[i].future;
        if (f != NULL &&
            (state_of(f) != RUNNING || !is_stuck_locked(f->runner)))
            return false;
    }
    return true;
}

/* Whether r waits for the worker that asks, perhaps through others: one that
 * was asked already is taken to be stuck, unless another way leads out. */
static bool is_stuck_locked(struct worker *r)
{
    if (r->asked)
        return true;
    if (r->waits == NULL)
        return false;
    r->asked = true;
    bool hopeless = is_hopeless_locked(r->waits);
    r->asked = false;
    return hopeless;
}

static bool is_circle_locked(struct worker *me, const struct watcher *w)
{
    me->asked = true;
    bool circle = is_hopeless_locked(w);
    me->asked = false;
    return circle;
}
/* endregion: circle */

/* -- waiting ----------------------------------------------------------------
 */

/* region: help */
static struct wb_future *not_started_locked(struct watcher *w)
{
    for (; w->looked < w->n; w->looked++) {
        struct wb_future *f = w->watches[w->looked].future;
        if (f != NULL && state_of(f) == PENDING)
            return f;
    }
    return NULL;
}

/* A worker is about to wait: is there something better to do?
 * @return 1 when a task was run instead, 0, or -EDEADLK */
static int help_locked(struct worker *me, struct watcher *w)
{
    struct wb_future *f = not_started_locked(w);
    if (f == NULL)
        return is_circle_locked(me, w) ? -EDEADLK : 0;
    if (me->nested >= WB_POOL_NESTED_MAX)
        return -EDEADLK;
    wb_pool_run_locked(me, f);
    return 1;
}
/* endregion: help */

static struct seat *take_seat_locked(struct wb_pool *pool)
{
    struct seat *seat = pool->seats;
    if (seat != NULL) {
        pool->seats = seat->next;
    } else if ((seat = malloc(sizeof(*seat))) != NULL) {
        WB_MUST(pthread_cond_init(&seat->some_done, NULL));
    }
    return seat;
}

void wb_pool_free_seats(struct wb_pool *pool)
{
    while (pool->seats != NULL) {
        struct seat *seat = pool->seats;
        pool->seats = seat->next;
        WB_MUST(pthread_cond_destroy(&seat->some_done));
        free(seat);
    }
}

/* region: wait */
static int sleep_locked(struct wb_pool *pool, struct worker *me,
                        struct watcher *w, int64_t deadline)
{
    w->seat = take_seat_locked(pool);
    if (w->seat == NULL)
        return -ENOMEM;
    if (me != NULL)
        me->waits = w;
    int rc = wb_cond_wait_until(&w->seat->some_done, &pool->mu, deadline);
    if (me != NULL)
        me->waits = NULL;
    w->seat->next = pool->seats;
    pool->seats = w->seat;
    w->seat = NULL;
    return rc;
}

int wb_watcher_wait_locked(struct wb_pool *pool, struct watcher *w,
                           int64_t deadline)
{
    struct worker *me = wb_pool_self(pool);
    int rc = 0;
    while (w->done == NULL && rc >= 0) {
        bool may_help = me != NULL && !wb_deadline_passed(deadline);
        rc = may_help ? help_locked(me, w) : 0;
        if (rc == 0)
            rc = sleep_locked(pool, me, w, deadline);
    }
    return w->done != NULL ? 0 : rc;
}
/* endregion: wait */

int wb_future_wait_until(struct wb_future *f, int64_t deadline)
{
    struct wb_pool *pool = f->pool;
    struct watcher w;
    struct watch watch;
    if (wb_future_done(f))
        return 0; /* also when the pool is no more */
    wb_pool_lock(pool);
    wb_watch_locked(&w, &watch, &f, 1);
    int rc = wb_watcher_wait_locked(pool, &w, deadline);
    wb_unwatch_locked(&w);
    wb_pool_unlock(pool);
    return rc;
}

/* region: get */
int wb_future_get_until(struct wb_future *f, void **result, int64_t deadline)
{
    int rc = wb_future_wait_until(f, deadline);
    if (rc != 0)
        return rc;
    if (state_of(f) == CANCELED)
        return -ECANCELED;
    if (result != NULL)
        *result = f->result;
    return f->error;
}
/* endregion: get */

int wb_future_get(struct wb_future *f, void **result)
{
    return wb_future_get_until(f, result, WB_FOREVER);
}

int wb_future_cancel(struct wb_future *f)
{
    struct wb_pool *pool = f->pool;
    if (!wb_future_done(f)) {
        wb_pool_lock(pool);
        if (state_of(f) == PENDING)
            wb_pool_cancel_locked(f);
        wb_pool_unlock(pool);
    }
    return state_of(f) == CANCELED ? 0 : -EBUSY;
}
