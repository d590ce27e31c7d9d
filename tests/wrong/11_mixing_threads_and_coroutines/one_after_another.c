/* One thread reads the sources by turns, each to its end.
 *
 * rejected: not-concurrent "never more than 1 were waited for" */
#include "exercise.h"

#include <errno.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"

struct reader {
    /* const after init */
    struct wb_coro_loop *loop;
    struct source *source;
    struct sink *sink;
    int number;

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

static void read_lines(struct reader *r)
{
    while ((r->error = r->source->read_line(r->source, r->line)) == 0)
        WB_MUST(wb_coro_run_threadsafe(r->loop, put_line, r));
}

static int read_all(void *arg)
{
    struct tailer *t = arg;

    for (int i = 0; i < t->n; i++)
        read_lines(&t->reader[i]);
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
    }
    int rc = wb_coro_run_in_executor(read_all, &t);
    for (int i = 0; i < n && rc == 0; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
