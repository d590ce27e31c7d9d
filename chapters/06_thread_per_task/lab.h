#ifndef LAB_H
#define LAB_H

/* What bad.c and good.c have in common: a photo lab whose pictures lie in a
 * slow store, and whose printer runs out of paper now and then. The store is
 * the server of wb/server.h. It serves from a process of its own, so that the
 * threads and the memory that are counted are those of the lab. */

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { ORDERS = 64, ORDERS_MAX = 10000, NO_PAPER = 8, THREADS_ENOUGH = 8 };

static struct {
    struct wb_server *server;
    int port;                /* const while threads run */
    atomic_int failed;       /* atomic: publishes nothing */
    struct wb_gauge threads; /* those that handle orders */
} lab;

/* Let the process have so many MiB of memory more than it has now. */
static void limit_memory(long mb)
{
    long pages = 0;
    FILE *in = fopen("/proc/self/statm", "re");

    if (in == NULL || fscanf(in, "%ld", &pages) != 1)
        wb_die("cannot read /proc/self/statm: %s", strerror(errno));
    fclose(in);
    rlim_t bytes = (rlim_t)(pages * sysconf(_SC_PAGESIZE) + (mb << 20));
    const struct rlimit limit = { bytes, bytes };
    WB_MUST_SYS(setrlimit(RLIMIT_AS, &limit));
}

/* @return how many orders there are: PROGRAM [ORDERS [MIB]] */
static int open_lab(int argc, char **argv)
{
    struct wb_server_options opt = { .process = true,
                                     .connections_max = ORDERS_MAX };
    int n = argc > 1 ? atoi(argv[1]) : ORDERS;
    long mb = argc > 2 ? atol(argv[2]) : 0;

    if (n < 1 || n > ORDERS_MAX || mb < 0)
        wb_die("usage: %s [ORDERS [MIB]], at most %d", argv[0], ORDERS_MAX);
    WB_MUST(wb_server_start(&lab.server, &opt));
    lab.port = wb_server_port(lab.server);
    if (mb > 0)
        limit_memory(mb);
    return n;
}

/* region: print */
/* Get the picture, which takes as long as the store likes, and print it.
 * @return 200, or what has gone wrong: 507 when there is no paper */
static int print_order(int number)
{
    char text[WB_FETCH_MAX];
    const char *printer = number % NO_PAPER == 0 ? "/error/507" : "/echo";

    wb_gauge_enter(&lab.threads);
    int code = wb_fetch(lab.port, "/hold", text, WB_FOREVER);
    if (code == 200)
        code = wb_fetch(lab.port, printer, text, WB_FOREVER);
    lab.failed += code != 200;
    wb_gauge_leave(&lab.threads);
    return code;
}
/* endregion: print */

static int close_lab(int n, int heard)
{
    int peak = wb_gauge_peak(&lab.threads);

    wb_server_stop(lab.server);
    printf("%d orders by %d threads at once; %d failed, heard of: %d\n", n,
           peak, lab.failed, heard);
    WB_JUDGE(peak <= THREADS_ENOUGH, WB_UNBOUNDED,
             "%d orders, and %d threads at once", n, peak);
    WB_JUDGE(heard == lab.failed, WB_WRONG_ANSWER,
             "%d orders failed, and main has heard of %d", lab.failed, heard);
    return 0;
}

#endif
