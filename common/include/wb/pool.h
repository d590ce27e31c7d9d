#ifndef WB_POOL_H
#define WB_POOL_H

/**
 * @file pool.h
 * A fixed number of threads that run tasks, and futures for what comes of
 * them: an executor.
 *
 *     struct wb_pool *pool;
 *     struct wb_future *f;
 *     WB_MUST(wb_pool_create(&pool, 4));
 *     WB_MUST(wb_pool_submit(pool, fetch, url, &f));
 *     int error = wb_future_get(f, &page);  // waits; the task's own error
 *     wb_future_free(f);
 *     wb_pool_free(pool);                   // when all tasks have been run
 *
 * The workers are started at once, so that what cannot be started is known
 * when the pool is made, and no submit has to make a thread. Nothing bounds
 * the tasks that wait: whoever submits without end gets them from futures.
 *
 * Tasks start in the order of submission. A task may wait for futures of its
 * own pool. If the one it waits for has not started, the waiting worker runs
 * it there and then; what would wait in a circle gets -EDEADLK and goes on.
 *
 * Futures are as in Java's FutureTask (D. Lea) and Python's
 * concurrent.futures; running what one waits for is D. B. Wagner and B. G.
 * Calder, "Leapfrogging" (1993); looking for circles is the wait-for graph of
 * R. C. Holt, "Some deadlock properties of computer systems" (1972).
 *
 * Any thread may call any of these, but for create and free; none may be
 * called from a signal handler. Deadlines are those of base.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** A pool, a future, an iterator: only ever behind a pointer. */
struct wb_pool;
struct wb_future;
struct wb_as_completed;

/**
 * A task. What it stores in *result, NULL before, is what wb_future_get()
 * gives; who frees it is between the two of them.
 * @return 0, or a negative errno: the task's error
 */
typedef int wb_task_fn(void *arg, void **result);

/** What becomes of tasks that have not started when the pool shuts down. */
enum wb_pool_rest { WB_POOL_RUN_REST, WB_POOL_CANCEL_REST };

/** Tasks that one worker may have begun at once, each waiting for the next. */
enum { WB_POOL_NESTED_MAX = 100 };

/* -- pool ----------------------------------------------------------------- */

/**
 * Make a pool and start its workers.
 *
 * @param out          receives the pool; free it with wb_pool_free()
 * @param max_workers  how many run at once; 0: as many as there are processors
 * @return 0, -ENOMEM or -EAGAIN (so many threads cannot be had)
 */
int wb_pool_create(struct wb_pool **out, unsigned max_workers);

/**
 * Shut down (WB_POOL_RUN_REST), end the workers, free the pool; NULL is
 * allowed. Nobody else may be inside a call on it. Futures outlive it.
 */
void wb_pool_free(struct wb_pool *pool);

/**
 * Take no more tasks, run or cancel those that have not started, and come
 * back when none is running. May be called again.
 * @return 0, or -EDEADLK (called by a task of this pool: nothing has changed)
 */
int wb_pool_shutdown(struct wb_pool *pool, enum wb_pool_rest rest);

/**
 * Have fn(arg) run by a worker.
 *
 * @param out  receives a future for wb_future_free(), done or not; NULL when
 *             nobody will ask: then an error of the task is lost
 * @return 0, -EPIPE (shut down) or -ENOMEM; *out is set only on 0
 */
int wb_pool_submit(struct wb_pool *pool, wb_task_fn *fn, void *arg,
                   struct wb_future **out);

/**
 * Run fn(args[i]) for each i < n, and wait for all of them.
 *
 * @param results  receives their n results, in the order of args; may be NULL
 * @return 0, or the error of the first in that order which failed, or that of
 * wb_pool_submit(): then the tasks already submitted were cancelled or run
 */
int wb_pool_map(struct wb_pool *pool, wb_task_fn *fn, void *const *args,
                size_t n, void **results);

/* -- futures -------------------------------------------------------------- */

/** Give the future back; its task runs all the same. NULL is allowed; nobody
 *  else may be inside a call on it, a task that waits for it neither. */
void wb_future_free(struct wb_future *f);

/** @return whether its task has ended or was cancelled; never waits */
bool wb_future_done(const struct wb_future *f);

/** Keep the task from running. @return 0, or -EBUSY: it runs, or has run */
int wb_future_cancel(struct wb_future *f);

/** @return 0 (done), -ETIMEDOUT, -EDEADLK (see above) or -ENOMEM; so do all
 *  that wait */
int wb_future_wait_until(struct wb_future *f, int64_t deadline);

/**
 * Wait, and say what came of it; as often as you like.
 *
 * @param result  receives the task's result when it is done; may be NULL
 * @return what the task returned, -ECANCELED, or what wait_until() returns
 * when it is not done: ask wb_future_done() if the task's may be the same
 */
int wb_future_get_until(struct wb_future *f, void **result, int64_t deadline);

/** wb_future_get_until() with WB_FOREVER. */
int wb_future_get(struct wb_future *f, void **result);

/* -- several futures of one pool, which must not be freed meanwhile ---------
 */

/** Wait for all of them. @return 0, -ETIMEDOUT or -EDEADLK (one is not done) */
int wb_future_wait_all(struct wb_future *const *f, size_t n, int64_t deadline);

/** Wait for any. @return the index of the first that was done, -ETIMEDOUT,
 *  -EDEADLK, -ENOMEM, or -EINVAL: none, or not all of one pool */
ssize_t wb_future_wait_any(struct wb_future *const *f, size_t n,
                           int64_t deadline);

/** Begin to go through n futures in the order in which they become done.
 *  @return 0, -ENOMEM or -EINVAL (not all of one pool) */
int wb_as_completed_create(struct wb_as_completed **out,
                           struct wb_future *const *f, size_t n);

/** Wait for the next that is done: each comes once, and may be freed then.
 *  @return 0, -ENODATA (all have come), -ETIMEDOUT or -EDEADLK */
int wb_as_completed_next(struct wb_as_completed *it, struct wb_future **f,
                         int64_t deadline);

/** End it, also before all have come. One thread at a time uses an iterator. */
void wb_as_completed_free(struct wb_as_completed *it);

#endif
