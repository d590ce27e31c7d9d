#ifndef WB_TARGET_H
#define WB_TARGET_H

/**
 * @file target.h
 * Builds things with CMake. Main thread only.
 */

#include "app.h"

/**
 * Bring a target up to date, in a directory that CMake has configured;
 * elsewhere it is enough that the file product exists. Shows the log of a
 * failure. @return 0 or an exit code
 */
int wb_target_build(struct wb_app *app, const char *target,
                    const char *product);

/**
 * Run a tool that writes to this terminal itself and may take long; the
 * learner may interrupt it. @return its exit status (127: it cannot be run),
 * 128 + signal, or -errno
 */
int wb_target_run(const char *const *argv, const char *cwd);

/**
 * The same at the root of the workbook; tells the learner if the tool cannot be
 * run. @return WB_EXIT_OK, WB_EXIT_FAULT if the tool failed, WB_EXIT_CANNOT
 */
int wb_target_step(struct wb_app *app, const char *const *argv);

/**
 * Build a target and show what the build says, in a directory that is
 * configured first if need be. @return as wb_target_step()
 */
int wb_target_make(struct wb_app *app, const char *target);

#endif
