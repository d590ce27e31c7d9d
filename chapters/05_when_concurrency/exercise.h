#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * An inspector for programs that run: what does this one do with its time?
 * It is not our program, and it may have any number of threads. All there is
 * to look at is what the kernel keeps of each thread, in /proc/PID/task/TID:
 *
 *     schedstat   three numbers: nanoseconds on a processor; nanoseconds ready
 *                 to run while none was free; times it was put on one
 *     status      lines such as "voluntary_ctxt_switches: 12", times it gave
 *                 the processor up to wait for something, and
 *                 "nonvoluntary_ctxt_switches: 3", times it was taken away
 *     io          lines such as "rchar: 4096", bytes read, and "wchar: 512",
 *                 bytes written
 *
 * Implement the two functions in exercise.c.
 */

#include <stdint.h>
#include <sys/types.h>

/** Sums over the threads that a process has. */
struct figures {
    int64_t cpu;    /* ns on a processor */
    int64_t queued; /* ns ready to run while no processor was free */
    long waits;     /* times they gave the processor up */
    long bytes;     /* read and written */
};

/**
 * Look at a process. A thread that ends while we look is left out.
 * @return 0; -ESRCH if there is no such process: f is then untouched. No
 * descriptor stays open.
 */
int observe(pid_t pid, struct figures *f);

enum { SPELL_NS = 1000000, BULK = 4096 };

enum kind {
    IDLE,         /* nothing has happened in between */
    CPU_BOUND,    /* it computed for SPELL_NS or more from one wait to the
                     next, on average; or without any wait, however short */
    CROWDED,      /* so, but it spent more time in the queue than computing:
                     what it lacks is a processor */
    IO_BOUND,     /* it waits, and moves BULK bytes or more for each wait */
    LATENCY_BOUND /* it waits, and moves less than that */
};

/**
 * Say what a process did between two looks at it. Whatever it did before the
 * first does not count. There is no clock in this: on a busy machine the
 * answer is the same, unless the process is crowded.
 */
enum kind classify(const struct figures *before, const struct figures *after);

#endif
