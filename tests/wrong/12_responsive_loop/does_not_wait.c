/* The lines are detached: nobody waits for the calls they make.
 *
 * rejected: leaked-thread "find_all returned" */
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

static struct search only;

static int open_it(void *arg)
{
    struct search *s = arg;

    s->error = s->d->open(s->d);
    s->open = s->error == 0;
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
    int lines = s->d->lines < s->n ? s->d->lines : s->n;

    for (int i = 0; i < lines; i++)
        wb_coro_detach(wb_coro_spawn(keep_line_busy, s));
    return wb_coro_yield();
}

int find_all(struct directory *d, struct entry *entries, int n)
{
    only = (struct search){ .d = d, .entries = entries, .n = n };
    int rc = wb_coro_run_in_executor(open_it, &only);

    if (rc == 0 && !only.open)
        return only.error;
    for (int i = 0; i < n; i++)
        entries[i].rc = -ECANCELED;
    if (rc == 0)
        rc = keep_lines_busy(&only);
    return rc;
}
