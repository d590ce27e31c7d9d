#ifndef WB_TARGET_H
#define WB_TARGET_H

/**
 * @file target.h
 * Builds things with CMake, quietly unless that fails. Main thread only.
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

#endif
