#ifndef CORO_VIRTUAL_H
#define CORO_VIRTUAL_H

/* For tests of coroutines: a loop whose clock moves only when it must. */

#include "wb/coro.h"
#include "wb/coro_loop.h"

static inline int run_virtually(wb_coro_fn fn, void *arg)
{
    struct wb_coro_options options = { .virtual_time = true };
    return wb_coro_run_with(&options, fn, arg);
}

/* What has happened, in order, one letter each. */
struct trail {
    char text[64];
    int n;
};

static inline void mark(struct trail *t, int c)
{
    if (t->n < (int)sizeof(t->text) - 1)
        t->text[t->n++] = (char)c;
}

/* Sleeps, leaves its letter, or '!' when cancelled, and returns result. */
struct nap {
    struct trail *trail;
    int letter;
    int ms;
    int result;
};

static inline int take_nap(void *arg)
{
    struct nap *nap = arg;
    int rc = wb_coro_sleep_ms(nap->ms);
    mark(nap->trail, rc < 0 ? '!' : nap->letter);
    return rc < 0 ? rc : nap->result;
}

#define MS INT64_C(1000000) /* nanoseconds */

#endif
