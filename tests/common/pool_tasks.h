#ifndef POOL_TASKS_H
#define POOL_TASKS_H

/*
 * What the tests of the pool have in common: a gate at which tasks meet, so
 * that nobody waits a while and hopes, and some tasks.
 */

#include <pthread.h>
#include <stdint.h>

#include "wb/base.h"
#include "wb/pool.h"

/* A gate that opens when somebody says so, or when so many have come. */
struct gate {
    pthread_mutex_t mu;
    pthread_cond_t moved; /* somebody came, or it was opened */
    int inside;           /* guarded by mu */
    bool open;            /* guarded by mu */
};

#define GATE                                                                   \
    (struct gate)                                                              \
    {                                                                          \
        .mu = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER     \
    }

static inline void gate_pass(struct gate *g)
{
    WB_MUST(pthread_mutex_lock(&g->mu));
    g->inside++;
    WB_MUST(pthread_cond_broadcast(&g->moved));
    while (!g->open)
        WB_MUST(pthread_cond_wait(&g->moved, &g->mu));
    WB_MUST(pthread_mutex_unlock(&g->mu));
}

static inline void gate_open_when(struct gate *g, int n)
{
    WB_MUST(pthread_mutex_lock(&g->mu));
    while (g->inside < n)
        WB_MUST(pthread_cond_wait(&g->moved, &g->mu));
    g->open = true;
    WB_MUST(pthread_cond_broadcast(&g->moved));
    WB_MUST(pthread_mutex_unlock(&g->mu));
}

static inline int give(void *arg, void **result)
{
    *result = arg;
    return 0;
}

static inline int pass(void *arg, void **result)
{
    gate_pass(arg);
    *result = arg;
    return 0;
}

/* 7 and 9 fail, with -7 and -9. */
static inline int double_it(void *arg, void **result)
{
    *result = (char *)arg + (intptr_t)arg;
    return arg == (void *)7 || arg == (void *)9 ? -(int)(intptr_t)arg : 0;
}

static inline struct wb_pool *make(unsigned workers)
{
    struct wb_pool *pool;
    WB_MUST(wb_pool_create(&pool, workers));
    return pool;
}

static inline struct wb_future *submit(struct wb_pool *pool, wb_task_fn *fn,
                                       void *arg)
{
    struct wb_future *f;
    WB_MUST(wb_pool_submit(pool, fn, arg, &f));
    return f;
}

#endif
