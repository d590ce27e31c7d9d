/* The station of chapter 11: four platforms, each of which knows its next
 * train. Its server answers when all that are asked for have been asked. */
#ifndef STATION_H
#define STATION_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/server.h"

enum { PLATFORMS = 4 };

struct platform {
    pthread_t thread; /* in programs that have one for each */
    int port;         /* of the server */
    char path[WB_FETCH_MAX];
    char train[WB_FETCH_MAX];
};

static inline void set_platforms(struct platform *p, int n, int port)
{
    static const char *const trains[PLATFORMS] = { "Ulm", "Bern", "Graz",
                                                   "Linz" };

    for (int i = 0; i < n; i++) {
        p[i].port = port;
        snprintf(p[i].path, WB_FETCH_MAX, "/gate/%d/%s", n, trains[i]);
    }
}

/* How many platforms there are: all, or as many as the first argument says. */
static inline int platforms_of(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : PLATFORMS;

    if (n < 1 || n > PLATFORMS)
        wb_die("usage: %s [PLATFORMS], at most %d", argv[0], PLATFORMS);
    return n;
}

#endif
