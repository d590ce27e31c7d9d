#ifndef WB_TRACE_FILE_H
#define WB_TRACE_FILE_H

/**
 * @file trace_file.h
 * Where `workbook explore` puts what --trace FILE and --graph FILE ask for.
 */

#include "explore.h"

/**
 * Look if path can be written, without writing anything: a search may take
 * minutes, and its result must not get lost over a wrong name.
 *
 * @return 0, or a negative errno: -EISDIR, -EACCES, -ENOENT...
 */
int wb_trace_file_check(const char *path);

/**
 * Write text to path. An ordinary file appears whole or not at all, and on
 * error an older one is untouched; a device or a pipe is written to. Any
 * thread.
 *
 * @return 0 or a negative errno
 */
int wb_trace_file_put(const char *path, const char *text, size_t size);

/**
 * The same with the schedule of f.
 *
 * @return 0 or a negative errno
 */
int wb_trace_file_write(const char *path, const struct wbx_failure *f);

#endif
