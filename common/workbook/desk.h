#ifndef WB_DESK_H
#define WB_DESK_H

/**
 * @file desk.h
 * What most commands begin with: options, a chapter, the state. Each call
 * has told the learner what is wrong when it says that something is.
 */

#include "app.h"
#include "chapter.h"
#include "state.h"

/** Take flag out of argv, up to "--". @return whether it was there */
bool wb_take_flag(int *argc, char **argv, const char *flag);

/** Say how the command is used; with a message first unless fmt is NULL.
 *  @return WB_EXIT_USAGE */
int wb_usage(struct wb_app *app, const char *command, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Load the chapters. @return 0 or an exit code; free them either way */
int wb_desk_chapters(struct wb_app *app, struct wb_chapters *all);

/** @return the chapter word means, or NULL */
const struct wb_chapter *wb_desk_find(struct wb_app *app,
                                      const struct wb_chapters *all,
                                      const char *word);

/** Open the state. @return 0 or an exit code; close it either way */
int wb_desk_state(struct wb_app *app, struct wb_state *st);

/** Save the state. @return 0 or an exit code */
int wb_desk_save(struct wb_app *app, struct wb_state *st);

/** @return the chapter to work on: the one last started if it has not been
 *  passed, else the first that has not; NULL when all have */
const struct wb_chapter *wb_desk_current(const struct wb_chapters *all,
                                         const struct wb_state *st);

/** @return path as seen from the root */
const char *wb_desk_short(const struct wb_app *app, const char *path);

/** What a command with one chapter works on. */
struct wb_desk {
    struct wb_chapters all;
    const struct wb_chapter *chapter;
};

/**
 * Load the chapters and find argv[1], or, if optional and there is none,
 * the current chapter. Anything else in argv is a mistake.
 * @return 0 or an exit code; leave the desk either way
 */
int wb_desk_enter(struct wb_desk *d, struct wb_app *app, int argc, char **argv,
                  bool optional);

void wb_desk_leave(struct wb_desk *d);

#endif
