#ifndef WBX_GRAPH_PUT_H
#define WBX_GRAPH_PUT_H

/**
 * @file graph_put.h
 * The graph that a search has made, written for a reader. One thread at a time
 * per graph; memory is the arena's of the naming.
 */

#include <stdio.h>

#include "explore.h"
#include "names.h"
#include "protocol.h"

/**
 * Write g as one JSON object and a newline.
 *
 * @param opt  its files, and how the graph was made
 * @return false when it has more states than a page should hold: then what is
 * in out is of no use
 */
bool wbx_graph_put(const struct wbx_graph *g, const struct wbx_options *opt,
                   const struct wbx_naming *naming, FILE *out);

#endif
