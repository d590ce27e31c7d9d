/* The last thread sets an event of the loop, without asking the loop.
 *
 * rejected: crash | data-race */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

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
    int n;
    atomic_int left; /* atomic: the last one is alone */
    struct wb_coro_event ended;
};

static int put_line(void *arg)
{
    struct reader *r = arg;

    r->sink->put(r->sink, r->number, r->line);
    return 0;
}

static void *read_lines(void *arg)
{
    struct reader *r = arg;

    while ((r->error = r->source->read_line(r->source, r->line)) == 0)
        WB_MUST(wb_coro_run_threadsafe(r->loop, put_line, r));
    if (atomic_fetch_sub(&r->tailer->left, 1) == 1)
        wb_coro_event_set(&r->tailer->ended);
    return NULL;
}

static int join_all(void *arg)
{
    struct tailer *t = arg;

    for (int i = 0; i < t->n; i++)
        WB_MUST(pthread_join(t->reader[i].thread, NULL));
    return 0;
}

int tail_all(struct source *const *sources, int n, struct sink *sink)
{
    struct tailer t = { .n = n, .ended = WB_CORO_EVENT_INIT(t.ended) };
    atomic_init(&t.left, n);

    for (int i = 0; i < n; i++) {
        struct reader *r = &t.reader[i];
        r->loop = wb_coro_loop();
        r->source = sources[i];
        r->sink = sink;
        r->number = i;
        r->tailer = &t;
        WB_MUST(pthread_create(&r->thread, NULL, read_lines, r));
    }
    int rc = n > 0 ? wb_coro_event_wait(&t.ended, WB_FOREVER) : 0;
    rc = wb_coro_run_in_executor(join_all, &t) < 0 ? -ECANCELED : rc;
    for (int i = 0; i < n && rc == 0; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
