/* graph_fold.c: classes of nodes that are split until they hold: two nodes
 * stay together as long as what follows them is together as well. */
#include "graph_fold.h"

#include <stdlib.h>
#include <string.h>

struct fold {
    const struct wbx_fold *f;
    const uint32_t *class_of; /* before this round; NULL: nothing is known */
};

static int compare(uint32_t x, uint32_t y)
{
    return (x > y) - (x < y);
}

/* Those that look alike have as many nodes that follow. */
static int by_class(const struct fold *fold, uint32_t x, uint32_t y)
{
    const struct wbx_fold *f = fold->f;
    const uint32_t *class_of = fold->class_of;
    int order = class_of == NULL ? strcmp(f->seen[x], f->seen[y])
                                 : compare(class_of[x], class_of[y]);

    for (uint32_t i = f->first[x], k = f->first[y];
         class_of != NULL && order == 0 && i < f->first[x + 1]; i++, k++)
        order = compare(class_of[f->to[i]], class_of[f->to[k]]);
    return order;
}

static int by_class_and_number(const void *a, const void *b, void *fold)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = by_class(fold, x, y);

    return order != 0 ? order : compare(x, y);
}

/* Classes get the numbers of their first nodes, then these are made dense. */
static uint32_t number_classes(const struct fold *fold, const uint32_t *order,
                               uint32_t *out)
{
    uint32_t n = fold->f->n, classes = 0;

    for (uint32_t i = 0; i < n; i++)
        out[order[i]] = i > 0 && by_class(fold, order[i - 1], order[i]) == 0
                            ? out[order[i - 1]]
                            : order[i];
    for (uint32_t i = 0; i < n; i++)
        out[i] = out[i] == i ? classes++ : out[out[i]];
    return classes;
}

uint32_t wbx_fold(const struct wbx_fold *f, uint32_t *class_of,
                  struct wbx_arena *a)
{
    struct fold fold = { .f = f };
    uint32_t *order = wbx_arena_alloc(a, (f->n + 1) * sizeof(*order));
    uint32_t *before = wbx_arena_alloc(a, (f->n + 1) * sizeof(*before));
    uint32_t classes = 0, known;

    do {
        known = classes;
        for (uint32_t i = 0; i < f->n; i++)
            order[i] = i;
        qsort_r(order, f->n, sizeof(*order), by_class_and_number, &fold);
        classes = number_classes(&fold, order, class_of);
        memcpy(before, class_of, f->n * sizeof(*before));
        fold.class_of = before;
    } while (classes > known);
    return classes;
}
