#ifndef WB_SHOW_H
#define WB_SHOW_H

/**
 * @file show.h
 * How a judgement looks, to people and to programs.
 */

#include "app.h"
#include "chapter.h"
#include "judge.h"

/** next is the chapter to suggest after a pass; NULL: all are solved; c itself:
 * nothing is said about it. */
void wb_show_judgement(const struct wb_app *app, const struct wb_chapter *c,
                       const struct wb_judgement *j,
                       const struct wb_chapter *next);

/** The same as one JSON object; the keys are in `check --help`. */
void wb_show_judgement_json(const struct wb_app *app,
                            const struct wb_chapter *c, const char *file,
                            const struct wb_judgement *j,
                            const struct wb_chapter *next);

#endif
