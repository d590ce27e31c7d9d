/* A copy of the line is posted, and the next line read at once: while the loop
 * is busy, lines pile up.
 *
 * rejected: unbounded "lines of one source" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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

    int error; /* the thread's, until it is joined */
};

struct tailer {
    struct reader reader[SOURCES_MAX];
    int n;
};

struct post {
    struct reader *reader;
    char line[LINE_SIZE];
};

static void put_line(void *arg)
{
    struct post *post = arg;
    struct reader *r = post->reader;

    r->sink->put(r->sink, r->number, post->line);
    free(post);
}

static void *read_lines(void *arg)
{
    struct reader *r = arg;
    char line[LINE_SIZE];

    while ((r->error = r->source->read_line(r->source, line)) == 0) {
        struct post *post = wb_alloc(1, sizeof(*post));
        post->reader = r;
        memcpy(post->line, line, LINE_SIZE);
        WB_MUST(wb_coro_call_soon_threadsafe(r->loop, put_line, post));
    }
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
    for (int i = 0; i < n && rc == 0; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
