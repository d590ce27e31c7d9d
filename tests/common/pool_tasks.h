#ifndef POOL_TASKS_H
#define POOL_TASKS_H

/*
 * What the tests of the pool have in common: a gate at which tasks meet, so
 * that nobody waits a while and hopes, some tasks, and a look at who sleeps.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/pool.h"
#include "wb/testkit.h"

/* A gate that opens when somebody says so, or when so many have come. */
struct gate {
    pthread_mutex_t mu;
    pthread_cond_t moved; /* somebody came, or it was opened */
    int inside;           /* guarded by mu */
    bool open;            /* guarded by mu */
};

enum { PATIENCE_MS = 30000 };

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

static inline void gate_see(struct gate *g, int n)
{
    WB_MUST(pthread_mutex_lock(&g->mu));
    while (g->inside < n)
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

/* Come back when the thread that *tid names, once it does, waits for a lock or
 * a condition variable. */
static inline void see_asleep(_Atomic pid_t *tid)
{
    struct wb_blocked at;
    while (atomic_load(tid) == 0)
        sched_yield();
    int rc = wb_proc_wait_blocked(atomic_load(tid), "futex",
                                  wb_deadline_in_ms(PATIENCE_MS), &at);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT)
        print_message("/proc/PID/syscall cannot be read here: not checked "
                      "that the worker waits\n");
    else
        wb_expect(rc == 0, WB_ASSERTION, "the worker never waited");
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
