/* Ten thousand street lamps report to the control room at dusk, and light up
 * when all of them have reported. A thread waits for each.
 *
 * Symptom: after some hundred lamps no thread can be had, and none lights up.
 * Cause:   all that a lamp does is to wait, and what waits for it is a thread:
 *          a stack of 8 MiB is set aside, and a place in the kernel's tables.
 * Provoke: ./workbook run 09 bad
 * Next:    good.c
 *
 * explore: no, these threads wait for a socket */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"
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

/* region: lamp */
static void *report(void *arg)
{
    struct lamp *l = arg;

    l->code = wb_fetch(port, path, l->answer, WB_FOREVER);
    return NULL;
}
/* endregion: lamp */

/* region: all */
static int report_all(void *arg)
{
    struct lamp *lamp = arg;
    pthread_t *waits = wb_alloc((size_t)lamps, sizeof(pthread_t));
    int started = 0, rc = 0;

    while (started < lamps && rc == 0) {
        rc = pthread_create(&waits[started], NULL, report, &lamp[started]);
        started += rc == 0;
    }
    threads = wb_proc_threads(getpid());
    for (int i = 0; i < started; i++)
        WB_MUST(pthread_join(waits[i], NULL));
    free(waits);
    return -rc;
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
    int rc = report_all(lamp);
    for (int i = 0; i < lamps; i++)
        lit += lamp[i].code == 200;
    wb_server_counts(server, &seen);
    wb_server_stop(server);
    free(lamp);
    printf("%d of %d lamps are lit; %d reported at once, by %d threads\n", lit,
           lamps, seen.peak, threads);
    WB_JUDGE(rc == 0, WB_UNBOUNDED,
             "%d lamps take %d threads; in %d MiB there was room for %d: %s",
             lamps, lamps + 1, LIMIT_MIB, threads, strerror(-rc));
    return 0;
}
