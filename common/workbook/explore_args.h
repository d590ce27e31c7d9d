#ifndef WB_EXPLORE_ARGS_H
#define WB_EXPLORE_ARGS_H

/**
 * @file explore_args.h
 * What `workbook explore` was asked to do, chapters turned into files.
 */

#include <stdint.h>

#include "desk.h"

struct wb_words {
    const char **items; /* each from strdup() */
    size_t count;
};

struct wb_explore_args {
    struct wb_words files, cflags, args;
    const char *replay;
    const char *trace_shown; /* as it was typed, NULL: no trace wanted */
    char trace[PATH_MAX];    /* the same from anywhere */
    const char *graph_shown; /* the same of the graph */
    char graph[PATH_MAX];
    char shown_as[128]; /* of a chapter's program: the command; or "" */
    uint64_t budget;
    int bound;
    bool all, json;
    char refusal[512]; /* why a chapter's program is not explored, or "" */
};

/**
 * Read argv[1..]; options may stand anywhere before "--". "N bad" and the
 * like become the chapter's files, with what their head comments say after
 * "explore:". a must be zeroed.
 *
 * @return 0, or an exit code; told the user unless a->refusal is set. Free a
 * whatever is returned.
 */
int wb_explore_args_parse(struct wb_explore_args *a, struct wb_app *app,
                          int argc, char **argv);

void wb_explore_args_free(struct wb_explore_args *a);

#endif
