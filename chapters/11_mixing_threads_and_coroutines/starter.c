/* Exercise 11: a log tailer, half moved to coroutines.
 *
 * rejected: data-race "put() was called on another thread than the loop's"
 *
 * Yesterday this was a program with threads, and every line arrived. Now the
 * sink belongs to a loop, and tail_all() is called there. One half is moved:
 * the loop goes on while the threads are waited for.
 *
 *     ./workbook check 11
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/coro_loop.h"

struct reader {
    struct source *source;
    struct sink *sink;
    int number;
    int error;
    pthread_t thread;
};

struct tailer {
    struct reader reader[SOURCES_MAX];
    int n;
};

static void *read_lines(void *arg)
{
    struct reader *r = arg;
    char line[LINE_SIZE];

    while ((r->error = r->source->read_line(r->source, line)) == 0)
        r->sink->put(r->sink, r->number, line);
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
