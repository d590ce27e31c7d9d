/*
 * Where threads and the loop meet: the executor one way, the mailbox the
 * other. See wb/coro_loop.h.
 *
 * A mailbox outlives its loop and is never freed, so that a thread that still
 * has it is told that the loop has ended. It costs some hundred bytes for
 * each wb_coro_run().
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "coro_impl.h"
#include "wb/base.h"
#include "wb/trace.h"

struct post {
    struct post *next;
    void (*fn)(void *arg);
    void *arg;
    const char *name, *file;
    int line;
};

struct wb_coro_loop {
    pthread_mutex_t mu;
    pthread_cond_t answered; /* some struct remote is done */

    /* guarded by mu */
    struct wbc_loop *loop; /* NULL: it has ended */
    struct post *first;    /* the oldest */
    struct post **last;    /* where the next is put */

    /* const after init */
    struct wb_coro_loop *next; /* in mailboxes */
};

/* atomic: pushed on with release, never read but to be pushed on; there for
 * leak checkers, which see that no mailbox is lost */
static _Atomic(struct wb_coro_loop *) mailboxes;

/* -- the mailbox
 * ---------------------------------------------------------------- */

static void on_doorbell(uv_async_t *doorbell)
{
    wbc_mailbox_empty(doorbell->data);
}

void wbc_mailbox_open(struct wbc_loop *l)
{
    struct wb_coro_loop *box = wb_alloc(1, sizeof(*box));
    WB_MUST(pthread_mutex_init(&box->mu, NULL));
    WB_MUST(pthread_cond_init(&box->answered, NULL));
    WB_MUST(uv_async_init(&l->uv, &l->doorbell, on_doorbell));
    l->doorbell.data = l;
    box->loop = l;
    box->last = &box->first;
    box->next = atomic_load(&mailboxes);
    while (!atomic_compare_exchange_weak(&mailboxes, &box->next, box))
        continue;
    l->handle = box;
}

static struct post *take_all_locked(struct wb_coro_loop *box)
{
    struct post *first = box->first;
    box->first = NULL;
    box->last = &box->first;
    return first;
}

static void call_all(struct wbc_loop *l, struct post *p)
{
    while (p != NULL) {
        struct post *next = p->next;
        int64_t began = wbc_step_begin(l);
        wb_trace_begin(p->name);
        p->fn(p->arg);
        wb_trace_end();
        if (l->debug)
            wbc_step_end(l, began,
                         &(struct wb_coro_slow){ .callback = true,
                                                 .name = p->name,
                                                 .file = p->file,
                                                 .line = p->line });
        free(p);
        p = next;
    }
}

/* region: take */
void wbc_mailbox_empty(struct wbc_loop *l)
{
    WB_MUST(pthread_mutex_lock(&l->handle->mu));
    struct post *posts = take_all_locked(l->handle);
    WB_MUST(pthread_mutex_unlock(&l->handle->mu));
    call_all(l, posts);
}
/* endregion: take */

/* Whoever was told 0 is called: a mailbox closes only when it is empty. */
bool wbc_mailbox_close(struct wbc_loop *l)
{
    WB_MUST(pthread_mutex_lock(&l->handle->mu));
    struct post *posts = take_all_locked(l->handle);
    if (posts == NULL)
        l->handle->loop = NULL;
    WB_MUST(pthread_mutex_unlock(&l->handle->mu));
    call_all(l, posts);
    return posts == NULL;
}

struct wb_coro_loop *wb_coro_loop(void)
{
    return wbc_need_loop("wb_coro_loop")->handle;
}

/* region: post */
int wb_coro_post_at(struct wb_coro_loop *loop, void (*fn)(void *arg), void *arg,
                    const char *name, const char *file, int line)
{
    struct post *p = malloc(sizeof(*p));
    if (p == NULL)
        return -ENOMEM;
    *p = (struct post){ NULL, fn, arg, name, wbc_base_name(file), line };
    WB_MUST(pthread_mutex_lock(&loop->mu));
    bool open = loop->loop != NULL;
    if (open) {
        *loop->last = p;
        loop->last = &p->next;
        WB_MUST(uv_async_send(&loop->loop->doorbell));
    }
    WB_MUST(pthread_mutex_unlock(&loop->mu));
    if (!open)
        free(p);
    return open ? 0 : -ESHUTDOWN;
}
/* endregion: post */

/* -- a coroutine for another thread
 * ----------------------------------------------- */

/* On the stack of the thread that waits. */
struct remote {
    /* const after init */
    struct wb_coro_loop *loop;
    wb_coro_fn fn;
    void *arg;
    const char *name, *file;
    int line;

    /* guarded by loop->mu */
    int result;
    bool done;
};

static int run_remote(void *arg)
{
    struct remote *r = arg;
    struct wb_coro_loop *loop = r->loop; /* r is gone after the unlock */
    int result = r->fn(r->arg);
    WB_MUST(pthread_mutex_lock(&loop->mu));
    r->result = result;
    r->done = true;
    WB_MUST(pthread_cond_broadcast(&loop->answered));
    WB_MUST(pthread_mutex_unlock(&loop->mu));
    return 0;
}

static void start_remote(void *arg)
{
    struct remote *r = arg;
    wb_coro_detach(
        wbc_spawn(wbc_loop, run_remote, r, r->name, r->file, r->line));
}

int wb_coro_submit_at(struct wb_coro_loop *loop, wb_coro_fn fn, void *arg,
                      const char *name, const char *file, int line)
{
    if (wbc_loop != NULL && wbc_loop->handle == loop)
        wb_misuse("wb_coro_run_threadsafe: the loop would wait for itself; "
                  "spawn a coroutine and await it");
    struct remote r = { loop, fn, arg, name, file, line, 0, false };
    int rc = wb_coro_post_at(loop, start_remote, &r, name, file, line);
    if (rc < 0)
        return rc;
    WB_MUST(pthread_mutex_lock(&loop->mu));
    while (!r.done)
        WB_MUST(pthread_cond_wait(&loop->answered, &loop->mu));
    WB_MUST(pthread_mutex_unlock(&loop->mu));
    return r.result;
}

/* -- the executor
 * ---------------------------------------------------------------- */

/* On the stack of the coroutine that waits. */
struct job {
    uv_work_t work;
    struct wb_coro *owner; /* woken at the end */
    int (*fn)(void *arg);
    void *arg;
    int result;
    bool done; /* loop's thread only */
};

static void on_worker(uv_work_t *work)
{
    struct job *job = work->data;
    wb_trace_begin("job");
    job->result = job->fn(job->arg);
    wb_trace_end();
}

static void on_worked(uv_work_t *work, int status)
{
    struct job *job = work->data;
    (void)status; /* cancelled: the owner knows */
    job->done = true;
    wbc_loop->jobs--;
    if (job->owner->state == WBC_PARKED)
        wbc_wake(job->owner, 0);
}

int wb_coro_run_in_executor(int (*fn)(void *arg), void *arg)
{
    struct job job = { .owner = wbc_need_self("wb_coro_run_in_executor"),
                       .fn = fn,
                       .arg = arg };
    job.work.data = &job;
    WB_MUST(uv_queue_work(&wbc_loop->uv, &job.work, on_worker, on_worked));
    wbc_loop->jobs++;
    int rc = wbc_park(NULL, WB_FOREVER);
    if (rc < 0)
        uv_cancel((uv_req_t *)&job.work); /* in vain if it has begun */
    while (!job.done)
        wbc_park_shielded();
    return rc < 0 ? rc : job.result;
}
