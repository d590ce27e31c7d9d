#ifndef WB_TESTS_CORO_PAIR_H
#define WB_TESTS_CORO_PAIR_H

/* Two ends of a connection, for tests of streams. */

#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/coro_io.h"

struct pair {
    struct wb_coro_stream *a, *b; /* b reads what a writes */
    struct trail *trail;
    char *big;
};

static inline void open_pair(struct pair *p)
{
    struct wb_coro_stream *listener;
    WB_MUST(wb_coro_listen(&listener, 0));
    WB_MUST(wb_coro_connect(&p->a, wb_coro_port(listener)));
    WB_MUST(wb_coro_accept(listener, &p->b));
    wb_coro_close(listener);
}

static inline void close_pair(struct pair *p)
{
    wb_coro_close(p->a);
    wb_coro_close(p->b);
}

#endif
