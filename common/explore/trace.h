#ifndef WBX_TRACE_H
#define WBX_TRACE_H

/**
 * @file trace.h
 * A failing schedule as a picture: trace events, which Perfetto
 * (ui.perfetto.dev) and Chrome (about:tracing) draw.
 *
 *     if (rep.nfailures > 0)
 *         wbx_print_trace(out, &rep.failures[0]);
 *
 * Time is counted in steps: step number n of the execution lasts from n to
 * n + 1 microseconds. What is written, by `cat` and `ph`:
 *
 *     (none)     M    names of the process and of the threads, in order
 *     step       X    a step, on its thread's track; args say where it is,
 *                     its values, and if it preempted another thread
 *     lock       b e  a lock from where it is taken to where it is given up
 *     blocked    X    at the end: what a thread waits for, and whom
 *     failure    i    the verdict, where and in which thread
 *     race       s f  an arrow between the two accesses of a data race
 */

#include "explore.h"

/**
 * Write one JSON object and a newline. The caller looks at ferror(out).
 * Any thread, each with its own stream.
 */
void wbx_print_trace(FILE *out, const struct wbx_failure *f);

#endif
