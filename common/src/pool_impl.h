#ifndef WB_POOL_IMPL_H
#define WB_POOL_IMPL_H

/*
 * What pool.c, which runs tasks, future.c, which waits for them, and
 * as_completed.c, which waits for several, share.
 * The mutex mu of a pool guards all of it, but for the tasks that have been
 * submitted and not been moved to its queue: these are under submit_mu. Lock
 * order: mu, submit_mu. Nothing else is locked, and no task runs, meanwhile.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "wb/base.h"
#include "wb/pool.h"

enum state { PENDING, RUNNING, DONE, CANCELED };

/* region: future */
struct wb_future {
    /* const after submit */
    struct wb_pool *pool;
    wb_task_fn *fn;
    void *arg;

    /* the running task only; const once state is DONE */
    void *result;
    int error;

    /* atomic: changes under mu; the release of DONE and CANCELED pairs with
     * the acquire in wb_future_done(), which takes no lock */
    _Atomic enum state state;

    /* atomic: release, and acquire of the last one, who frees */
    atomic_int refs; /* the pool's until it is done, and the caller's */

    /* guarded by the mutex of the list in which it is */
    struct wb_future *older, *newer;

    /* guarded by mu */
    struct worker *runner; /* when RUNNING */
    struct watch *watches; /* who waits for it */
};
/* endregion: future */

/* region: watcher */
/* A place to sleep. It lives as long as the pool, so it may be signalled when
 * the lock was given up and the sleeper has gone already. */
struct seat {
    pthread_cond_t some_done; /* its watcher's done != NULL */
    struct seat *next;        /* guarded by mu: of those that are free */
};

/* One watcher waits until any of n futures is done. It stands in the list of
 * each with a watch. Guarded by mu. */
struct watch {
    struct wb_future *future; /* NULL: was handed out, perhaps is freed */
    struct watcher *watcher;
    struct watch *next; /* of the same future; then, of the same watcher */
};

struct watcher {
    struct seat *seat; /* where it sleeps; NULL when it does not */
    struct watch *watches;
    size_t n;
    size_t looked;            /* those before it are not PENDING */
    struct watch *done;       /* in the order in which they became so */
    struct watch **last_done; /* where the next one goes */
};
/* endregion: watcher */

struct worker {
    /* const after create */
    pthread_t thread;
    struct wb_pool *pool;
    unsigned number;

    /* owner thread only */
    unsigned nested; /* tasks it has begun */

    /* guarded by mu */
    struct watcher *waits; /* for these, and does nothing else */
    bool asked;            /* while future.c looks for a circle */
};

/* region: pool */
/* Tasks in the order of submission, linked through their futures. */
struct list {
    struct wb_future *oldest, *newest;
};

struct wb_pool {
    pthread_mutex_t mu;

    /* guarded by mu; beside it, as they travel between processors with it */
    struct list queue;  /* PENDING ones that are taken from the front */
    size_t running;     /* tasks */
    struct seat *seats; /* that are free */
    unsigned idle;      /* workers that wait for work */
    bool waking;        /* one of them was signalled and has not come yet */
    bool burst;         /* more than one task was moved to the queue at once */

    /* const after create */
    unsigned nworkers;

    char unused[64]; /* so that what is below travels apart from it */

    pthread_mutex_t submit_mu;

    /* guarded by submit_mu */
    struct list submitted; /* PENDING ones that are not in the queue yet */
    bool hungry;           /* whoever submits has to wake a worker */

    /* changes under both mutexes, so either is enough to look at it */
    bool closed; /* never becomes false again */

    pthread_cond_t work;     /* mu: there are tasks, or closed */
    pthread_cond_t all_done; /* mu: closed, and none waits or runs */

    struct worker workers[];
};
/* endregion: pool */

/* -- pool.c -----------------------------------------------------------------
 */

void wb_pool_lock(struct wb_pool *pool);
void wb_pool_unlock(struct wb_pool *pool);

/* The worker that calls, if it is one of this pool, or NULL. */
struct worker *wb_pool_self(const struct wb_pool *pool);

/* Run a PENDING task here and now; the lock is given up meanwhile. */
void wb_pool_run_locked(struct worker *me, struct wb_future *f);

/* Take a PENDING task from where it waits and call it CANCELED. */
void wb_pool_cancel_locked(struct wb_future *f);

/* -- future.c ---------------------------------------------------------------
 */

/* Tell all who wait for it that f is DONE or CANCELED.
 * @return a seat that is still to be signalled, best when mu is free, or NULL
 */
struct seat *wb_future_finish_locked(struct wb_future *f, enum state state);

/* Free the seats of a pool that nobody uses any more. */
void wb_pool_free_seats(struct wb_pool *pool);

/* Have w watch n futures; those that are done already come first. */
void wb_watch_locked(struct watcher *w, struct watch *watches,
                     struct wb_future *const *futures, size_t n);

/* Wait until one is done. @return 0, -ETIMEDOUT or -EDEADLK */
int wb_watcher_wait_locked(struct wb_pool *pool, struct watcher *w,
                           int64_t deadline);

/* Watch no more. The futures that were not handed out must still be there. */
void wb_unwatch_locked(struct watcher *w);

#endif
