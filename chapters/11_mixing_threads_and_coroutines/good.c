/* A departure board belongs to a loop. Threads, which were there before it, ask
 * a platform each for its next train and have it put up.
 *
 * A thread touches what is its own, and then has the loop call a function.
 * Whatever touches the board runs on the loop's thread, one after the other.
 *
 * Run:     ./workbook run 11 good
 * Next:    before.c, and two ways that lead from there to coroutines
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

static int platforms;             /* const after init */
static struct wb_coro_loop *loop; /* const while threads run */

/* region: ask */
static void put_up(void *arg)
{
    struct platform *p = arg;

    wb_trace_instant("puts up a train");
    memcpy(board.row[board.n++], p->train, WB_FETCH_MAX);
}

static void *ask(void *arg)
{
    struct platform *p = arg;

    wb_fetch(p->port, p->path, p->train, WB_FOREVER);
    WB_MUST(wb_coro_call_soon_threadsafe(loop, put_up, p));
    return NULL;
}
/* endregion: ask */

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

    loop = wb_coro_loop();
    for (int i = 0; i < platforms; i++)
        WB_MUST(pthread_create(&p[i].thread, NULL, ask, &p[i]));
    all = wb_coro_spawn(wait_for_all, p);
    while (!wb_coro_done(all)) {
        draw();
        WB_MUST(wb_coro_sleep_ms(1));
    }
    return wb_coro_await(all);
}

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
