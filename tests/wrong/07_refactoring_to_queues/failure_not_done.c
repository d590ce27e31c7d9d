/* A sample that fails is set aside, and nobody says that it is done.
 *
 * rejected: deadlock | lost-wakeup "all_done" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/queue.h"

/* A stage and its workers. All of it is const after lab_open(). */
struct post {
    struct stage stage;
    struct wb_queue *in;   /* samples that wait for this stage */
    struct wb_queue *next; /* those of the next stage, or NULL */
    struct wb_queue *door; /* those of the first: counts all in the lab */
    pthread_t *workers;
};

struct lab {
    int n;
    struct post posts[];
};

static void *work(void *arg)
{
    const struct post *p = arg;
    void *item;

    while (wb_queue_pop(p->in, &item) == 0) {
        struct sample *s = item;

        s->result = p->stage.work(s);
        if (s->result != 0)
            continue;
        if (p->next != NULL)
            WB_MUST(wb_queue_push(p->next, s));
        else
            wb_queue_task_done(p->door);
    }
    return NULL;
}

static void start(struct post *p)
{
    p->workers = wb_alloc((size_t)p->stage.workers, sizeof(*p->workers));
    for (int i = 0; i < p->stage.workers; i++)
        WB_MUST(pthread_create(&p->workers[i], NULL, work, p));
}

int lab_open(struct lab **out, const struct stage *stages, int n, int room)
{
    if (n < 1 || room < 1)
        return -EINVAL;
    for (int i = 0; i < n; i++)
        if (stages[i].workers < 1)
            return -EINVAL;

    struct lab *lab =
        wb_alloc(1, sizeof(*lab) + (size_t)n * sizeof(struct post));
    lab->n = n;
    for (int i = 0; i < n; i++) {
        lab->posts[i].stage = stages[i];
        WB_MUST(wb_queue_create(&lab->posts[i].in, (size_t)room));
        lab->posts[i].door = lab->posts[0].in;
        if (i > 0)
            lab->posts[i - 1].next = lab->posts[i].in;
    }
    for (int i = 0; i < n; i++)
        start(&lab->posts[i]);
    *out = lab;
    return 0;
}

void lab_submit(struct lab *lab, struct sample *s)
{
    WB_MUST(wb_queue_push(lab->posts[0].in, s));
}

void lab_wait(struct lab *lab)
{
    wb_queue_join(lab->posts[0].in);
}

void lab_close(struct lab *lab)
{
    for (int i = 0; i < lab->n; i++) {
        struct post *p = &lab->posts[i];

        wb_queue_close(p->in);
        for (int w = 0; w < p->stage.workers; w++)
            WB_MUST(pthread_join(p->workers[w], NULL));
        free(p->workers);
    }
    for (int i = 0; i < lab->n; i++)
        wb_queue_free(lab->posts[i].in);
    free(lab);
}
