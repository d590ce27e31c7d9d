/* Events into memory. See wb/trace.h.
 *
 * Each thread has a lane: chunks of events that only it appends to. It counts
 * an event when it is whole, so whoever reads up to the count reads nothing
 * that is still written to. Lanes are never freed: their thread may be ahead
 * of us, and the process is about to end anyway. */
#include "wb/trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_impl.h"
#include "wb/base.h"

atomic_bool wb_trace_on;

static _Atomic(struct lane *) lanes; /* atomic: a lane is linked when whole */
static atomic_int tracks;            /* atomic: each number is given once */
static atomic_long chunks, dropped;  /* atomic: these publish nothing */

/* owner thread only */
static _Thread_local struct {
    struct lane *lane;
    bool is_named, is_full;
} mine;

struct lane *wb_trace_lanes(void)
{
    return atomic_load(&lanes);
}

long wb_trace_dropped(void)
{
    return atomic_load(&dropped);
}

/* -- a lane ------------------------------------------------------------- */

static struct lane *make_lane(void)
{
    struct lane *lane = calloc(1, sizeof(*lane));

    if (lane == NULL)
        return NULL;
    lane->track = atomic_fetch_add(&tracks, 1);
    lane->next = atomic_load(&lanes);
    while (!atomic_compare_exchange_weak(&lanes, &lane->next, lane))
        ;
    return lane;
}

static struct chunk *make_chunk(void)
{
    if (atomic_fetch_add(&chunks, 1) >= CHUNKS_MAX)
        return NULL;
    return malloc(sizeof(struct chunk));
}

/* @return where the next event goes, or NULL */
static struct event *make_room(struct lane *lane)
{
    size_t n = atomic_load_explicit(&lane->events, memory_order_relaxed);

    if (n % CHUNK_EVENTS == 0) {
        struct chunk *more = make_chunk();

        if (more == NULL)
            return NULL;
        more->next = NULL;
        *(lane->first == NULL ? &lane->first : &lane->last->next) = more;
        lane->last = more;
    }
    return &lane->last->event[n % CHUNK_EVENTS];
}

static void append(int track, char phase, const char *name, const char *key,
                   long value)
{
    if (mine.lane == NULL)
        mine.lane = make_lane();
    struct event *e =
        mine.lane != NULL && !mine.is_full ? make_room(mine.lane) : NULL;
    if (e == NULL) {
        mine.is_full = true; /* from here on: nothing after a gap */
        atomic_fetch_add(&dropped, 1);
        return;
    }
    *e = (struct event){ .time = wb_now(),
                         .key = key,
                         .value = value,
                         .phase = phase,
                         .track = track == WB_TRACE_HERE ? mine.lane->track
                                                         : track };
    snprintf(e->name, sizeof(e->name), "%s", name);
    /* Pairs with the acquire in trace_file.c. */
    atomic_fetch_add_explicit(&mine.lane->events, 1, memory_order_release);
}

/* A thread is named while it runs, and perhaps late. */
static void tell_name(void)
{
    const char *name = wb_thread_name();

    if (mine.is_named || strcmp(name, "thread") == 0)
        return;
    mine.is_named = true;
    append(WB_TRACE_HERE, 'M', name, NULL, 0);
}

/* -- calls -------------------------------------------------------------- */

/* The caller's errno is none of our business: malloc may set it. */
void wb_trace_put(int track, char phase, const char *name, const char *key,
                  long value)
{
    int error = errno;

    if (track != -1) {
        tell_name();
        append(track, phase, name, key, value);
    }
    errno = error;
}

int wb_trace_track(const char *name)
{
    if (!WB_TRACE_IS_ON)
        return -1;
    int track = atomic_fetch_add(&tracks, 1);
    append(track, 'M', name, NULL, 0);
    return track;
}

void wb_trace_thread_ends(void)
{
    tell_name();
}
