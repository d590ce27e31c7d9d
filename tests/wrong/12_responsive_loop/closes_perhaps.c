/* close() is asked for once: whoever is cancelled before the executor has begun
 * with it leaves the directory open.
 *
 * rejected: wrong-answer "the directory stays open" */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>

#include "wb/coro.h"
#include "wb/coro_loop.h"

struct search {
    struct directory *d;
    struct entry *entries;
    int n, next;
    int error; /* what open() returned */
    bool open;
};

struct call {
    struct directory *d;
    struct entry *entry;
};

static int open_it(void *arg)
{
    struct search *s = arg;

    s->error = s->d->open(s->d);
    s->open = s->error == 0;
    return 0;
}

static int close_it(void *arg)
{
    struct search *s = arg;

    s->d->close(s->d);
    s->open = false;
    return 0;
}

static int look_up(void *arg)
{
    struct call *call = arg;
    struct entry *e = call->entry;

    e->rc = call->d->look_up(call->d, e->name, e->number);
    return 0;
}

static int keep_line_busy(void *arg)
{
    struct search *s = arg;
    int rc = 0;

    while (rc == 0 && s->next < s->n) {
        struct call call = { s->d, &s->entries[s->next++] };
        rc = wb_coro_run_in_executor(look_up, &call);
    }
    return rc;
}

static int keep_lines_busy(struct search *s)
{
    struct wb_coro *line[LINES_MAX];
    int lines = s->d->lines < s->n ? s->d->lines : s->n;

    for (int i = 0; i < lines; i++)
        line[i] = wb_coro_spawn(keep_line_busy, s);
    return wb_coro_gather(line, (size_t)lines);
}

int find_all(struct directory *d, struct entry *entries, int n)
{
    struct search s = { .d = d, .entries = entries, .n = n };
    int rc = wb_coro_run_in_executor(open_it, &s);

    if (rc == 0 && !s.open)
        return s.error;
    for (int i = 0; i < n; i++)
        entries[i].rc = -ECANCELED;
    if (rc == 0)
        rc = keep_lines_busy(&s);
    int closed = s.open ? wb_coro_run_in_executor(close_it, &s) : 0;
    return rc < 0 ? rc : closed;
}
