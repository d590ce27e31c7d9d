#ifndef WB_INSPECT_H
#define WB_INSPECT_H

/**
 * @file inspect.h
 * Who is whose child, who holds the other end of a pipe, and whether a
 * family of processes can ever go on. For tests, beside testkit.h.
 *
 *     pid_t child, reader;
 *     struct wb_blocked at;
 *     if (wb_inspect_stuck(pid) == 1 && wb_proc_blocked(pid, &at) == 0 &&
 *         wb_inspect_children(pid, &child, 1) == 1 &&
 *         wb_inspect_holders(at.target, false, &reader, 1) == 1)
 *         printf("%d waits for %d\n", (int)pid, (int)reader);
 *
 * All read /proc, so what they say was true when it was read. Any thread;
 * -errno on failure: -ESRCH when the process is gone, -EACCES, -EPERM or
 * -ENOENT when the kernel does not let us see.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * List the children of pid by rising id, zombies included.
 *
 * @param pids  receives the first max of them
 * @return how many there are, which may be more than max
 */
int wb_inspect_children(pid_t pid, pid_t *pids, size_t max);

/**
 * List the processes that hold one end of a pipe open, by rising id. What we
 * may not look into is left out, so this is for processes of one user.
 *
 * @param pipe     as in struct wb_blocked: "pipe:[123]"
 * @param writers  those that could write to it; else those that could read
 * @param pids     receives the first max of them, each once
 * @return how many there are, which may be more than max
 */
int wb_inspect_holders(const char *pipe, bool writers, pid_t *pids, size_t max);

/**
 * Whether pid and all its descendants slept at one and the same moment, each
 * in a call that no clock ends within a minute. Then only something from
 * outside can wake them, and if there is no such thing they are stuck for
 * ever. Zombies do not count. Nothing is waited for: all are looked at twice,
 * and whoever has not run in between slept at the moment between the looks.
 *
 * @return 1 yes, 0 no, or not to be told: sleeps whose end the kernel does
 * not show (ppoll with a time) are not taken for endless
 */
int wb_inspect_stuck(pid_t pid);

/** @return how often a thread has left a processor; 0 when it is gone */
unsigned long wb_inspect_switches(pid_t pid, pid_t tid);

/** @return whether a sanitizer's runtime made that thread for itself */
bool wb_inspect_is_runtime(pid_t pid, pid_t tid);

#endif
