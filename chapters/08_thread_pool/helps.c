/* A task waits for another task of its pool, which has one worker.
 *
 * The worker runs what it would have to wait for. And where no help is
 * possible, as a task waits for itself, it is told so.
 *
 * Prove:   ./workbook explore 08 helps
 *          ./workbook explore 08 helps -- itself
 * Next:    the exercise */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "wb/base.h"
#include "wb/pool.h"
#include "wb/verdict.h"

static struct wb_pool *pool;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct wb_future *outer; /* guarded by mu */

static int part(void *arg, void **result)
{
    static int half = 21;

    (void)arg;
    *result = &half;
    return 0;
}

/* region: nested */
static int whole(void *arg, void **result)
{
    struct wb_future *inner;

    WB_MUST(wb_pool_submit(pool, part, arg, &inner));
    int error = wb_future_get(inner, result);
    wb_future_free(inner);
    return error;
}
/* endregion: nested */

/* region: itself */
static int itself(void *arg, void **result)
{
    (void)arg;
    WB_MUST(pthread_mutex_lock(&mu)); /* until main has stored the future */
    struct wb_future *me = outer;
    WB_MUST(pthread_mutex_unlock(&mu));
    return wb_future_get(me, result);
}
/* endregion: itself */

int main(int argc, char **argv)
{
    wb_task_fn *task = argc > 1 ? itself : whole;
    void *half;

    (void)argv;
    WB_MUST(wb_pool_create(&pool, 1));
    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(wb_pool_submit(pool, task, NULL, &outer));
    WB_MUST(pthread_mutex_unlock(&mu));
    int error = wb_future_get(outer, &half);
    wb_future_free(outer);
    wb_pool_free(pool);
    if (error == 0)
        printf("the answer is %d\n", 2 * *(int *)half);
    else
        printf("no answer: %s\n", strerror(-error));
    WB_JUDGE(error == (argc > 1 ? -EDEADLK : 0), WB_WRONG_ANSWER,
             "the task got error %d", error);
    return 0;
}
