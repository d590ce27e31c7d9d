/* Does all the work when a sample is handed over: right, and one at a time.
 *
 * rejected: not-concurrent "worked at" */
#include "exercise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"

struct lab {
    int n;
    struct stage stages[];
};

int lab_open(struct lab **out, const struct stage *stages, int n, int room)
{
    if (n < 1 || room < 1)
        return -EINVAL;
    for (int i = 0; i < n; i++)
        if (stages[i].workers < 1)
            return -EINVAL;
    *out = wb_alloc(1, sizeof(**out) + (size_t)n * sizeof(*stages));
    (*out)->n = n;
    memcpy((*out)->stages, stages, (size_t)n * sizeof(*stages));
    return 0;
}

void lab_submit(struct lab *lab, struct sample *s)
{
    s->result = 0;
    for (int i = 0; i < lab->n && s->result == 0; i++)
        s->result = lab->stages[i].work(s);
}

void lab_wait(struct lab *lab)
{
    (void)lab;
}

void lab_close(struct lab *lab)
{
    free(lab);
}
