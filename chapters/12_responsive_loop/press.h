/* The print shop of chapter 12. Its press has a dead man's handle, as trains
 * have: it moves only while somebody says that all is well. */
#ifndef PRESS_H
#define PRESS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/coro_io.h"
#include "wb/server.h"

enum { SHEETS = 3, TICKS = 3 };

struct sheet {
    long dots; /* how many are printed */
    int code;
    char answer[WB_FETCH_MAX];
};

/* The work of a processor: which points of a grey field become black. */
static inline long place_dots(void)
{
    enum { SIDE = 1024, GREY = 100 };
    long dots = 0;

    for (unsigned y = 0; y < SIDE; y++)
        for (unsigned x = 0; x < SIDE; x++)
            dots += ((x * 2654435761u ^ y * 40503u) >> 7 & 255) < GREY;
    return dots;
}

/* The press comes with this call. It blocks until the sheet is printed: when
 * all sheets have been fed in, and the handle is held. */
static inline void press(int port, struct sheet *s)
{
    char path[WB_FETCH_MAX];

    snprintf(path, sizeof(path), "/gate/%d/printed", SHEETS + 1);
    s->code = wb_fetch(port, path, s->answer, WB_FOREVER);
}

/* Hold the handle, as a coroutine does it. Returns what the press says: 200,
 * or 409 when it does not move. */
static inline int hold_handle(int port)
{
    struct wb_coro_stream *stream;
    char line[WB_FETCH_MAX];
    int n = snprintf(line, sizeof(line), "GET /gate/%d/alive\n", SHEETS + 1);

    WB_MUST(wb_coro_connect(&stream, (uint16_t)port));
    WB_MUST(wb_coro_write(stream, line, (size_t)n));
    if (wb_coro_read_line(stream, line, sizeof(line), WB_FOREVER) < 0)
        line[0] = '\0';
    wb_coro_close(stream);
    return atoi(line);
}

#endif
