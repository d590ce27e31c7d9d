#ifndef WBX_GRAPH_H
#define WBX_GRAPH_H

/**
 * @file graph.h
 * The states of a small program and the steps between them, for a reader who
 * plays the scheduler. explore.md lists the keys of what is written.
 *
 *     struct wbx_report rep;
 *     if (wbx_graph_write(&opt, out, &rep) != WBX_CLEAN)
 *         fprintf(stderr, "%s\n", rep.message);
 *     wbx_report_free(&rep);
 *
 * Thread-safety: calls with distinct reports may run at the same time.
 */

#include "explore.h"

/**
 * Try every step from every state of the program of opt, and write the graph
 * as one JSON object and a newline. Of opt the files, flags, arguments and the
 * compiler count. The caller looks at ferror(out).
 *
 * @param rep  receives the status, and the message when it is not WBX_CLEAN;
 *             free it with wbx_report_free()
 * @return WBX_CLEAN, whatever the program does; else nothing is written:
 * WBX_USAGE when it does not compile, WBX_CANNOT when its states are too many
 * or it does what cannot be explored. Blocks until the search ends.
 */
enum wbx_status wbx_graph_write(const struct wbx_options *opt, FILE *out,
                                struct wbx_report *rep);

#endif
