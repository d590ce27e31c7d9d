#ifndef WB_INSPECT_H
#define WB_INSPECT_H

/**
 * @file inspect.h
 * What a process is blocked in, who is whose child, who holds the other end
 * of a pipe, and whether a family of processes can ever go on. For tests, and
 * for fixtures that must know whether anybody else can still come.
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
#include <stdint.h>
#include <sys/types.h>

/* -- one process -------------------------------------------------------- */

/** What a thread is blocked in; from /proc, so true when it was read. */
struct wb_blocked {
    pid_t tid;
    char name[16];    /**< the thread's */
    char state;       /**< R running, S sleeping, D, T stopped, Z zombie */
    long number;      /**< of the system call; -1: in none, or running */
    char syscall[24]; /**< "read", "futex"...; "running"; "none"; "#123" */
    int fd;           /**< its descriptor argument, -1 when it has none */
    char target[64];  /**< what fd is: "pipe:[123]", "/dev/null"; or "" */
    char wchan[48];   /**< kernel function it sleeps in; "" when hidden */
};

/**
 * What the main thread of pid is blocked in. -ESRCH: no such process;
 * -EACCES, -EPERM or -ENOENT: the kernel does not let us see
 * /proc/PID/syscall, so that a test can be skipped by name.
 */
int wb_proc_blocked(pid_t pid, struct wb_blocked *out);

/** The same of one thread, tid, of pid. */
int wb_thread_blocked(pid_t pid, pid_t tid, struct wb_blocked *out);

/**
 * Look again and again until the main thread of pid sleeps in that system
 * call ("write"); for another thread give its tid as pid. Nothing is ordered
 * by time: deadline only bounds a hang.
 * @return 0, -ETIMEDOUT, or as wb_proc_blocked(); out is the last look
 */
int wb_proc_wait_blocked(pid_t pid, const char *syscall, int64_t deadline,
                         struct wb_blocked *out);

/** @return its threads; a sanitizer may have added one */
int wb_proc_threads(pid_t pid);

/** @return its open descriptors, without the one this call needs itself */
int wb_proc_descriptors(pid_t pid);

/** @return its children, those that are zombies included */
int wb_proc_children(pid_t pid);

/** @return its children that have ended and were not waited for */
int wb_proc_zombies(pid_t pid);

/* -- families ------------------------------------------------------------- */

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

/**
 * One of the two looks of wb_inspect_stuck(), for who has something to check
 * between them. When two in a row return 1 with the same mark, nobody has
 * run from the first to the second.
 *
 * @param except  a thread that is left out, such as the caller's; 0: none
 * @param mark    who was seen, and how often each had run
 * @return 1 when each slept at the moment it was looked at, else 0; -ESRCH when
 * pid is not there, or -errno of what keeps us from looking
 */
int wb_inspect_look(pid_t pid, pid_t except, uint64_t *mark);

/** @return how often a thread has left a processor; 0 when it is gone */
unsigned long wb_inspect_switches(pid_t pid, pid_t tid);

/** The name of a thread that only looks at others. */
#define WB_WATCHER_NAME "wb watcher"

/**
 * @return whether that thread serves the program and is no part of it: a
 * sanitizer's own, or a fixture's. It is known by blocking all signals while it
 * sleeps, or by WB_WATCHER_NAME, and then it may also run.
 */
bool wb_inspect_is_runtime(pid_t pid, pid_t tid);

#endif
