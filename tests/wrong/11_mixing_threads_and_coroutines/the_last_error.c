/* Of two errors the later source's is returned.
 *
 * rejected: wrong-answer "source 1 ended with" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"

struct reader {
    /* const after init */
    struct wb_coro_loop *loop;
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
    struct tailer t = { .n = n };

    for (int i = 0; i < n; i++) {
        struct reader *r = &t.reader[i];
        r->loop = wb_coro_loop();
        r->source = sources[i];
        r->sink = sink;
        r->number = i;
        WB_MUST(pthread_create(&r->thread, NULL, read_lines, r));
    }
    int rc = wb_coro_run_in_executor(join_all, &t);
    for (int i = 0; i < n; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
