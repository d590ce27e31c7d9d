/*
 * An executor: workers that take tasks from one queue. See wb/pool.h for what
 * each call promises, and future.c for how one waits for a task.
 *
 * A worker holds the lock from the end of one task to the start of the next,
 * unless somebody is to be woken: it says that the one is done and takes the
 * other in one go, so a task costs two turns at the lock, its submission and
 * its run. Signals are sent when the lock is free, as whoever is woken needs
 * it: on one processor that halves the switches between threads.
 *
 * No wakeup is lost. Whoever adds a task signals one idle worker, unless one
 * was signalled already and has not come yet. That one, when it comes, takes
 * a task, and signals the next if there is more to do. So while tasks wait and
 * a worker is idle, one is always on its way; and a burst of tiny tasks costs
 * one wakeup, not one for each. (D. Vyukov's throttling in the scheduler of
 * Go is the same thought.)
 */

#include "wb/pool.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool_impl.h"

/* owner thread only; NULL in a thread that is no worker */
static _Thread_local struct worker *self;

void wb_pool_lock(struct wb_pool *pool)
{
    WB_MUST(pthread_mutex_lock(&pool->mu));
}

void wb_pool_unlock(struct wb_pool *pool)
{
    WB_MUST(pthread_mutex_unlock(&pool->mu));
}

struct worker *wb_pool_self(const struct wb_pool *pool)
{
    return self != NULL && self->pool == pool ? self : NULL;
}

/* -- the queue --------------------------------------------------------------
 */

static void append_locked(struct wb_pool *pool, struct wb_future *f)
{
    f->older = pool->newest;
    *(pool->newest != NULL ? &pool->newest->newer : &pool->oldest) = f;
    pool->newest = f;
}

/* From anywhere: a task that is cancelled, or that somebody waits for, need
 * not be the oldest. */
static void remove_locked(struct wb_pool *pool, struct wb_future *f)
{
    *(f->older != NULL ? &f->older->newer : &pool->oldest) = f->newer;
    *(f->newer != NULL ? &f->newer->older : &pool->newest) = f->older;
}

/* -- running ----------------------------------------------------------------
 */

/* region: wake */
/* Whether one idle worker is to be woken. It is signalled when the lock is
 * free: woken before, it would only run into the lock. */
static bool may_wake_locked(struct wb_pool *pool)
{
    if (pool->oldest == NULL || pool->idle == 0 || pool->waking)
        return false;
    pool->waking = true;
    return true;
}

static void unlock_and_wake(struct wb_pool *pool, bool wake)
{
    wb_pool_unlock(pool);
    if (wake)
        WB_MUST(pthread_cond_signal(&pool->work));
}
/* endregion: wake */

static struct seat *finish_locked(struct wb_pool *pool, struct wb_future *f,
                                  enum state state)
{
    struct seat *seat = wb_future_finish_locked(f, state);
    if (--pool->unfinished == 0)
        WB_MUST(pthread_cond_broadcast(&pool->all_done));
    wb_future_free(f); /* the pool's own reference */
    return seat;
}

/* region: run */
/* Before it sleeps, a worker lets others run, once: in a burst of tiny tasks
 * the next is there by then, and nobody has to be woken. */
static void wait_for_work_locked(struct wb_pool *pool)
{
    if (pool->oldest == NULL && !pool->closed) {
        wb_pool_unlock(pool);
        sched_yield();
        wb_pool_lock(pool);
    }
    while (pool->oldest == NULL && !pool->closed) {
        pool->idle++;
        WB_MUST(pthread_cond_wait(&pool->work, &pool->mu));
        pool->idle--;
        pool->waking = false;
    }
}

void wb_pool_run_locked(struct worker *me, struct wb_future *f)
{
    struct wb_pool *pool = me->pool;
    remove_locked(pool, f);
    atomic_store_explicit(&f->state, RUNNING, memory_order_relaxed);
    f->runner = me;
    me->nested++;
    unlock_and_wake(pool, may_wake_locked(pool)); /* for the rest */
    f->error = f->fn(f->arg, &f->result);
    wb_pool_lock(pool);
    me->nested--;
    struct seat *seat = finish_locked(pool, f, DONE);
    if (seat != NULL) { /* somebody sleeps there */
        wb_pool_unlock(pool);
        WB_MUST(pthread_cond_signal(&seat->some_done));
        wb_pool_lock(pool);
    }
}

static void *work(void *arg)
{
    struct worker *me = arg;
    struct wb_pool *pool = me->pool;
    char name[WB_THREAD_NAME_MAX];
    self = me;
    snprintf(name, sizeof(name), "worker %u", me->number);
    wb_thread_name_set(name);
    wb_pool_lock(pool);
    for (;;) {
        wait_for_work_locked(pool);
        if (pool->oldest == NULL)
            break;
        wb_pool_run_locked(me, pool->oldest);
    }
    wb_pool_unlock(pool);
    return NULL;
}
/* endregion: run */

/* region: submit */
int wb_pool_submit(struct wb_pool *pool, wb_task_fn *fn, void *arg,
                   struct wb_future **out)
{
    struct wb_future *f = malloc(sizeof(*f));
    if (f == NULL)
        return -ENOMEM;
    *f = (struct wb_future){ .pool = pool, .fn = fn, .arg = arg };
    atomic_init(&f->refs, out != NULL ? 2 : 1);
    wb_pool_lock(pool);
    bool closed = pool->closed;
    if (!closed) {
        append_locked(pool, f);
        pool->unfinished++;
    }
    unlock_and_wake(pool, !closed && may_wake_locked(pool));
    if (closed) {
        free(f);
        return -EPIPE;
    }
    if (out != NULL)
        *out = f;
    return 0;
}
/* endregion: submit */

void wb_pool_cancel_locked(struct wb_future *f)
{
    remove_locked(f->pool, f);
    struct seat *seat = finish_locked(f->pool, f, CANCELED);
    if (seat != NULL)
        WB_MUST(pthread_cond_signal(&seat->some_done));
}

/* region: shutdown */
int wb_pool_shutdown(struct wb_pool *pool, enum wb_pool_rest rest)
{
    if (wb_pool_self(pool) != NULL)
        return -EDEADLK;
    wb_pool_lock(pool);
    pool->closed = true;
    WB_MUST(pthread_cond_broadcast(&pool->work));
    while (rest == WB_POOL_CANCEL_REST && pool->oldest != NULL)
        wb_pool_cancel_locked(pool->oldest);
    while (pool->unfinished > 0)
        WB_MUST(pthread_cond_wait(&pool->all_done, &pool->mu));
    wb_pool_unlock(pool);
    return 0;
}
/* endregion: shutdown */

void wb_pool_free(struct wb_pool *pool)
{
    if (pool == NULL)
        return;
    if (wb_pool_shutdown(pool, WB_POOL_RUN_REST) == -EDEADLK)
        wb_misuse("wb_pool_free: called by a task of the pool");
    for (unsigned i = 0; i < pool->nworkers; i++)
        WB_MUST(pthread_join(pool->workers[i].thread, NULL));
    wb_pool_free_seats(pool);
    WB_MUST(pthread_cond_destroy(&pool->all_done));
    WB_MUST(pthread_cond_destroy(&pool->work));
    WB_MUST(pthread_mutex_destroy(&pool->mu));
    free(pool);
}

/* Nobody holds it for longer than a few dozen instructions, so whoever finds
 * it taken looks some more times before it sleeps: glibc does that for this
 * type. It is worth a quarter of the tasks in a second. */
static void init_mutex(pthread_mutex_t *mu)
{
    pthread_mutexattr_t attr;
    WB_MUST(pthread_mutexattr_init(&attr));
    WB_MUST(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP));
    WB_MUST(pthread_mutex_init(mu, &attr));
    WB_MUST(pthread_mutexattr_destroy(&attr));
}

int wb_pool_create(struct wb_pool **out, unsigned max_workers)
{
    unsigned n = max_workers;
    if (n == 0)
        n = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    struct wb_pool *pool = calloc(1, sizeof(*pool) + n * sizeof(struct worker));
    if (pool == NULL)
        return -ENOMEM;
    init_mutex(&pool->mu);
    WB_MUST(pthread_cond_init(&pool->work, NULL));
    WB_MUST(pthread_cond_init(&pool->all_done, NULL));
    for (; pool->nworkers < n; pool->nworkers++) {
        struct worker *w = &pool->workers[pool->nworkers];
        w->pool = pool;
        w->number = pool->nworkers + 1;
        int rc = pthread_create(&w->thread, NULL, work, w);
        if (rc != 0) {
            wb_pool_free(pool); /* ends those that were started */
            return -rc;
        }
    }
    *out = pool;
    return 0;
}

/* region: map */
int wb_pool_map(struct wb_pool *pool, wb_task_fn *fn, void *const *args,
                size_t n, void **results)
{
    struct wb_future **f = calloc(n > 0 ? n : 1, sizeof(struct wb_future *));
    size_t submitted = 0;
    int first = f != NULL ? 0 : -ENOMEM;
    while (first == 0 && submitted < n) {
        first = wb_pool_submit(pool, fn, args[submitted], &f[submitted]);
        submitted += first == 0;
    }
    for (size_t i = 0; first != 0 && i < submitted; i++)
        wb_future_cancel(f[i]);
    for (size_t i = 0; i < submitted; i++) {
        int rc = wb_future_get(f[i], results != NULL ? &results[i] : NULL);
        if (first == 0)
            first = rc;
        wb_future_free(f[i]);
    }
    free(f);
    return first;
}
/* endregion: map */
