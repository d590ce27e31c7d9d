#ifndef WB_REPLAYS_H
#define WB_REPLAYS_H

/**
 * @file replays.h
 * Remembers how each replay token came about, so that the token alone is
 * enough to see its schedule again: ROOT/.workbook/replays, a line per token,
 * newest first: token, directory, words of the explore command, by tabs.
 */

#include "app.h"

enum { WB_REPLAYS_WORDS = 64, WB_REPLAYS_KEPT = 100 };

struct wb_replay {
    char *text; /* what the others point into */
    const char *dir;
    int argc;
    char *argv[WB_REPLAYS_WORDS + 1]; /* argv[0] is "explore" */
};

/**
 * Remember words[0..n), as they were typed in directory dir, for token.
 * @return 0 or negative errno: nothing is lost but the memory of it
 */
int wb_replay_keep(const struct wb_app *app, const char *token, const char *dir,
                   int n, char *const *words);

/** @return 0, -ENOENT for an unknown token, or another negative errno; free
 *  it whatever is returned */
int wb_replay_find(const struct wb_app *app, const char *token,
                   struct wb_replay *r);

void wb_replay_free(struct wb_replay *r);

#endif
