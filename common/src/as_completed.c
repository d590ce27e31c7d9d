/*
 * Waiting for several futures. See wb/pool.h for what each call promises, and
 * future.c for what a watcher is: the order in which futures become done is
 * the order of its list.
 */

#include <errno.h>
#include <stdlib.h>

#include "pool_impl.h"

int wb_future_wait_all(struct wb_future *const *f, size_t n, int64_t deadline)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = wb_future_wait_until(f[i], deadline);
    return rc;
}

/* region: as_completed */
struct wb_as_completed {
    struct wb_pool *pool; /* NULL when there are no futures */
    struct watcher watcher;
    size_t left; /* owner thread only: not handed out yet */
    struct watch watches[];
};

int wb_as_completed_create(struct wb_as_completed **out,
                           struct wb_future *const *f, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (f[i]->pool != f[0]->pool)
            return -EINVAL;
    struct wb_as_completed *it = malloc(sizeof(*it) + n * sizeof(struct watch));
    if (it == NULL)
        return -ENOMEM;
    it->pool = n > 0 ? f[0]->pool : NULL;
    it->left = n;
    if (n > 0) {
        wb_pool_lock(it->pool);
        wb_watch_locked(&it->watcher, it->watches, f, n);
        wb_pool_unlock(it->pool);
    }
    *out = it;
    return 0;
}

int wb_as_completed_next(struct wb_as_completed *it, struct wb_future **f,
                         int64_t deadline)
{
    struct watcher *w = &it->watcher;
    if (it->left == 0)
        return -ENODATA;
    wb_pool_lock(it->pool);
    int rc = wb_watcher_wait_locked(it->pool, w, deadline);
    if (rc == 0) {
        *f = w->done->future;
        w->done->future = NULL;
        w->done = w->done->next;
        if (w->done == NULL)
            w->last_done = &w->done;
        it->left--;
    }
    wb_pool_unlock(it->pool);
    return rc;
}
/* endregion: as_completed */

void wb_as_completed_free(struct wb_as_completed *it)
{
    if (it == NULL)
        return;
    if (it->pool != NULL) {
        wb_pool_lock(it->pool);
        wb_unwatch_locked(&it->watcher);
        wb_pool_unlock(it->pool);
    }
    free(it);
}

ssize_t wb_future_wait_any(struct wb_future *const *f, size_t n,
                           int64_t deadline)
{
    struct wb_as_completed *it;
    struct wb_future *first = NULL;
    if (n == 0)
        return -EINVAL;
    ssize_t rc = wb_as_completed_create(&it, f, n);
    if (rc != 0)
        return rc;
    rc = wb_as_completed_next(it, &first, deadline);
    wb_as_completed_free(it);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (f[i] == first)
            return (ssize_t)i;
    return rc;
}
