#ifndef WB_TRACE_FILE_H
#define WB_TRACE_FILE_H

/**
 * @file trace_file.h
 * Where `workbook explore --trace FILE` puts the failing schedule.
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
 * Write the schedule of f to path. An ordinary file appears whole or not at
 * all, and on error an older one is untouched; a device or a pipe is written
 * to. Any thread.
 *
 * @return 0 or a negative errno
 */
int wb_trace_file_write(const char *path, const struct wbx_failure *f);

#endif
