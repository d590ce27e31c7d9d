#ifndef WBX_GRAPH_FOLD_H
#define WBX_GRAPH_FOLD_H

/**
 * @file graph_fold.h
 * Which nodes of a graph nobody can tell apart, by what is seen at them and at
 * all that can follow: states that differ in memory that is not used again.
 *
 * Source: the coarsest stable partition, as in E. F. Moore, "Gedanken-
 * experiments on sequential machines", 1956.
 */

#include <stdint.h>

#include "arena.h"

struct wbx_fold {
    uint32_t n;
    const char *const *seen; /**< of each node, as text */
    const uint32_t *first;   /**< to[first[i]] up to to[first[i + 1]]: */
    const uint32_t *to;      /**< the nodes that follow node i, in order */
};

/**
 * Put nodes that nobody can tell apart into one class.
 *
 * @param class_of  receives the class of each node, from 0 on, in the order of
 *                  their first nodes
 * @return how many classes there are
 */
uint32_t wbx_fold(const struct wbx_fold *f, uint32_t *class_of,
                  struct wbx_arena *a);

#endif
