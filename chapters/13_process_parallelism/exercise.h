#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A laboratory measures samples. The routine that does it comes from the maker
 * of the instrument. It is in C, it is fast, and on some samples it crashes.
 *
 * Implement measure_all() in exercise.c with nothing but POSIX: fork,
 * socketpair, poll, read, write, send, waitpid, kill. wb/procpool.h would do
 * it all, so leave it alone here.
 */

#include <stddef.h>

/** Measure one sample. It may abort, fault, or call exit(): see below. */
typedef long (*measure_fn)(long sample);

enum { TEAM_MAX = 16 };

/** What came of one sample. */
struct outcome {
    long value; /* what fn gave; 0 if it did not come back */
    int status; /* 0 if it did; the exit status it left with, one that is not
                   0; or minus the signal that ended it: -SIGSEGV... */
};

/**
 * Measure n samples in a team of worker processes, all at work at the same
 * time; outcomes[i] is that of samples[i].
 *
 * Whoever is free takes the next sample, so a long one holds up nobody but its
 * worker. If a worker dies, its sample has been measured, with that outcome: it
 * is not tried again. Another takes its place if there are samples left. So no
 * more than team processes exist at once, and, as starting one is not cheap,
 * no more are started in all than team, and one for each that died.
 *
 * @param fn     run in workers only, once for each sample; it never leaves
 *               with exit status 0
 * @param team   1 to TEAM_MAX; more workers than samples are not needed
 * @return 0, or a negative errno if a process or a descriptor could not be
 * made; what is in outcomes is then of no use
 *
 * Whatever is returned, every worker has ended and has been waited for, and
 * every descriptor is closed that was opened here.
 *
 * The caller has one thread, no other children, and nothing unwritten in
 * stdio's buffers.
 */
int measure_all(measure_fn fn, const long *samples, size_t n, int team,
                struct outcome *outcomes);

#endif
