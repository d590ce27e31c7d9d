/* A departure board belongs to a loop. Threads, which were there before it, ask
 * a platform each for its next train and put it up.
 *
 * Symptom: four trains were announced, and the board shows one of them.
 * Cause:   the threads write into what the loop owns. Between looking for a
 *          free row and counting it, each waits for its platform, and the
 *          others find the same row free.
 * Provoke: ./workbook run 11 bad
 * Next:    good.c
 *
 * explore: no, these threads wait for sockets */
#include "station.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/trace.h"
#include "wb/verdict.h"

/* owner thread only: the loop's */
static struct board {
    long n;
    char row[PLATFORMS][WB_FETCH_MAX];
} board;
static long shown;

static int platforms; /* const after init */

/* region: ask */
static void *ask(void *arg)
{
    struct platform *p = arg;
    long row = board.n;

    wb_fetch(p->port, p->path, board.row[row], WB_FOREVER);
    wb_trace_instant("puts up a train");
    board.n = row + 1;
    return NULL;
}
/* endregion: ask */

/* region: join */
static int join_all(void *arg)
{
    struct platform *p = arg;

    for (int i = 0; i < platforms; i++)
        WB_MUST(pthread_join(p[i].thread, NULL));
    return 0;
}

static int wait_for_all(void *arg)
{
    return wb_coro_run_in_executor(join_all, arg);
}
/* endregion: join */

/* region: board */
static void draw(void)
{
    if (shown != board.n)
        wb_trace_instant("the board has changed");
    shown = board.n;
}

static int keep_board(void *arg)
{
    struct platform *p = arg;
    struct wb_coro *all;

    for (int i = 0; i < platforms; i++)
        WB_MUST(pthread_create(&p[i].thread, NULL, ask, &p[i]));
    all = wb_coro_spawn(wait_for_all, p);
    while (!wb_coro_done(all)) {
        draw();
        WB_MUST(wb_coro_sleep_ms(1));
    }
    return wb_coro_await(all);
}
/* endregion: board */

int main(int argc, char **argv)
{
    struct platform p[PLATFORMS] = { 0 };
    struct wb_server *server;

    platforms = platforms_of(argc, argv);
    WB_MUST(wb_server_start(&server, NULL));
    set_platforms(p, platforms, wb_server_port(server));
    WB_MUST(wb_coro_run(keep_board, p));
    wb_server_stop(server);
    printf("%ld of %d trains are on the board\n", board.n, platforms);
    WB_JUDGE(board.n == platforms, WB_WRONG_ANSWER,
             "%d trains were announced, and the board shows %ld", platforms,
             board.n);
    return 0;
}
