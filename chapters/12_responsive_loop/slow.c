/* A sheet takes 250 ms to compute. Three ways to do that beside a heart that
 * beats every 20 ms, and what the loop's debug mode says of each.
 *
 * The clock is virtual: it moves when nothing can run, and by what
 * wb_coro_advance() says that the loop's own thread has computed. So the
 * figures are the same on every machine.
 *
 * Run:     ./workbook run 12 slow
 * Next:    exercise.h
 *
 * explore: no, these are coroutines */
#include <stdbool.h>
#include <stdio.h>

#include "press.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"

#define MS INT64_C(1000000) /* nanoseconds */

enum { BEAT_MS = 20, SHEET_MS = 250, PIECES = 10, WATCH_MS = 400 };

/* region: whole */
static void whole(void *arg)
{
    (void)arg;
    place_dots();
    wb_coro_advance(SHEET_MS * MS);
}
/* endregion: whole */

/* region: pieces */
static int in_pieces(void *arg)
{
    int rc = 0;

    (void)arg;
    for (int i = 0; i < PIECES && rc == 0; i++) {
        wb_coro_advance(SHEET_MS / PIECES * MS);
        rc = wb_coro_sleep_ms(1);
    }
    return rc;
}
/* endregion: pieces */

static int place(void *arg)
{
    (void)arg;
    place_dots();
    return 0;
}

/* region: elsewhere */
static int elsewhere(void *arg)
{
    return wb_coro_run_in_executor(place, arg);
}
/* endregion: elsewhere */

/* region: heart */
static int beat(void *arg)
{
    int64_t last = wb_coro_now(), *longest = arg;

    while (wb_coro_sleep_ms(BEAT_MS) == 0) {
        int64_t now = wb_coro_now();
        if (now - last > *longest)
            *longest = now - last;
        last = now;
    }
    return 0;
}
/* endregion: heart */

/* Returns the longest time between two beats, in milliseconds. */
static int watch(void *arg)
{
    int64_t longest = 0;
    struct wb_coro *heart = wb_coro_spawn(beat, &longest);

    WB_MUST(wb_coro_yield());
    if (arg == NULL)
        WB_MUST(wb_coro_call_soon_threadsafe(wb_coro_loop(), whole, NULL));
    else
        wb_coro_detach(wb_coro_spawn(*(wb_coro_fn *)arg, NULL));
    WB_MUST(wb_coro_sleep_ms(WATCH_MS));
    wb_coro_cancel(heart);
    WB_MUST(wb_coro_await(heart));
    return (int)(longest / MS);
}

int main(void)
{
    struct wb_coro_options options = { .virtual_time = true, .debug = true };
    wb_coro_fn ways[] = { NULL, in_pieces, elsewhere };
    const char *names[] = { "whole", "in pieces", "elsewhere" };

    for (int i = 0; i < 3; i++) {
        wb_coro_fn *way = ways[i] != NULL ? &ways[i] : NULL;
        int ms = wb_coro_run_with(&options, watch, way);
        printf("%-10s a beat was due every %d ms, the longest wait was %d\n",
               names[i], BEAT_MS, ms);
        fflush(stdout);
    }
    return 0;
}
