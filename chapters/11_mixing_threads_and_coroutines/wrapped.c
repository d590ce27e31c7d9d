/* The first step from the bottom: the call that waits is a coroutine, and a
 * wrapper of its old form runs a loop until that has ended.
 *
 * Each thread may have a loop of its own, so nobody else has to change. But a
 * loop for each call overlaps nothing by itself: the threads still do that.
 *
 * Run:     ./workbook run 11 wrapped
 * Next:    bottomup.c, where all calls share one loop
 *
 * explore: no, these loops wait for sockets */
#include "station.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

/* guarded by mu */
static struct board {
    long n;
    char row[PLATFORMS][WB_FETCH_MAX];
} board;

/* region: threads */
static void put_up(const struct platform *p)
{
    pthread_mutex_lock(&mu);
    memcpy(board.row[board.n++], p->train, WB_FETCH_MAX);
    pthread_mutex_unlock(&mu);
}

static int ask(void *arg) /* ported: a coroutine */
{
    struct platform *p = arg;

    return wb_coro_fetch(p->port, p->path, p->train, WB_FOREVER);
}

static int ask_and_block(struct platform *p) /* for those who are not */
{
    return wb_coro_run(ask, p);
}

static void *serve(void *arg)
{
    struct platform *p = arg;

    if (ask_and_block(p) == 200)
        put_up(p);
    return NULL;
}

static void keep_board(struct platform *p)
{
    for (int i = 0; i < PLATFORMS; i++)
        WB_MUST(pthread_create(&p[i].thread, NULL, serve, &p[i]));
    for (int i = 0; i < PLATFORMS; i++)
        WB_MUST(pthread_join(p[i].thread, NULL));
}
/* endregion: threads */

int main(void)
{
    struct platform p[PLATFORMS] = { 0 };
    struct wb_server *server;

    WB_MUST(wb_server_start(&server, NULL));
    set_platforms(p, PLATFORMS, wb_server_port(server));
    keep_board(p);
    wb_server_stop(server);
    printf("%ld trains are on the board\n", board.n);
    return board.n != PLATFORMS;
}
