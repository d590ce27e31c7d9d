#ifndef WBX_RECORD_H
#define WBX_RECORD_H

/**
 * @file record.h
 * From what the runtime wrote down to what a reader is told.
 * One thread at a time per naming; strings live in its arena.
 */

#include "explore.h"
#include "names.h"

/** Fill in everything of *out but replay and command. */
void wbx_record_translate(struct wbx_naming *n, struct wbx_failure *out);

/** One step; *e must be zeroed. */
void wbx_record_event(struct wbx_naming *n, const struct wbx_step *s,
                      struct wbx_event *e);

/** How thread `number` stood; *t must be zeroed. */
void wbx_record_thread(struct wbx_naming *n, int number,
                       const struct wbx_thread_end *end, struct wbx_thread *t);

/** The word for an enum wbx_op. */
const char *wbx_record_op(unsigned op);

/** One sentence on why it failed; f's events and threads are ready. */
const char *wbx_cause(struct wbx_naming *n, const struct wbx_failure *f);

#endif
