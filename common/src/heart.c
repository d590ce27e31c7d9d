/*
 * Whether a loop goes on while a call blocks. See wb/heart.h.
 */

#include "wb/heart.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/inspect.h"
#include "wb/server.h"
#include "wb/verdict.h"

/* So often, or for so long, the loop may run while no call comes or goes. */
enum { LOOK_MS = 5, TURNS_MAX = 2000, BUSY_NS = 1000000000 };

struct wb_heart {
    /* const after init */
    struct wb_coro_loop *loop;
    const char *who;
    int port;
    pid_t tid;       /* of the loop's thread */
    clockid_t clock; /* its processor time */
    pthread_t watcher;

    struct wb_gauge inside;
    atomic_ulong moves; /* atomic: counts who comes and goes */
    atomic_bool over;   /* atomic: told to the watcher, publishes nothing */
};

/* -- calls that block ------------------------------------------------------ */

/* Asked of the loop. It may come after the call is over, so that the last of
 * the two frees it. */
struct beat {
    atomic_bool came;   /* atomic: set by the loop, read by the call */
    atomic_int holders; /* atomic: the loop and the call */
};

static void drop(struct beat *b)
{
    if (atomic_fetch_sub(&b->holders, 1) == 1)
        free(b);
}

static void on_beat(void *arg)
{
    struct beat *b = arg;
    atomic_store(&b->came, true);
    drop(b);
}

static void come(struct wb_heart *h)
{
    wb_gauge_enter(&h->inside);
    atomic_fetch_add(&h->moves, 1);
}

static void go(struct wb_heart *h)
{
    atomic_fetch_add(&h->moves, 1);
    wb_gauge_leave(&h->inside);
}

int wb_heart_block(struct wb_heart *h, const char *path, char *body, bool *beat)
{
    struct beat *b = wb_alloc(1, sizeof(*b));
    atomic_store(&b->holders, 2);
    come(h);
    if (wb_coro_call_soon_threadsafe(h->loop, on_beat, b) < 0)
        atomic_store(&b->holders, 1); /* the loop has ended: no beat */
    int code = wb_fetch(h->port, path, body, WB_FOREVER);
    *beat = atomic_load(&b->came) || strcmp(path, "/hold") != 0;
    drop(b);
    go(h);
    return code;
}

int wb_heart_left(struct wb_heart *h)
{
    char body[WB_FETCH_MAX];
    come(h);
    wb_coro_fetch(h->port, "/hold", body, WB_FOREVER);
    go(h);
    return atoi(body) - 1; /* without us */
}

/* -- a loop that will never go on ------------------------------------------ */

/* All sleep until somebody else wakes them, nobody has run between two looks,
 * and nobody is in the one call that comes back by itself. */
static bool is_stuck(const struct wb_heart *h)
{
    uint64_t before, after;
    unsigned long moves = atomic_load(&h->moves);
    return wb_gauge_inside(&h->inside) == 0 &&
           wb_inspect_look(getpid(), gettid(), &before) == 1 &&
           poll(NULL, 0, LOOK_MS) == 0 &&
           wb_inspect_look(getpid(), gettid(), &after) == 1 &&
           before == after && moves == atomic_load(&h->moves) &&
           !atomic_load(&h->over); /* or the loop sleeps in wb_heart_stop() */
}

/* What the loop had done when a call last came or went. */
struct since {
    unsigned long moves, turns;
    int64_t ns; /* of its processor time */
};

static struct since look_at_loop(const struct wb_heart *h)
{
    struct timespec busy = { 0 };
    clock_gettime(h->clock, &busy);
    return (struct since){ atomic_load(&h->moves),
                           wb_inspect_switches(getpid(), h->tid),
                           busy.tv_sec * INT64_C(1000000000) + busy.tv_nsec };
}

/* A loop that waits for a call sleeps. This one runs on and on meanwhile. */
static bool is_polling(const struct wb_heart *h, struct since *last)
{
    struct since now = look_at_loop(h);
    if (now.moves != last->moves)
        *last = now;
    return now.turns - last->turns > TURNS_MAX || now.ns - last->ns > BUSY_NS;
}

_Noreturn static void end(enum wb_verdict kind, const char *who,
                          const char *what)
{
    wb_verdict_say(kind, "%s %s", who, what);
    fflush(stdout);
    _exit(1);
}

/* By its name the server knows that nobody waits for it. */
static void *watch(void *arg)
{
    const struct wb_heart *h = arg;
    struct since last = look_at_loop(h);
    sigset_t all;
    sigfillset(&all);
    WB_MUST(pthread_sigmask(SIG_BLOCK, &all, NULL));
    wb_thread_name_set(WB_WATCHER_NAME);
    while (!atomic_load(&h->over)) {
        if (is_stuck(h))
            end(WB_DEADLOCK, h->who,
                "waits for what nobody will do: all threads are asleep, and "
                "no call is under way");
        if (is_polling(h, &last))
            end(WB_LIVELOCK, h->who,
                "looks again and again whether a call has come back");
        poll(NULL, 0, LOOK_MS);
    }
    return NULL;
}

/* -- life cycle ------------------------------------------------------------ */

int wb_heart_start(struct wb_heart **out, int port, const char *who)
{
    struct wb_heart *h = wb_alloc(1, sizeof(*h));
    h->loop = wb_coro_loop();
    h->port = port;
    h->who = who;
    h->tid = gettid();
    WB_MUST(pthread_getcpuclockid(pthread_self(), &h->clock));
    int rc = pthread_create(&h->watcher, NULL, watch, h);
    if (rc != 0)
        free(h);
    else
        *out = h;
    return -rc;
}

void wb_heart_stop(struct wb_heart *h)
{
    atomic_store(&h->over, true);
    WB_MUST(pthread_join(h->watcher, NULL));
    free(h);
}
