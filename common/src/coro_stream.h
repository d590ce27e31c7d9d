#ifndef WB_CORO_STREAM_H
#define WB_CORO_STREAM_H

/* What the files about streams share. Internal; see coro_io.c. */

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "wb/coro_io.h"

/* owner thread only */
struct wb_coro_stream {
    uv_poll_t poll;
    int fd;
    int watched;  /* what libuv looks for: UV_READABLE, UV_WRITABLE */
    bool socket;  /* else a pipe or the like */
    bool drained; /* the last read, it seems, took all there was */
    int doubts;   /* so many reads are not tried before they wait */
    /* Who waits, from then on until it runs again. */
    struct wb_coro *reader, *writer;
    char *line; /* bytes that came behind a line; NULL: never asked for one */
    size_t line_at, line_end, line_room;
};

/*
 * Wait until s is ready for event. Returns 0, -ECANCELED, -ETIMEDOUT or
 * -EBADF: then it has been closed, and s must not be touched.
 */
int wbc_stream_wait(struct wb_coro_stream *s, int event, int64_t deadline);

#endif
