#ifndef WB_TRACE_H
#define WB_TRACE_H

/**
 * @file trace.h
 * What each thread and each coroutine did when, as a file that Perfetto
 * (ui.perfetto.dev) and Chrome (about:tracing) draw.
 *
 * Every program of a chapter takes `--trace FILE` and shows its threads, from
 * their start to their end, and what they wait for: locks that are taken,
 * condition variables, joins, reads, writes, polls, sleeps. For that no line
 * is needed. These calls add what the program itself wants to show:
 *
 *     wb_trace_begin("parse");        // a span on the track of this thread
 *     parse(page);
 *     wb_trace_end();
 *     wb_trace_instant("cache miss"); // a moment
 *
 * A coroutine has a track of its own, whichever thread runs it:
 *
 *     int track = wb_trace_track("client 7");
 *     wb_trace_begin_on(track, "await reply");
 *     wb_trace_end_on(track);
 *
 * While nothing is traced a call is one load and a branch. Else it takes no
 * lock: each thread writes to memory of its own, which is bounded; what does
 * not fit is left out, counted, and said in the file. Names are copied, and
 * cut to WB_TRACE_NAME_MAX. Any thread; not from a signal handler. In a child
 * made by fork() nothing is traced. Under the explorer, which shows schedules
 * itself, all of these are nothing.
 */

#include <stdatomic.h>
#include <stdbool.h>

enum { WB_TRACE_NAME_MAX = 32 /**< bytes, the final 0 included */ };

#ifdef WB_EXPLORE

static inline int wb_trace_open(const char *path)
{
    (void)path;
    return 0;
}
static inline int wb_trace_close(void)
{
    return 0;
}
static inline int wb_trace_track(const char *name)
{
    (void)name;
    return 0;
}
#define WB_TRACE_IS_ON                               false
#define wb_trace_put(track, phase, name, key, value) ((void)0)

#else

/** Whether something is traced: for who must do work to make up a name. */
#define WB_TRACE_IS_ON atomic_load_explicit(&wb_trace_on, memory_order_relaxed)

/** What WB_TRACE_IS_ON reads. */
extern atomic_bool wb_trace_on; /* atomic: publishes nothing */

/**
 * Begin to trace. The file is made at once, as an empty trace.
 *
 * @param to  the path of the file; kept alive until wb_trace_close() writes it
 * @return 0, -EBUSY (something is traced), or why it cannot be written
 */
int wb_trace_open(const char *to);

/**
 * Stop, and write the file. Threads that still run may go on to call; what
 * they do is no longer seen. Nothing is traced after it until wb_trace_open().
 * @return 0, also when nothing was traced, or why it was not written whole
 */
int wb_trace_close(void);

/** @return a new track of that name; -1 when nothing is traced, which the
 *  calls below take for a track as well */
int wb_trace_track(const char *name);

/** What the calls below expand to.
 *  @param phase  B, E or i, as in the file
 *  @param key    of an argument that is shown, alive for ever; or NULL */
void wb_trace_put(int track, char phase, const char *name, const char *key,
                  long value);

#endif

/** For a track: that of the calling thread. */
#define WB_TRACE_HERE (-2)

/** What the calls expand to: nothing unless something is traced. */
#define WB_TRACE_PUT(track, phase, name)                                       \
    do {                                                                       \
        if (WB_TRACE_IS_ON)                                                    \
            wb_trace_put((track), (phase), (name), NULL, 0);                   \
    } while (0)

/** Begin a span that lies inside those begun before on this track. */
#define wb_trace_begin(name) wb_trace_begin_on(WB_TRACE_HERE, name)

/** The same, on that track. */
#define wb_trace_begin_on(track, name) WB_TRACE_PUT(track, 'B', name)

/** End the span begun last. */
#define wb_trace_end() wb_trace_end_on(WB_TRACE_HERE)

/** The same, on that track. */
#define wb_trace_end_on(track) WB_TRACE_PUT(track, 'E', "")

/** Mark a moment. */
#define wb_trace_instant(name) wb_trace_instant_on(WB_TRACE_HERE, name)

/** The same, on that track. */
#define wb_trace_instant_on(track, name) WB_TRACE_PUT(track, 'i', name)

#endif
