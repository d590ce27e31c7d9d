/*
 * An executor: workers that take tasks from one queue. See wb/pool.h for what
 * each call promises, and future.c for how one waits for a task.
 *
 * Whoever submits puts a task at the end of one list, and a worker takes it
 * from the front of another. When that one is empty, the worker moves to it all
 * that is in the first. Each has its lock, so the two sides meet once for many
 * tasks. (A lock for each end of a queue: M. M. Michael and M. L. Scott,
 * "Simple, fast, and practical non-blocking and blocking concurrent queue
 * algorithms", 1996.) Lock order: mu, submit_mu.
 *
 * A worker holds mu from the end of one task to the start of the next, unless
 * somebody is to be woken or nothing is left: it says that the one is done and
 * takes the other in one go. Signals are sent when the lock is free, as whoever
 * is woken needs it: on one processor that halves the switches between threads.
 *
 * No wakeup is lost. While a worker is idle and none was signalled, hungry is
 * true, or the thread that made it false is about to lock mu and signal one.
 * That one, when it comes, takes a task, and signals the next if there is more
 * to do. So while tasks wait and a worker is idle, one is always on its way;
 * and a burst of tiny tasks costs one wakeup, not one for each. (D. Vyukov's
 * throttling in the scheduler of Go is the same thought.)
 */

#include "wb/pool.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool_impl.h"

/* How often a worker yields before it looks for more of a burst. */
enum { BURST_TURNS = 4 };

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

static void lock_submitted(struct wb_pool *pool)
{
    WB_MUST(pthread_mutex_lock(&pool->submit_mu));
}

static void unlock_submitted(struct wb_pool *pool)
{
    WB_MUST(pthread_mutex_unlock(&pool->submit_mu));
}

/* Add more, at least one task, to the end of list. */
static void append(struct list *list, struct list more)
{
    more.oldest->older = list->newest;
    *(list->newest != NULL ? &list->newest->newer : &list->oldest) =
        more.oldest;
    list->newest = more.newest;
}

/* region: accept */
/* Move to the queue what was submitted. A worker that still finds nothing in
 * it is about to be idle. @return whether there is something */
static bool accept_locked(struct wb_pool *pool)
{
    lock_submitted(pool);
    struct list more = pool->submitted;
    pool->submitted = (struct list){ NULL, NULL };
    if (more.oldest != NULL)
        append(&pool->queue, more);
    pool->burst = more.oldest != more.newest;
    bool any = pool->queue.oldest != NULL;
    pool->hungry = !pool->waking && (pool->idle > 0 || !any);
    unlock_submitted(pool);
    return any;
}
/* endregion: accept */

/* From anywhere: a task that is cancelled, or that somebody waits for, need
 * not be the oldest, nor in the queue yet. */
static void remove_locked(struct wb_pool *pool, struct wb_future *f)
{
    struct list *queue = &pool->queue;
    if (f != queue->oldest)
        accept_locked(pool);
    *(f->older != NULL ? &f->older->newer : &queue->oldest) = f->newer;
    *(f->newer != NULL ? &f->newer->older : &queue->newest) = f->older;
}

/* -- running ----------------------------------------------------------------
 */

/* region: wake */
/* Whether one idle worker is to be woken. It is signalled when the lock is
 * free: woken before, it would only run into the lock. */
static bool may_wake_locked(struct wb_pool *pool)
{
    if (pool->idle == 0 || pool->waking)
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
    pool->running -= state == DONE;
    if (pool->running == 0 && pool->queue.oldest == NULL)
        WB_MUST(pthread_cond_broadcast(&pool->all_done));
    wb_future_free(f); /* the pool's own reference */
    return seat;
}

/* region: run */
/* @return whether there is work; if not, there will be none */
static bool wait_for_work_locked(struct wb_pool *pool)
{
    if (pool->queue.oldest != NULL)
        return true;
    while (!accept_locked(pool) && !pool->closed) {
        pool->idle++;
        WB_MUST(pthread_cond_wait(&pool->work, &pool->mu));
        pool->idle--;
        pool->waking = false;
    }
    return pool->queue.oldest != NULL;
}

void wb_pool_run_locked(struct worker *me, struct wb_future *f)
{
    struct wb_pool *pool = me->pool;
    remove_locked(pool, f);
    atomic_store_explicit(&f->state, RUNNING, memory_order_relaxed);
    f->runner = me;
    pool->running++;
    me->nested++;
    bool more = pool->queue.oldest != NULL;
    unlock_and_wake(pool, more && may_wake_locked(pool));
    f->error = f->fn(f->arg, &f->result);
    /* label: taken-again */
    wb_pool_lock(pool);
    me->nested--;
    struct seat *seat = finish_locked(pool, f, DONE);
    if (seat != NULL) { /* somebody sleeps there */
        wb_pool_unlock(pool);
        WB_MUST(pthread_cond_signal(&seat->some_done));
        wb_pool_lock(pool);
    }
}

/* Before it looks for more, a worker lets others run: in a burst of tiny tasks
 * the next ones are there by then, and nobody has to be woken. If the burst was
 * on when it last looked, it gives more turns, and finds more tasks at once. */
static void step_aside_locked(struct wb_pool *pool)
{
    if (pool->queue.oldest != NULL || pool->closed)
        return;
    int turns = pool->burst ? BURST_TURNS : 1;
    wb_pool_unlock(pool);
    while (turns-- > 0)
        sched_yield();
    wb_pool_lock(pool);
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
    while (wait_for_work_locked(pool)) {
        wb_pool_run_locked(me, pool->queue.oldest);
        step_aside_locked(pool);
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
    lock_submitted(pool);
    bool closed = pool->closed, hungry = pool->hungry;
    if (!closed)
        append(&pool->submitted, (struct list){ f, f });
    pool->hungry = false;
    unlock_submitted(pool);
    if (hungry) {
        wb_pool_lock(pool);
        unlock_and_wake(pool, may_wake_locked(pool));
    }
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
    lock_submitted(pool);
    pool->closed = true;
    unlock_submitted(pool);
    WB_MUST(pthread_cond_broadcast(&pool->work));
    accept_locked(pool);
    while (rest == WB_POOL_CANCEL_REST && pool->queue.oldest != NULL)
        wb_pool_cancel_locked(pool->queue.oldest);
    while (pool->queue.oldest != NULL || pool->running > 0)
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
    WB_MUST(pthread_mutex_destroy(&pool->submit_mu));
    WB_MUST(pthread_mutex_destroy(&pool->mu));
    free(pool);
}

/* Nobody holds one for longer than a few dozen instructions, so whoever finds
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
    init_mutex(&pool->submit_mu);
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
