/* Coroutines read the lines, and each read blocks all of them.
 *
 * rejected: blocked-loop "on the loop's thread" */
#include "exercise.h"

#include <errno.h>

#include "wb/coro.h"

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

static int read_lines(void *arg)
{
    struct reader *r = arg;

    while ((r->error = r->source->read_line(r->source, r->line)) == 0) {
        r->sink->put(r->sink, r->number, r->line);
        wb_coro_yield();
    }
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
