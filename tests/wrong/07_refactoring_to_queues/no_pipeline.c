/* One worker takes a sample through all stages: the next one waits for that.
 *
 * rejected: not-concurrent "stages" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/queue.h"

struct lab {
    struct wb_queue *samples;
    pthread_t *workers; /* those of the first stage do it all */
    int n;
    struct stage stages[];
};

static void *work(void *arg)
{
    const struct lab *lab = arg;
    void *item;

    while (wb_queue_pop(lab->samples, &item) == 0) {
        struct sample *s = item;

        s->result = 0;
        for (int i = 0; i < lab->n && s->result == 0; i++)
            s->result = lab->stages[i].work(s);
        wb_queue_task_done(lab->samples);
    }
    return NULL;
}

int lab_open(struct lab **out, const struct stage *stages, int n, int room)
{
    if (n < 1 || room < 1)
        return -EINVAL;
    for (int i = 0; i < n; i++)
        if (stages[i].workers < 1)
            return -EINVAL;

    struct lab *lab = wb_alloc(1, sizeof(*lab) + (size_t)n * sizeof(*stages));
    lab->n = n;
    for (int i = 0; i < n; i++)
        lab->stages[i] = stages[i];
    WB_MUST(wb_queue_create(&lab->samples, (size_t)room));
    lab->workers = wb_alloc((size_t)stages[0].workers, sizeof(pthread_t));
    for (int i = 0; i < stages[0].workers; i++)
        WB_MUST(pthread_create(&lab->workers[i], NULL, work, lab));
    *out = lab;
    return 0;
}

void lab_submit(struct lab *lab, struct sample *s)
{
    WB_MUST(wb_queue_push(lab->samples, s));
}

void lab_wait(struct lab *lab)
{
    wb_queue_join(lab->samples);
}

void lab_close(struct lab *lab)
{
    wb_queue_close(lab->samples);
    for (int i = 0; i < lab->stages[0].workers; i++)
        WB_MUST(pthread_join(lab->workers[i], NULL));
    wb_queue_free(lab->samples);
    free(lab->workers);
    free(lab);
}
