/* The threads leave their lines where a coroutine finds them when it looks,
 * every millisecond.
 *
 * rejected: livelock "looks again and again" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"

enum { READING, FULL, ENDED };

struct reader {
    /* const after init */
    struct source *source;
    struct sink *sink;
    int number;
    pthread_t thread;

    char line[LINE_SIZE]; /* the thread's; the loop's while it waits for it */
    int error;            /* the thread's, until it is joined */
    atomic_int state;     /* atomic: whose the line is */
};

struct tailer {
    struct reader reader[SOURCES_MAX];
    int n;
};

static void *read_lines(void *arg)
{
    struct reader *r = arg;

    while ((r->error = r->source->read_line(r->source, r->line)) == 0) {
        atomic_store(&r->state, FULL);
        while (atomic_load(&r->state) == FULL)
            wb_now();
    }
    atomic_store(&r->state, ENDED);
    return NULL;
}

static int look_at_all(struct tailer *t)
{
    int ended = 0;

    for (int i = 0; i < t->n; i++) {
        struct reader *r = &t->reader[i];
        if (atomic_load(&r->state) == FULL) {
            r->sink->put(r->sink, r->number, r->line);
            atomic_store(&r->state, READING);
        }
        ended += atomic_load(&r->state) == ENDED;
    }
    return ended == t->n;
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
        r->source = sources[i];
        r->sink = sink;
        r->number = i;
        WB_MUST(pthread_create(&r->thread, NULL, read_lines, r));
    }
    while (!look_at_all(&t))
        wb_coro_sleep_ms(1);
    int rc = wb_coro_run_in_executor(join_all, &t);
    for (int i = 0; i < n && rc == 0; i++)
        if (t.reader[i].error != -EPIPE)
            rc = t.reader[i].error;
    return rc;
}
