/* The pool: tasks that do nothing, so that what is measured is the handing
 * over. Two workers; the main thread submits, then looks at each result. */
#include <pthread.h>
#include <stdlib.h>
#include <uv.h>

#include "bench.h"
#include "wb/base.h"
#include "wb/pool.h"
#ifdef BENCH_GLIB
#include <glib.h>
#endif

enum { WORKERS = 2 };

static int task(void *arg, void **result)
{
    *result = arg;
    return 0;
}

static double burst(long n, double *extra)
{
    struct wb_pool *pool;
    struct wb_future **f = wb_alloc((size_t)n, sizeof(struct wb_future *));
    void *result;

    (void)extra;
    WB_MUST(wb_pool_create(&pool, WORKERS));
    int64_t start = wb_now();
    for (long i = 0; i < n; i++)
        WB_MUST(wb_pool_submit(pool, task, f, &f[i]));
    for (long i = 0; i < n; i++) {
        WB_MUST(wb_future_get(f[i], &result));
        wb_future_free(f[i]);
    }
    double rate = bench_rate(n, start);
    wb_pool_free(pool);
    free(f);
    return rate;
}

static double awaited(long n, double *extra)
{
    struct wb_pool *pool;
    struct wb_future *f;

    (void)extra;
    WB_MUST(wb_pool_create(&pool, 1));
    int64_t start = wb_now();
    for (long i = 0; i < n; i++) {
        WB_MUST(wb_pool_submit(pool, task, NULL, &f));
        WB_MUST(wb_future_get(f, NULL));
        wb_future_free(f);
    }
    double rate = bench_rate(n, start);
    wb_pool_free(pool);
    return rate;
}

/* -- libuv ------------------------------------------------------------------
 */

static void uv_task(uv_work_t *work)
{
    work->data = work;
}

static void uv_after(uv_work_t *work, int status)
{
    (void)work;
    (void)status;
}

static double uv_burst(long n, double *extra)
{
    uv_work_t *work = wb_alloc((size_t)n, sizeof(*work));
    uv_loop_t loop;

    (void)extra;
    setenv("UV_THREADPOOL_SIZE", "2", 1);
    WB_MUST(uv_loop_init(&loop));
    WB_MUST(uv_queue_work(&loop, &work[0], uv_task, uv_after));
    WB_MUST(uv_run(&loop, UV_RUN_DEFAULT)); /* starts its threads */
    int64_t start = wb_now();
    for (long i = 0; i < n; i++)
        WB_MUST(uv_queue_work(&loop, &work[i], uv_task, uv_after));
    WB_MUST(uv_run(&loop, UV_RUN_DEFAULT));
    return bench_rate(n, start);
}

/* -- GLib -------------------------------------------------------------------
 */

#ifdef BENCH_GLIB
/* It has no futures. This one is what a user would write, and what the row is
 * about: a result to wait for, of one task. */
struct glib_future {
    GMutex mu;
    GCond ready;
    gboolean is_ready; /* guarded by mu */
    gpointer result;   /* guarded by mu */
};

static void glib_task(gpointer data, gpointer unused)
{
    struct glib_future *f = data;

    (void)unused;
    g_mutex_lock(&f->mu);
    f->result = data;
    f->is_ready = TRUE;
    g_cond_signal(&f->ready);
    g_mutex_unlock(&f->mu);
}

static gpointer glib_get(struct glib_future *f)
{
    gpointer result;

    g_mutex_lock(&f->mu);
    while (!f->is_ready)
        g_cond_wait(&f->ready, &f->mu);
    result = f->result;
    g_mutex_unlock(&f->mu);
    return result;
}

static double glib_burst(long n, double *extra)
{
    GThreadPool *pool = g_thread_pool_new(glib_task, NULL, WORKERS, TRUE, NULL);
    struct glib_future **f = wb_alloc((size_t)n, sizeof(struct glib_future *));

    (void)extra;
    int64_t start = wb_now();
    for (long i = 0; i < n; i++) {
        f[i] = g_new0(struct glib_future, 1);
        g_thread_pool_push(pool, f[i], NULL);
    }
    for (long i = 0; i < n; i++) {
        glib_get(f[i]);
        g_free(f[i]);
    }
    double rate = bench_rate(n, start);
    g_thread_pool_free(pool, FALSE, TRUE);
    free(f);
    return rate;
}
#define GLIB(function) .measure = function
#else
#define GLIB(function) .missing = "libglib2.0-dev"
#endif

const struct bench_row bench_pool[] = {
    { .name = "pool-burst",
      .what = "200,000 tasks with futures, 2 workers",
      .unit = "tasks/s",
      .n = 200000,
      .tiny = 20,
      .runs = { { .name = "wb_pool", .measure = burst },
                { "uv_queue_work", uv_burst, .wanted = 1.2 },
                { "GThreadPool", GLIB(glib_burst), .wanted = 1.8 },
                { "ThreadPoolExecutor", .script = "pool_peer.py",
                  .arg = "burst", .wanted = 45, .wanted_worst = 10,
                  .share = 4 } } },
    { .name = "pool-awaited",
      .what = "submit one, wait for it, again",
      .unit = "tasks/s",
      .n = 20000,
      .tiny = 20,
      .pinned = true,
      .runs = { { .name = "wb_pool", .measure = awaited },
                { "ThreadPoolExecutor", .script = "pool_peer.py",
                  .arg = "awaited", .wanted = 3 } } },
    { 0 }
};
