/* The port from the top: main runs a loop, and whoever decides what is done is
 * a coroutine. What waits at the bottom is what it was, on a thread of the
 * executor.
 *
 * Run:     ./workbook run 11 topdown
 * Next:    bottomup.c
 *
 * explore: no, this loop waits for threads that wait for sockets */
#include "station.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"

/* owner thread only: the loop's, and so there is no lock any more */
static struct board {
    long n;
    char row[PLATFORMS][WB_FETCH_MAX];
} board;

/* region: topdown */
static void put_up(const struct platform *p)
{
    memcpy(board.row[board.n++], p->train, WB_FETCH_MAX);
}

static int ask(void *arg) /* not ported yet: it blocks */
{
    struct platform *p = arg;

    return wb_fetch(p->port, p->path, p->train, WB_FOREVER);
}

static int serve(void *arg)
{
    int code = wb_coro_run_in_executor(ask, arg);

    if (code == 200)
        put_up(arg);
    return code < 0 ? code : 0;
}

static int keep_board(void *arg)
{
    struct platform *p = arg;
    struct wb_coro *served[PLATFORMS];

    for (int i = 0; i < PLATFORMS; i++)
        served[i] = wb_coro_spawn(serve, &p[i]);
    return wb_coro_gather(served, PLATFORMS);
}
/* endregion: topdown */

int main(void)
{
    struct platform p[PLATFORMS] = { 0 };
    struct wb_server *server;

    WB_MUST(wb_server_start(&server, NULL));
    set_platforms(p, PLATFORMS, wb_server_port(server));
    WB_MUST(wb_coro_run(keep_board, p));
    wb_server_stop(server);
    printf("%ld trains are on the board\n", board.n);
    return board.n != PLATFORMS;
}
