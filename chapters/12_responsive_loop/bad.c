/* A print shop has a loop. Orders come as callbacks, and a heart beats.
 *
 * Symptom: while an order is carried out the heart stands still, and the
 *          press, which wants to hear it, prints nothing.
 * Cause:   the callback computes and then blocks, on the thread of the loop.
 *          Nobody else of the loop can run before it returns.
 * Provoke: ./workbook run 12 bad
 * Next:    good.c
 *
 * explore: no, this loop waits for sockets */
#include <stdio.h>

#include "press.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/coro_sync.h"
#include "wb/verdict.h"

static int port; /* const after init */

/* owner thread only: the loop's */
static struct wb_coro_event ordered = WB_CORO_EVENT_INIT(ordered);
static struct wb_coro_event printed = WB_CORO_EVENT_INIT(printed);
static int done, ticks, ticks_meanwhile;

static int print(void *arg)
{
    struct sheet *s = arg;

    s->dots = place_dots();
    press(port, s);
    return 0;
}

static void finish(void)
{
    ticks_meanwhile = ticks;
    if (++done == SHEETS)
        wb_coro_event_set(&printed);
}

/* region: order */
static void on_order(void *arg)
{
    wb_coro_event_set(&ordered);
    print(arg);
    finish();
}
/* endregion: order */

/* region: heart */
static int beat(void *arg)
{
    (void)arg;
    WB_MUST(wb_coro_event_wait(&ordered, WB_FOREVER));
    for (int i = 0; i < TICKS; i++) {
        WB_MUST(wb_coro_sleep_ms(1));
        ticks++;
    }
    return hold_handle(port);
}
/* endregion: heart */

static int keep_shop(void *arg)
{
    struct sheet *sheets = arg;
    struct wb_coro *heart = wb_coro_spawn(beat, NULL);

    for (int i = 0; i < SHEETS; i++)
        WB_MUST(
            wb_coro_call_soon_threadsafe(wb_coro_loop(), on_order, &sheets[i]));
    WB_MUST(wb_coro_event_wait(&printed, WB_FOREVER));
    return wb_coro_await(heart);
}

int main(void)
{
    struct sheet sheets[SHEETS] = { 0 };
    struct wb_server *server;

    WB_MUST(wb_server_start(&server, NULL));
    port = wb_server_port(server);
    int handle = wb_coro_run(keep_shop, sheets);
    wb_server_stop(server);
    for (int i = 0; i < SHEETS; i++)
        printf("sheet %d: %ld dots, %d %s\n", i + 1, sheets[i].dots,
               sheets[i].code, sheets[i].answer);
    printf("handle: %d; ticks of the heart before the last sheet: %d\n", handle,
           ticks_meanwhile);
    WB_JUDGE(ticks_meanwhile == TICKS, WB_BLOCKED_LOOP,
             "%d sheets were made, and meanwhile the heart ticked %d times",
             SHEETS, ticks_meanwhile);
    return 0;
}
