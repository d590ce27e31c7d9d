#ifndef WBX_REPORT_H
#define WBX_REPORT_H

/**
 * @file report.h
 * Parts of a report that its makers and its printers share. Any thread.
 */

#include "arena.h"
#include "explore.h"

/** @return an empty arena on the heap, for wbx_report.owner. */
struct wbx_arena *wbx_report_arena(void);

/** @return the command that replays a token, quoted for a shell. */
const char *wbx_report_command(const struct wbx_options *opt, const char *token,
                               struct wbx_arena *a);

/** "1,234,567", into a buffer of at least 32 bytes, which is returned. */
char *wbx_report_number(char *buffer, uint64_t number);

#endif
