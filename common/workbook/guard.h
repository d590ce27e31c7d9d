#ifndef WB_GUARD_H
#define WB_GUARD_H

/**
 * @file guard.h
 * Runs programs that may hang, crash or multiply, and leaves nothing of
 * them behind, also when the learner presses Ctrl-C meanwhile.
 *
 *     struct wb_guard g;
 *     int rc = wb_guard_run(&g, &options, 20);
 *     if (rc == 0 && g.timed_out)
 *         puts(g.stuck);
 *     wb_guard_free(&g);
 *
 * Main thread only, one at a time.
 */

#include <limits.h>
#include <stdbool.h>

#include "wb/subprocess.h"

struct wb_guard {
    const struct wb_subprocess_result *result; /* until free */
    bool timed_out;
    bool spinning;    /* timed out while a thread was running */
    bool for_ever;    /* taken down early: nothing could have woken it */
    char stuck[2048]; /* what each thread was in, a line each */
    struct wb_subprocess *child;
};

/**
 * Run opt for that many seconds at most; opt->deadline is not used.
 * SIGINT, SIGQUIT, SIGTERM and SIGHUP kill the program, remove the directory
 * of wb_guard_directory() and end this process by the same signal.
 *
 * @return 0 however the program ended, or why it could not be started.
 * Free g whatever is returned.
 */
int wb_guard_run(struct wb_guard *g, const struct wb_subprocess_options *opt,
                 double seconds);

/**
 * The same; but a program whose processes all wait for each other is taken
 * down as soon as that is seen, with timed_out and for_ever set.
 */
int wb_guard_run_until_stuck(struct wb_guard *g,
                             const struct wb_subprocess_options *opt,
                             double seconds);

void wb_guard_free(struct wb_guard *g);

/**
 * Make a private directory in TMPDIR or /tmp and write its path, of PATH_MAX
 * bytes. TMPDIR is set to it, so that the programs' own temporary files go
 * the same way. @return 0 or negative errno
 */
int wb_guard_directory(char *path);

/** Remove that directory with all that is in it; restore TMPDIR. */
void wb_guard_directory_remove(void);

#endif
