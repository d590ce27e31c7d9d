#ifndef WBX_GRAPH_WALK_H
#define WBX_GRAPH_WALK_H

/**
 * @file graph_walk.h
 * The graph of a program without the steps that leave nothing to choose: what
 * graph.c writes. One thread at a time per walk; memory is the arena's.
 */

#include "arena.h"
#include "explore.h"
#include "protocol.h"

struct wbx_walk {
    const struct wbx_graph *g;
    const struct wbx_event *events; /**< one for each edge */
    bool coarse;                    /**< WBX_MAP_COARSE */
    bool *quiet;                    /**< of each edge: nobody else notices */
    uint32_t *first, *edges;        /**< edges[first[n]]... begin at node n */
    uint32_t *stamp, now;           /**< nodes that one walk has passed */
    uint32_t *path;                 /**< the edges of that walk */
    uint32_t npath;
};

/** Look at all edges. */
void wbx_walk_begin(struct wbx_walk *w, const struct wbx_graph *g,
                    const struct wbx_event *events, bool coarse,
                    struct wbx_arena *a);

/** The node where there is something to choose, from node on; w->path is then
 * the steps up to there that others can notice. */
uint32_t wbx_walk_on(struct wbx_walk *w, uint32_t node);

/** Two edges of node that race with each other. @return false if none do */
bool wbx_walk_race(const struct wbx_walk *w, uint32_t node,
                   const struct wbx_graph_edge *pair[2]);

#endif
