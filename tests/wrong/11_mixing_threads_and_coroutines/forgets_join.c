/* The threads say themselves when they are done, and nobody joins them.
 *
 * rejected: leaked-thread "join them" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/coro_sync.h"

struct tailer;

struct reader {
    /* const after init */
    struct wb_coro_loop *loop;
    struct tailer *tailer;
    struct source *source;
    struct sink *sink;
    int number;
    pthread_t thread;

    char line[LINE_SIZE]; /* the thread's; the loop's while it waits for it */
    int error;            /* the thread's, until it is joined */
};

struct tailer {
    struct reader reader[SOURCES_MAX];
    int left;                    /* the loop's */
    struct wb_coro_event *ended; /* the loop's */
};

static int put_line(void *arg)
{
    struct reader *r = arg;

    r->sink->put(r->sink, r->number, r->line);
    return 0;
}

static int end_one(void *arg)
{
    struct tailer *t = ((struct reader *)arg)->tailer;

    if (--t->left == 0)
        wb_coro_event_set(t->ended);
    return 0;
}

static void *read_lines(void *arg)
{
    struct reader *r = arg;

    while ((r->error = r->source->read_line(r->source, r->line)) == 0)
        WB_MUST(wb_coro_run_threadsafe(r->loop, put_line, r));
    WB_MUST(wb_coro_run_threadsafe(r->loop, end_one, r));
    return NULL;
}

int tail_all(struct source *const *sources, int n, struct sink *sink)
{
    struct wb_coro_event ended = WB_CORO_EVENT_INIT(ended);
    struct tailer t = { .left = n, .ended = &ended };

    for (int i = 0; i < n; i++) {
        struct reader *r = &t.reader[i];
        r->loop = wb_coro_loop();
        r->source = sources[i];
        r->sink = sink;
        r->number = i;
        r->tailer = &t;
        WB_MUST(pthread_create(&r->thread, NULL, read_lines, r));
    }
    int rc = n > 0 ? wb_coro_event_wait(&ended, WB_FOREVER) : 0;
    for (int i = 0; i < n && rc == 0; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
