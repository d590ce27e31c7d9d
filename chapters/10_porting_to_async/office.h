#ifndef OFFICE_H
#define OFFICE_H

/* What stays the same at every step of the port: visitors of a lost-property
 * office, the store behind it, and how the outcome is told. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { VISITORS = 4, VISITORS_MAX = 64, TEXT_MAX = WB_FETCH_MAX + 32 };

struct visitor {
    char question[TEXT_MAX]; /* what was lost, as a line */
    char answer[TEXT_MAX];   /* of the office */
};

static int store;    /* port of the store; const while visitors come */
static int visitors; /* const while they come */
static struct visitor visitor[VISITORS_MAX]; /* each is one visitor's */

/* Let visitors come, tell what they were told. @return for main */
static inline int run_day(int argc, char **argv, void (*open_office)(void))
{
    static const char *const things[] = { "umbrella", "hat", "left glove",
                                          "violin" };
    struct wb_server_options options = { .process = true };
    struct wb_server *server;
    struct wb_server_counts seen;

    visitors = argc > 1 ? atoi(argv[1]) : VISITORS;
    if (visitors < 1 || visitors > VISITORS_MAX)
        wb_die("usage: %s [VISITORS], at most %d", argv[0], VISITORS_MAX);
    for (int i = 0; i < visitors; i++)
        snprintf(visitor[i].question, TEXT_MAX, "%s\n", things[i % 4]);
    WB_MUST(wb_server_start(&server, &options));
    store = wb_server_port(server);
    open_office();
    wb_server_counts(server, &seen);
    wb_server_stop(server);
    for (int i = 0; i < visitors; i++)
        printf("visitor %d: %s\n", i + 1, visitor[i].answer);
    WB_JUDGE(seen.peak == visitors, WB_BLOCKED_LOOP,
             "%d visitors are at the desk, and the store has never had more "
             "than %d request%s at once",
             visitors, seen.peak, seen.peak == 1 ? "" : "s");
    return 0;
}

#endif
