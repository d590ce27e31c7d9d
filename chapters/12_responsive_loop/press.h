/* The print shop of chapter 12. Its press has a dead man's handle, as trains
 * have: it moves only while somebody says that all is well. */
#ifndef PRESS_H
#define PRESS_H

#include "wb/base.h"
#include "wb/server.h"
#include "wb/trace.h"

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

    wb_trace_begin("dots");
    for (unsigned y = 0; y < SIDE; y++)
        for (unsigned x = 0; x < SIDE; x++)
            dots += ((x * 2654435761u ^ y * 40503u) >> 7 & 255) < GREY;
    wb_trace_end();
    return dots;
}

/* What the press is asked: it moves when all sheets have been fed in, and the
 * handle is held. */
static const char path[] = "/gate/4/printed";
_Static_assert(SHEETS == 3, "the gate is for all sheets and the handle");

/* It comes with this call, which blocks until the sheet is printed. */
static inline void press(int port, struct sheet *s)
{
    s->code = wb_fetch(port, path, s->answer, WB_FOREVER);
}

/* Hold the handle; in a coroutine. Returns 200, or 409: it does not move. */
static inline int hold_handle(int port)
{
    char answer[WB_FETCH_MAX];

    return wb_coro_fetch(port, path, answer, WB_FOREVER);
}

#endif
