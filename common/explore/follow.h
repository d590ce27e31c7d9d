#ifndef WBX_FOLLOW_H
#define WBX_FOLLOW_H

/**
 * @file follow.h
 * What a program that is right does on the schedule on which one that is
 * wrong fails.
 *
 *     wbx_explore(&bad, &rep);
 *     wbx_follow(&good, &rep);
 *     if (rep.failures[0].instead && rep.failures[0].instead->waits)
 *         puts(rep.failures[0].instead->text);
 *
 * Thread-safety: calls with distinct reports may run at the same time.
 */

#include "explore.h"

/** Where the other program has a thread wait. Strings are the report's. */
struct wbx_instead {
    const char *program; /**< its first file, without the directory */
    bool waits;          /**< else there is only the text */
    int thread;          /**< that waits, -1 for none */
    const char *file;    /**< where it waits, NULL when unknown */
    int line;
    const char *source; /**< text of that line, or NULL */
    const char *object; /**< what it waits for, NULL when that has no name */
    int holder;         /**< thread that has it, -1 for none */
    const char *since;  /**< "file:line" where the holder took it, or NULL */
    const char *text;   /**< all of this in one sentence */
    const struct wbx_event *events; /**< its steps as far as it was followed */
    size_t nevents;
    const struct wbx_thread *threads; /**< as they stood then */
    size_t nthreads;
};

/**
 * Run the schedule of each failure in rep on the program of opt, as far as
 * it can be followed (rt_follow.c), and set the failure's field instead. Of a
 * data race the first access is held up until the second comes. The field
 * stays NULL where the program cannot be explored, or when the failure's
 * first steps were not kept.
 *
 * @param rep  from wbx_explore() of the other program
 * @return 0, or -ENOTSUP when the program cannot be built. Blocks until all
 * schedules have run.
 */
int wbx_follow(const struct wbx_options *opt, struct wbx_report *rep);

#endif
