/* Every read goes to the executor, which has four threads: a fifth source is
 * read when one of the others has said something.
 *
 * rejected: not-concurrent "never more than 4 were waited for" */
#include "exercise.h"

#include <errno.h>

#include "wb/coro.h"
#include "wb/coro_loop.h"

struct reader {
    /* const after init */
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

static int read_line(void *arg)
{
    struct reader *r = arg;

    r->error = r->source->read_line(r->source, r->line);
    return r->error < 0;
}

static int read_lines(void *arg)
{
    struct reader *r = arg;

    while (wb_coro_run_in_executor(read_line, r) == 0)
        r->sink->put(r->sink, r->number, r->line);
    return 0;
}

int tail_all(struct source *const *sources, int n, struct sink *sink)
{
    struct tailer t = { .n = n };
    struct wb_coro *reading[SOURCES_MAX];

    for (int i = 0; i < n; i++) {
        struct reader *r = &t.reader[i];
        r->source = sources[i];
        r->sink = sink;
        r->number = i;
        reading[i] = wb_coro_spawn(read_lines, r);
    }
    int rc = wb_coro_gather(reading, (size_t)n);
    for (int i = 0; i < n && rc == 0; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
