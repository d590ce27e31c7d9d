/* Sequential against concurrent awaits: one visitor has lost three things.
 *
 * Asking for each and awaiting the answer is as slow with coroutines as it was
 * before. Only what has been spawned before somebody waits can overlap. The
 * store tells how many requests it had when nobody else could come.
 *
 * Run:     ./workbook run 10 awaits
 *
 * explore: no, it has one thread, which waits for sockets */
#include <stdio.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/server.h"

enum { THINGS = 3 };

static int store; /* port of the store; const while coroutines run */
static char body[THINGS][WB_FETCH_MAX]; /* owner thread only */

static int ask(void *arg)
{
    return wb_coro_fetch(store, "/hold", arg, WB_FOREVER);
}

/* region: sequential */
static int ask_in_turn(void *arg)
{
    (void)arg;
    for (int i = 0; i < THINGS; i++) {
        struct wb_coro *c = wb_coro_spawn(ask, body[i]);
        wb_coro_await(c);
    }
    return 0;
}
/* endregion: sequential */

/* region: concurrent */
static int ask_at_once(void *arg)
{
    struct wb_coro *c[THINGS];

    (void)arg;
    for (int i = 0; i < THINGS; i++)
        c[i] = wb_coro_spawn(ask, body[i]);
    for (int i = 0; i < THINGS; i++)
        wb_coro_await(c[i]);
    return 0;
}
/* endregion: concurrent */

static void show(const char *name, wb_coro_fn fn)
{
    WB_MUST(wb_coro_run(fn, NULL));
    printf("%s", name);
    for (int i = 0; i < THINGS; i++)
        printf(" %s", body[i]);
    printf("\n");
}

int main(void)
{
    struct wb_server_options options = { .process = true };
    struct wb_server *server;

    WB_MUST(wb_server_start(&server, &options));
    store = wb_server_port(server);
    show("sequential awaits, under way at once:", ask_in_turn);
    show("concurrent awaits, under way at once:", ask_at_once);
    wb_server_stop(server);
    return 0;
}
