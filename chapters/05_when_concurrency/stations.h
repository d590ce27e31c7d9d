#ifndef STATIONS_H
#define STATIONS_H

/* What bad.c and good.c share: weather stations, and what is done to each. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { STATIONS = 8, STATIONS_MAX = 64, SAMPLES = 8 };

struct station {
    int port;
    long samples[SAMPLES], smooth;
};

/* region: jobs */
/* Ask a station for its samples. It answers when it is sure that nobody else
 * is going to ask, so that we can see how many were asked at once. */
static void *fetch(void *arg)
{
    struct station *s = arg;
    char body[WB_FETCH_MAX];

    if (wb_fetch(s->port, "/hold", body, WB_FOREVER) != 200)
        wb_die("a station does not answer");
    for (int i = 0; i < SAMPLES; i++)
        s->samples[i] = i;
    return NULL;
}

static void *smooth(void *arg)
{
    struct station *s = arg;

    s->smooth = 0;
    for (int i = 0; i < SAMPLES; i++)
        s->smooth += s->samples[i];
    s->smooth /= SAMPLES;
    return NULL;
}
/* endregion: jobs */

/* region: fan_out */
static int threads; /* started in this phase; main thread only */

static void fan_out(void *(*job)(void *), struct station *s, int n)
{
    pthread_t thread[STATIONS_MAX];

    for (int i = 0; i < n; i++) /* fan-out */
        WB_MUST(pthread_create(&thread[i], NULL, job, &s[i]));
    for (int i = 0; i < n; i++) /* fan-in */
        WB_MUST(pthread_join(thread[i], NULL));
    threads += n;
}
/* endregion: fan_out */

static struct wb_server *start_stations(struct station *s, int n)
{
    struct wb_server *server;

    WB_MUST(wb_server_start(&server,
                            &(struct wb_server_options){ .process = true }));
    for (int i = 0; i < n; i++)
        s[i] = (struct station){ .port = wb_server_port(server) };
    return server;
}

static void report(const char *phase)
{
    printf("%s: %d threads\n", phase, threads);
    threads = 0;
}

/* @return the status for main */
static int judge(struct wb_server *server, int n)
{
    struct wb_server_counts seen;

    wb_server_counts(server, &seen);
    wb_server_stop(server);
    printf("%d stations, at most %d were asked at once\n", n, seen.peak);
    WB_JUDGE(seen.peak > 1 || n < 3, WB_NOT_CONCURRENT,
             "%d requests, and each had to wait for the one before", n);
    return EXIT_SUCCESS;
}

#endif
