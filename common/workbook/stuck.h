#ifndef WB_STUCK_H
#define WB_STUCK_H

/**
 * @file stuck.h
 * Says what the threads of a process group are doing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * Write a line per thread of the group's processes to dst, as far as they
 * fit: "bad, thread 1: blocked in read of a pipe that tr can write".
 * Any thread.
 * @return whether any of them is running rather than blocked
 */
bool wb_stuck_describe(pid_t group, char *dst, size_t size);

/**
 * Whether the processes of a group, of which pid is the leader, wait for each
 * other and for nothing else: for locks, children, and pipes that nobody else
 * holds. Then no time will help. A leader that has ended waits for nobody,
 * though it has not been reaped. Any thread.
 */
bool wb_stuck_for_ever(pid_t pid);

#endif
