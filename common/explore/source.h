#ifndef WBX_SOURCE_H
#define WBX_SOURCE_H

/**
 * @file source.h
 * The text of source lines, and how a path is shown. Files are read once.
 * One thread at a time; strings live in the arena.
 */

#include <stddef.h>

#include "arena.h"

struct wbx_source_file;

struct wbx_sources {
    struct wbx_arena *arena;
    const char *const *files; /**< as the user named them */
    size_t nfiles;
    struct wbx_source_file *read;
};

/** @return the line without blanks around it, or NULL when unreadable. */
const char *wbx_source_line(struct wbx_sources *s, const char *path, int line);

/** @return the user's own spelling of the path, or one relative to the
 * working directory, or the path. */
const char *wbx_source_name(struct wbx_sources *s, const char *path);

/** @return what follows the last slash: how columns and sentences show it. */
const char *wbx_source_base(const char *path);

#endif
