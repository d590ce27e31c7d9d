#ifndef WB_STATE_FORMAT_H
#define WB_STATE_FORMAT_H

/**
 * @file state_format.h
 * The text of the state file and nothing else: no file is touched here.
 */

#include "state.h"

/**
 * Read text into st, which must be empty.
 * @return 0, -EPROTO (a newer version) or -EBADMSG (not a state file)
 */
int wb_state_parse(struct wb_state *st, const char *text);

/** @return the text, to free(); NULL without memory */
char *wb_state_print(const struct wb_state *st);

#endif
