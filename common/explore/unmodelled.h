#ifndef WBX_UNMODELLED_H
#define WBX_UNMODELLED_H

/**
 * @file unmodelled.h
 * Functions outside the program that the explorer has no model of. They are
 * not called for real: then they would decide who goes next. A program that
 * has such calls can be explored as long as it makes none.
 */

#include "arena.h"
#include "models.h"

/** The file in the build's directory that has a stand-in for each of them. */
#define WBX_UNMODELLED "unmodelled.s"

/** Write that file. @return 0 or -1 with errno set */
int wbx_unmodelled_write(struct wbx_arena *a, const char *dir,
                         const struct wbx_names *functions);

/**
 * What to tell the user when the linked program has called one of them.
 *
 * @param at  where, as FILE:LINE, or NULL
 */
const char *wbx_unmodelled_explain(struct wbx_arena *a, int program,
                                   const char *function, const char *at);

#endif
