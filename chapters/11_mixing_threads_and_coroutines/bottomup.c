/* The port from the bottom: the call that waits is a coroutine, on a loop with
 * a thread of its own. Those above are what they were, and block in a wrapper.
 *
 * Run:     ./workbook run 11 bottomup
 * Next:    exercise.h
 *
 * explore: no, this loop waits for sockets */
#include "station.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/coro_sync.h"

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

/* guarded by mu */
static struct board {
    long n;
    char row[PLATFORMS][WB_FETCH_MAX];
} board;

/* region: loop */
struct ground {
    pthread_t thread;
    pthread_barrier_t ready;
    struct wb_coro_loop *loop; /* const after the barrier */
    struct wb_coro_event over; /* owner thread only: the loop's */
};

static int stay(void *arg)
{
    struct ground *g = arg;

    g->loop = wb_coro_loop();
    pthread_barrier_wait(&g->ready);
    return wb_coro_event_wait(&g->over, WB_FOREVER);
}

static void *run_loop(void *arg)
{
    WB_MUST(wb_coro_run(stay, arg));
    return NULL;
}

static void end_loop(void *arg)
{
    struct ground *g = arg;

    wb_coro_event_set(&g->over);
}
/* endregion: loop */

static struct ground ground = { .over = WB_CORO_EVENT_INIT(ground.over) };

/* region: bottomup */
static int ask(void *arg) /* ported: a coroutine */
{
    struct platform *p = arg;

    return wb_coro_fetch(p->port, p->path, p->train, WB_FOREVER);
}

static int ask_and_block(struct platform *p) /* for those who are not */
{
    return wb_coro_run_threadsafe(ground.loop, ask, p);
}

static void *serve(void *arg)
{
    struct platform *p = arg;

    if (ask_and_block(p) == 200) {
        pthread_mutex_lock(&mu);
        memcpy(board.row[board.n++], p->train, WB_FETCH_MAX);
        pthread_mutex_unlock(&mu);
    }
    return NULL;
}
/* endregion: bottomup */

static void keep_board(struct platform *p)
{
    for (int i = 0; i < PLATFORMS; i++)
        WB_MUST(pthread_create(&p[i].thread, NULL, serve, &p[i]));
    for (int i = 0; i < PLATFORMS; i++)
        WB_MUST(pthread_join(p[i].thread, NULL));
}

/* region: main */
int main(void)
{
    struct platform p[PLATFORMS] = { 0 };
    struct wb_server *server;

    WB_MUST(wb_server_start(&server, NULL));
    set_platforms(p, PLATFORMS, wb_server_port(server));
    WB_MUST(pthread_barrier_init(&ground.ready, NULL, 2));
    WB_MUST(pthread_create(&ground.thread, NULL, run_loop, &ground));
    pthread_barrier_wait(&ground.ready);
    keep_board(p);
    WB_MUST(wb_coro_call_soon_threadsafe(ground.loop, end_loop, &ground));
    WB_MUST(pthread_join(ground.thread, NULL));
    wb_server_stop(server);
    printf("%ld trains are on the board\n", board.n);
    return board.n != PLATFORMS;
}
/* endregion: main */
