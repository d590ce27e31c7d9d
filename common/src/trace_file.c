/* Memory into the file. See wb/trace.h. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace_impl.h"
#include "trace_put.h"
#include "wb/base.h"

enum { NS_PER_US = 1000 };

/* Guarded by being called from one thread: that which opens and closes. */
static const char *path;
static int64_t start;

/* -- events ------------------------------------------------------------- */

static void put_event(FILE *out, const struct event *e)
{
    char phase[2] = { e->phase, '\0' };
    int64_t ns = e->time - start;

    if (e->phase == 'M') {
        wb_put_track(out, e->track, e->name);
        return;
    }
    wb_put_event(out, phase, e->track);
    fprintf(out, ",\"ts\":%lld.%03d", (long long)(ns / NS_PER_US),
            (int)(ns % NS_PER_US));
    if (e->phase != 'E')
        wb_put_key(out, "name", e->name);
    if (e->phase == 'i')
        fputs(",\"s\":\"t\"", out);
    if (e->key != NULL)
        fprintf(out, ",\"args\":{\"%s\":%ld}", e->key, e->value);
    putc('}', out);
}

/* A name that the thread told later comes later, and then counts. */
static void put_lane(FILE *out, struct lane *lane)
{
    char name[WB_TRACE_NAME_MAX];
    /* Pairs with the release in trace.c. */
    size_t n = atomic_load_explicit(&lane->events, memory_order_acquire);
    const struct chunk *c = lane->first;
    bool named = false;

    for (size_t i = 0; i < n; i++) {
        const struct event *e = &c->event[i % CHUNK_EVENTS];
        bool names = e->phase == 'M' && e->track == lane->track;

        if (e->time >= start || names) /* a name is told once for all traces */
            put_event(out, e);
        named = named || names;
        if (i % CHUNK_EVENTS == CHUNK_EVENTS - 1 && i + 1 < n)
            c = c->next;
    }
    snprintf(name, sizeof(name), lane->track == 0 ? "main" : "thread %d",
             lane->track);
    if (!named)
        wb_put_track(out, lane->track, name);
}

static void put_dropped(FILE *out)
{
    char name[64];

    if (wb_trace_dropped() == 0)
        return;
    snprintf(name, sizeof(name), "%ld events did not fit", wb_trace_dropped());
    wb_put_event(out, "i", 0);
    fputs(",\"ts\":0,\"s\":\"g\"", out);
    wb_put_key(out, "name", name);
    putc('}', out);
}

/* -- the file ----------------------------------------------------------- */

static int finish(FILE *out)
{
    wb_put_trace_end(out);
    bool failed = ferror(out) != 0;
    int error = errno;

    if (fclose(out) != 0 && !failed)
        return -errno;
    return failed ? -(error != 0 ? error : EIO) : 0;
}

static int write_file(bool empty)
{
    FILE *out = fopen(path, "we");

    if (out == NULL)
        return -errno;
    wb_put_trace_begin(out, program_invocation_short_name);
    for (struct lane *l = empty ? NULL : wb_trace_lanes(); l != NULL;
         l = l->next)
        put_lane(out, l);
    if (!empty)
        put_dropped(out);
    return finish(out);
}

/* What its parent has traced is the parent's to write. */
static void be_silent(void)
{
    atomic_store(&wb_trace_on, false);
    path = NULL;
}

int wb_trace_open(const char *to)
{
    static bool hooked;

    if (path != NULL)
        return -EBUSY;
    path = to;
    int rc = write_file(true);
    if (rc < 0) {
        path = NULL;
        return rc;
    }
    if (!hooked)
        WB_MUST(pthread_atfork(NULL, NULL, be_silent));
    hooked = true;
    start = wb_now();
    atomic_store(&wb_trace_on, true);
    return 0;
}

int wb_trace_close(void)
{
    if (path == NULL)
        return 0;
    atomic_store(&wb_trace_on, false);
    int rc = write_file(false);
    path = NULL;
    return rc;
}
