/* A heart beats in a loop, and somebody else asks the store: once with a call
 * that blocks, and once with its twin.
 *
 * The store answers when two requests are there. The second is that of the
 * heart, after three more beats. If it cannot beat, it cannot ask, and the
 * store, who sees that nobody else can come, refuses.
 *
 * Run:     ./workbook run 10 heart
 * Next:    good.c
 *
 * explore: no, it has one thread, which waits for sockets */
#include <stdio.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/server.h"

enum { BEATS = 3 };

typedef int (*fetch_fn)(int port, const char *path, char *body,
                        int64_t deadline);

static int store; /* port of the store; const while coroutines run */
static int beats; /* owner thread only */

/* region: heart */
static int beat(void *arg)
{
    char body[WB_FETCH_MAX];

    (void)arg;
    for (int i = 0; i < BEATS; i++) {
        int rc = wb_coro_sleep_ms(1);
        if (rc < 0)
            return rc;
        beats++;
    }
    return wb_coro_fetch(store, "/gate/2/both", body, WB_FOREVER);
}
/* endregion: heart */

/* region: ask */
/* Ask by this or that call, and count the beats meanwhile. */
static int ask(void *arg)
{
    const fetch_fn *fetch = arg;
    struct wb_coro *heart = wb_coro_spawn(beat, NULL);
    char body[WB_FETCH_MAX];

    wb_coro_yield(); /* the heart has begun */
    beats = 0;
    int code = (*fetch)(store, "/gate/2/both", body, WB_FOREVER);
    printf("%d %s, %d beats meanwhile\n", code, body, beats);
    wb_coro_cancel(heart);
    wb_coro_await(heart);
    return 0;
}
/* endregion: ask */

int main(void)
{
    struct wb_server_options options = { .process = true };
    fetch_fn twins[] = { wb_fetch, wb_coro_fetch };
    struct wb_server *server;

    WB_MUST(wb_server_start(&server, &options));
    store = wb_server_port(server);
    for (int i = 0; i < 2; i++) {
        printf("%s", i == 0 ? "wb_fetch:      " : "wb_coro_fetch: ");
        WB_MUST(wb_coro_run(ask, &twins[i]));
    }
    wb_server_stop(server);
    return 0;
}
