/* A pool of one's own, whose task waits for another task of it.
 *
 * Symptom: everything stops, and no processor is busy.
 * Cause:   the task occupies a worker while it waits. When each worker waits
 *          for a task in the queue, nobody is left to take it out.
 * Provoke: ./workbook explore 08 waits
 * Next:    helps.c */
#include <pthread.h>
#include <stdio.h>

#include "wb/base.h"
#include "wb/queue.h"

/* region: future */
struct future {
    int (*fn)(void);
    pthread_mutex_t mu;
    pthread_cond_t done;
    int is_done, result; /* guarded by mu */
};

static struct wb_queue *tasks;

static int get(struct future *f)
{
    WB_MUST(pthread_mutex_lock(&f->mu));
    while (!f->is_done)
        WB_MUST(pthread_cond_wait(&f->done, &f->mu));
    WB_MUST(pthread_mutex_unlock(&f->mu));
    return f->result;
}
/* endregion: future */

/* region: worker */
static void *work(void *unused)
{
    void *task;

    while (wb_queue_pop(tasks, &task) == 0) {
        struct future *f = task;
        int result = f->fn();

        WB_MUST(pthread_mutex_lock(&f->mu));
        f->result = result;
        f->is_done = 1;
        WB_MUST(pthread_cond_signal(&f->done));
        WB_MUST(pthread_mutex_unlock(&f->mu));
    }
    return unused;
}
/* endregion: worker */

#define FUTURE(fn)                                                             \
    {                                                                          \
        fn, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0          \
    }

static int part(void)
{
    return 21;
}

/* region: nested */
static struct future inner = FUTURE(part);

static int whole(void)
{
    WB_MUST(wb_queue_push(tasks, &inner));
    return 2 * get(&inner);
}
/* endregion: nested */

static struct future outer = FUTURE(whole);

int main(void)
{
    pthread_t worker;

    WB_MUST(wb_queue_create(&tasks, 16));
    WB_MUST(pthread_create(&worker, NULL, work, NULL));
    WB_MUST(wb_queue_push(tasks, &outer));
    printf("the answer is %d\n", get(&outer));
    wb_queue_close(tasks);
    WB_MUST(pthread_join(worker, NULL));
    wb_queue_free(tasks);
    return 0;
}
