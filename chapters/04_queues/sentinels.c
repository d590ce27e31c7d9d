/* Background workers that learn of the end from the queue itself.
 *
 * A sentinel is an item that means "no more for you". It stands behind all
 * the work, so whoever takes it knows that nothing is left to do. A worker
 * takes one and ends, so there has to be one for each worker. With one for
 * all of them (compile with -DONE_SENTINEL) the others wait for ever.
 *
 * Prove:   ./workbook explore 04 sentinels
 *          ./workbook explore 04 sentinels -DONE_SENTINEL
 * Next:    the exercise */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/queue.h"

enum { MAX_WORKERS = 16, ROOM = 4 };

/* region: worker */
static char no_more; /* its address is the sentinel: no job is there */

struct worker {
    pthread_t thread;
    struct wb_queue *jobs;
    long finished; /* its own thread only, until it is joined */
};

static void *work(void *arg)
{
    struct worker *me = arg;
    void *job = NULL;

    while (wb_queue_pop(me->jobs, &job) == 0 && job != &no_more) {
        free(job);
        me->finished++; /* stands for doing the job */
    }
    return NULL;
}
/* endregion: worker */

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 2;
    long jobs = argc > 2 ? atol(argv[2]) : 1, finished = 0;
    struct worker workers[MAX_WORKERS] = { 0 };
    struct wb_queue *queue;

    if (n < 1 || n > MAX_WORKERS || jobs < 0)
        wb_die("usage: %s [WORKERS (1-%d) [JOBS]]", argv[0], MAX_WORKERS);
    WB_MUST(wb_queue_create(&queue, ROOM));
    for (int i = 0; i < n; i++) {
        workers[i].jobs = queue;
        WB_MUST(pthread_create(&workers[i].thread, NULL, work, &workers[i]));
    }
    /* region: stop */
    for (long i = 0; i < jobs; i++)
        WB_MUST(wb_queue_push(queue, wb_alloc(1, 1)));
#ifdef ONE_SENTINEL
    WB_MUST(wb_queue_push(queue, &no_more));
#else
    for (int i = 0; i < n; i++)
        WB_MUST(wb_queue_push(queue, &no_more));
#endif
    for (int i = 0; i < n; i++) {
        WB_MUST(pthread_join(workers[i].thread, NULL));
        finished += workers[i].finished;
    }
    /* endregion: stop */
    wb_queue_free(queue);
    printf("%ld jobs, %ld finished by %d workers\n", jobs, finished, n);
    return finished == jobs ? EXIT_SUCCESS : EXIT_FAILURE;
}
