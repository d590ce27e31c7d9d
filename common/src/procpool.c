/*
 * A pool of worker processes: the public calls. See wb/procpool.h for the
 * promises, procpool_impl.h for which file does what.
 */

#include "wb/procpool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "procpool_impl.h"
#include "wb/base.h"

enum {
    IDLE_MS = 10000,        /* that an idle worker may take to end */
    AHEAD = 4096,           /* tasks of a map that are copied ahead */
    AHEAD_BYTES = 64 << 20, /* of them, if all workers have their chunk */
    CHUNK_MAX = 1024
};

/* -- results ----------------------------------------------------------------
 */

void wb_procpool_results_free(struct wb_procpool_result *results, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(results[i].bytes);
        results[i].bytes = NULL;
    }
}

/* -- public calls -----------------------------------------------------------
 */

int wb_procpool_create(struct wb_procpool **out, int workers, wb_procpool_fn fn)
{
    if (wb_procpool_offset(fn) < 0 || workers < 1 ||
        workers > WB_PROCPOOL_WORKERS_MAX)
        return -EINVAL;
    struct wb_procpool *pool =
        calloc(1, sizeof(*pool) + (size_t)workers * sizeof(pool->links[0]));
    if (pool == NULL)
        return -ENOMEM;
    pool->fn = fn;
    pool->chunk = 1;
    pool->n = (size_t)workers;
    int rc = wb_procpool_start_missing(pool);
    if (rc < 0) {
        wb_procpool_free(pool);
        return rc;
    }
    *out = pool;
    return 0;
}

static void drop_all(struct wb_jobs *jobs)
{
    struct wb_job *job;
    while ((job = wb_jobs_pop(jobs)) != NULL) {
        free(job->res.bytes);
        free(job);
    }
}

/* Close every socket first, so that all end at the same time. */
void wb_procpool_free(struct wb_procpool *pool)
{
    char why[200];
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->n; i++)
        if (pool->links[i].process != NULL)
            wb_link_hang_up(&pool->links[i]);
    for (size_t i = 0; i < pool->n; i++) {
        struct wb_link *l = &pool->links[i];
        bool busy = l->sent.count > 0;
        if (l->process != NULL)
            wb_link_stop(l, busy ? 0 : IDLE_MS, why, sizeof(why));
        drop_all(&l->sent);
    }
    drop_all(&pool->queued);
    drop_all(&pool->done);
    free(pool);
}

ssize_t wb_procpool_submit(struct wb_procpool *pool, const void *bytes,
                           size_t size)
{
    if (size > WB_PROCPOOL_BYTES_MAX)
        return -EINVAL;
    if (pool->pending >= WB_PROCPOOL_PENDING_MAX)
        return -EAGAIN;
    struct wb_job *job = malloc(sizeof(*job) + wb_procpool_frame(size));
    if (job == NULL)
        return -ENOMEM;
    *job = (struct wb_job){ .res.index = pool->nsubmitted, .head.size = size };
    memset(job->bytes + size, 0, wb_procpool_frame(size) - size);
    if (size > 0)
        memcpy(job->bytes, bytes, size);
    wb_jobs_push(&pool->queued, job);
    pool->pending++;
    return (ssize_t)pool->nsubmitted++;
}

int wb_procpool_next(struct wb_procpool *pool, struct wb_procpool_result *res,
                     int64_t deadline)
{
    bool last = false;
    if (pool->pending == 0)
        return -ENOENT;
    while (pool->done.first == NULL) {
        if (last)
            return -ETIMEDOUT;
        last = wb_deadline_passed(deadline); /* and one more look, always */
        int rc = wb_procpool_turn(pool, deadline);
        if (rc < 0)
            return rc;
    }
    struct wb_job *job = wb_jobs_pop(&pool->done);
    *res = job->res;
    free(job);
    pool->pending--;
    return 0;
}

static void give_up(struct wb_procpool *pool, int rc, const char *message)
{
    char why[200];
    wb_procpool_fail_all(pool, &pool->queued, rc, message);
    for (size_t i = 0; i < pool->n; i++) {
        struct wb_link *l = &pool->links[i];
        if (l->sent.count == 0)
            continue;
        wb_link_stop(l, 0, why, sizeof(why));
        wb_procpool_fail_all(pool, &l->sent, rc, message);
        pool->replaced++;
    }
}

void wb_procpool_cancel(struct wb_procpool *pool)
{
    give_up(pool, -ECANCELED, "cancelled");
}

/* Take one result into its place. Returns 0, or what keeps us from it. */
static int take(struct wb_procpool *pool, size_t base,
                struct wb_procpool_result *results, int64_t deadline)
{
    struct wb_procpool_result res;
    int rc = wb_procpool_next(pool, &res, deadline);
    if (rc < 0)
        return rc;
    res.index -= base;
    results[res.index] = res;
    return 0;
}

static int check_map(const struct wb_procpool *pool,
                     const struct wb_procpool_task *tasks, size_t n,
                     size_t chunk)
{
    if (pool->pending > 0)
        return -EBUSY;
    for (size_t i = 0; i < n; i++)
        if (tasks[i].size > WB_PROCPOOL_BYTES_MAX)
            return -EINVAL;
    return chunk > 0 ? 0 : -EINVAL;
}

static bool is_fed(const struct wb_procpool *pool)
{
    const struct wb_jobs *q = &pool->queued;
    return q->count >= AHEAD ||
           (q->bytes >= AHEAD_BYTES && q->count >= pool->n * pool->chunk);
}

/* Submit more, so that no worker runs out. Without memory for one more, there
 * is some when others are done. Returns how many. */
static size_t feed(struct wb_procpool *pool,
                   const struct wb_procpool_task *tasks, size_t n)
{
    size_t i = 0;
    for (; i < n && !is_fed(pool); i++) {
        ssize_t rc = wb_procpool_submit(pool, tasks[i].bytes, tasks[i].size);
        if (rc < 0 && pool->pending > 0)
            break;
        if (rc < 0)
            wb_die("no memory for a task of %zu bytes", tasks[i].size);
    }
    return i;
}

/* region: map */
int wb_procpool_map(struct wb_procpool *pool,
                    const struct wb_procpool_task *tasks, size_t n,
                    size_t chunk, struct wb_procpool_result *results,
                    int64_t deadline)
{
    size_t base = pool->nsubmitted, begun = 0;
    int rc = check_map(pool, tasks, n, chunk), late = 0;
    if (rc < 0)
        return rc;
    pool->chunk = chunk < CHUNK_MAX ? chunk : CHUNK_MAX;
    for (size_t taken = 0; taken < n;) {
        begun += feed(pool, tasks + begun, n - begun);
        if (late < 0)
            give_up(pool, late, "not begun before the deadline");
        rc = take(pool, base, results, deadline);
        taken += rc == 0;
        if (rc < 0)
            give_up(pool, late = rc, "not finished by the deadline");
    }
    pool->chunk = 1;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = results[i].rc;
    return rc;
}
/* endregion: map */

size_t wb_procpool_pending(const struct wb_procpool *pool)
{
    return pool->pending;
}

size_t wb_procpool_replaced(const struct wb_procpool *pool)
{
    return pool->replaced;
}
