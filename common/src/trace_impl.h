#ifndef WB_TRACE_IMPL_H
#define WB_TRACE_IMPL_H

/*
 * What the parts of the trace share:
 *
 *     trace.c        events into memory
 *     trace_file.c   memory into the file
 *     trace_main.c   --trace FILE for a program that knows nothing of it
 *     trace_calls.c  what threads wait for, for such a program
 */

#include <stddef.h>
#include <stdint.h>

#include "wb/trace.h"

enum { CHUNK_EVENTS = 63, CHUNKS_MAX = 4096 }; /* 4 KiB each */

struct event {
    int64_t time; /* wb_now() */
    const char *key;
    long value;
    int track;
    char phase; /* B, E, i; M: the name of the track */
    char name[WB_TRACE_NAME_MAX];
};

struct chunk {
    struct chunk *next;
    struct event event[CHUNK_EVENTS];
};

/* What one thread has told. */
struct lane {
    /* const after it was linked */
    struct lane *next;
    int track;
    /* atomic: what lies before it was written before; pairs with the reader */
    atomic_size_t events;
    /* owner thread only, but for what events has published */
    struct chunk *first, *last;
};

/* @return all lanes, newest first */
struct lane *wb_trace_lanes(void);

/* @return how many events did not fit */
long wb_trace_dropped(void);

/* The calling thread is about to end: keep its name. */
void wb_trace_thread_ends(void);

#endif
