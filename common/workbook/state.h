#ifndef WB_STATE_H
#define WB_STATE_H

/**
 * @file state.h
 * What the learner has done so far: ROOT/.workbook/state.
 *
 *     struct wb_state st;
 *     int rc = wb_state_open(&st, app->root);      // locked from here
 *     wb_state_of(&st, "03_locks")->passed = true;
 *     rc = wb_state_save(&st);
 *     wb_state_close(&st);
 *
 * The file is text, a line a fact, and ends with a checksum, so that half a
 * file is never taken for a whole one. Between open and close other commands
 * wait. Owner thread only.
 */

#include <stdbool.h>
#include <stddef.h>

#include "chapter.h"
#include "wb/verdict.h"

/** Hints are counted per verdict; the last counter is for "any". */
enum { WB_HINT_ANY = WB_VERDICT_COUNT, WB_HINT_KINDS = WB_VERDICT_COUNT + 1 };

struct wb_progress {
    char name[WB_CHAPTER_NAME];
    bool started, passed;
    unsigned checks;
    enum wb_verdict last; /* of the last check; WB_CLEAN if it passed */
    unsigned hints[WB_HINT_KINDS]; /* seen so far */
};

struct wb_state {
    char path[PATH_MAX];
    char current[WB_CHAPTER_NAME]; /* "" before the first start */
    struct wb_progress *items;
    size_t count;
    int lock;                 /* descriptor that holds the lock, -1 none */
    char set_aside[PATH_MAX]; /* where a corrupt file went, "" if none */
};

/**
 * Lock and read the state; a missing file is an empty state. A file that
 * cannot be understood is renamed to state.corrupt-N, whose path is left in
 * st->set_aside for the caller to report, and the state is then empty.
 *
 * @return 0; -EPROTO when a newer workbook wrote the file, which is left
 * alone; or another negative errno. Close it whatever is returned.
 */
int wb_state_open(struct wb_state *st, const char *root);

/**
 * Write the state in one piece. On error the file on disk is as before.
 * @return 0 or negative errno
 */
int wb_state_save(struct wb_state *st);

/** Unlock and free. Changes that were not saved are gone. */
void wb_state_close(struct wb_state *st);

/** @return that chapter's record, added if need be; valid until the next call
 */
struct wb_progress *wb_state_of(struct wb_state *st, const char *name);

/** @return that chapter's record, or one that says nothing was done yet */
const struct wb_progress *wb_state_look(const struct wb_state *st,
                                        const char *name);

#endif
