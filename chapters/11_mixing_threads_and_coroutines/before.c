/* The board as it was before there was a loop: a thread for each platform, and
 * a lock around what they share.
 *
 * Run:     ./workbook run 11 before
 * Next:    topdown.c, which begins to port it at main, and wrapped.c, which
 *          begins at the call that waits
 *
 * explore: no, these threads wait for sockets */
#include "station.h"

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

static void *serve(void *arg)
{
    struct platform *p = arg;

    if (wb_fetch(p->port, p->path, p->train, WB_FOREVER) == 200)
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
