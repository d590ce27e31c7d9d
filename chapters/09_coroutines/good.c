/* Ten thousand street lamps report to the control room at dusk, and light up
 * when all of them have reported. A coroutine waits for each.
 *
 * All coroutines are on one thread. One that waits gives the thread to those
 * that need not, and keeps only its stack, of which a page or two is in use.
 *
 * Run:     ./workbook run 09 good
 * Next:    order.c, which shows when a coroutine begins
 *
 * explore: no, it has one thread, which waits for sockets */
#include <stdlib.h>
#include <string.h>

#include "limit.h"
#include "wb/coro.h"
#include "wb/inspect.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { LAMPS = 10000 };

struct lamp {
    int code;
    char answer[WB_FETCH_MAX];
};

static int port, lamps;         /* const while lamps report */
static char path[WB_FETCH_MAX]; /* const while lamps report */
static int threads;             /* main only: the most there were */
static long bytes;              /* main only: for each lamp */

/* region: lamp */
static int report(void *arg)
{
    struct lamp *l = arg;

    l->code = wb_coro_fetch(port, path, l->answer, WB_FOREVER);
    return 0;
}
/* endregion: lamp */

/* region: all */
static int report_all(void *arg)
{
    struct lamp *lamp = arg;
    struct wb_coro **waits = wb_alloc((size_t)lamps, sizeof(*waits));
    long before = resident();

    for (int i = 0; i < lamps; i++)
        waits[i] = wb_coro_spawn(report, &lamp[i]);
    int rc = wb_coro_gather(waits, (size_t)lamps);
    threads = wb_proc_threads(getpid());
    bytes = (resident() - before) / lamps;
    free(waits);
    return rc;
}
/* endregion: all */

int main(int argc, char **argv)
{
    struct wb_server_options options = { .process = true };
    struct wb_server *server;
    struct wb_server_counts seen;
    int lit = 0;

    lamps = argc > 1 ? atoi(argv[1]) : LAMPS;
    if (lamps < 1 || lamps > WB_SERVER_GATE_MAX)
        wb_die("usage: %s [LAMPS], at most %d", argv[0], WB_SERVER_GATE_MAX);
    need_descriptors((rlim_t)lamps);
    options.connections_max = lamps;
    WB_MUST(wb_server_start(&server, &options));
    limit_memory();
    port = wb_server_port(server);
    snprintf(path, sizeof(path), "/gate/%d/on", lamps);
    struct lamp *lamp = wb_alloc((size_t)lamps, sizeof(*lamp));
    int rc = wb_coro_run(report_all, lamp);
    for (int i = 0; i < lamps; i++)
        lit += lamp[i].code == 200;
    wb_server_counts(server, &seen);
    wb_server_stop(server);
    free(lamp);
    printf("%d of %d lamps are lit; %d reported at once, by %d thread\n", lit,
           lamps, seen.peak, threads);
    printf("memory for each: %ld bytes\n", bytes);
    WB_JUDGE(rc == 0, WB_UNBOUNDED, "%d lamps: %s", lamps, strerror(-rc));
    return 0;
}
