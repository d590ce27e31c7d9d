#ifndef WB_TRACE_PUT_H
#define WB_TRACE_PUT_H

/*
 * Writing trace events, for the traces of programs that run (trace.c) and of
 * schedules that the explorer has found. The format is the "Trace Event
 * Format" of the Chromium project; every event is one line, so that two
 * traces can be compared. Any thread, each with its own stream.
 */

#include <stdio.h>

/* Write s in quotes, as valid UTF-8 whatever its bytes; NULL as null. */
void wb_put_string(FILE *out, const char *s);

/* Write ,"key":"value" with value as above. The key is taken as it is. */
void wb_put_key(FILE *out, const char *key, const char *value);

/* Begin a trace with the process's name, and end one. */
void wb_put_trace_begin(FILE *out, const char *process);
void wb_put_trace_end(FILE *out);

/* Begin an event, which the caller ends with a brace. */
void wb_put_event(FILE *out, const char *phase, int track);

/* The name of a track, and its place among them. */
void wb_put_track(FILE *out, int track, const char *name);

#endif
