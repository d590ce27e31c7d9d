/* follow.c */
#include "follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "record.h"
#include "run.h"

/* A schedule of the one program on its way to the other. */
struct following {
    const struct wbx_options *opt;
    struct wbx_arena *arena;
    struct wbx_program program;
    struct wbx_symbols *symbols;
    struct wbx_sources sources;
    struct wbx_token token;
    uint8_t ops[WBX_MAX_STEPS];
};

static uint8_t op_of(const struct wbx_event *e)
{
    uint8_t op = 0;

    while (op < WBX_OP_COUNT && strcmp(e->op, wbx_record_op(op)) != 0)
        op++;
    return op;
}

/* The first of the two accesses of a data race: the last but one that is
 * marked. @return the number of events when there is none */
static size_t first_access(const struct wbx_failure *f)
{
    int second = -1;

    for (size_t i = f->nevents; f->kind == WB_DATA_RACE && i-- > 0;) {
        const struct wbx_event *e = &f->events[i];

        if (e->marked && second < 0)
            second = e->thread;
        else if (e->marked && e->thread != second)
            return i;
    }
    return f->nevents;
}

/* "T3" as 3. */
static unsigned thread_named(const char *name)
{
    return name != NULL && *name == 'T' ? (unsigned)atoi(name + 1) % 32 : 0;
}

/* Operations for choices. After the first access of a race its thread takes
 * no more steps, and neither does who waits for that thread to end: whatever
 * else led to the second access does not depend on them, or the two would
 * not race. */
static void take_operations(struct following *x, const struct wbx_failure *f)
{
    size_t first = first_access(f), n = 0;
    unsigned held_up = 0;

    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];

        if (strcmp(e->op, "join") == 0 &&
            (held_up >> thread_named(e->object) & 1))
            held_up |= 1u << e->thread;
        if (!(held_up >> e->thread & 1)) {
            x->token.choices[n] = x->token.choices[i];
            x->ops[n++] = op_of(e);
        }
        if (i == first)
            held_up |= 1u << e->thread;
    }
    x->token.nchoices = n;
}

/* @return false when not every step is known */
static bool take_schedule(struct following *x, const struct wbx_failure *f)
{
    free(x->token.choices);
    x->token = (struct wbx_token){ .choices = NULL };
    if (f->skipped != 0 || f->replay == NULL ||
        wbx_token_decode(f->replay, &x->token) < 0)
        return false;
    /* A data race is seen when the second access is announced. */
    if (x->token.nchoices != f->nevents)
        return false;
    x->token.kind = WB_CLEAN;
    x->token.ops = x->ops;
    take_operations(x, f);
    return true;
}

/* Where did the holder of w->object take it? */
static const char *since(const struct wbx_failure *f, const char *object,
                         int holder)
{
    const struct wbx_thread *t;

    if (object == NULL || holder < 0 || (size_t)holder >= f->nthreads)
        return NULL;
    t = &f->threads[holder];
    for (size_t i = 0; i < t->nheld; i++)
        if (strcmp(t->held[i], object) == 0)
            return t->held_where[i];
    return NULL;
}

static const char *what_for(struct wbx_arena *a, const struct wbx_instead *w,
                            const struct wbx_thread *t,
                            const struct wbx_failure *f)
{
    const char *object = w->object ? w->object : "others";

    if (strcmp(t->blocked_op, "join") == 0)
        return wbx_arena_format(a, "%s to end", object);
    if (strcmp(t->blocked_op, "wait") == 0)
        return wbx_arena_format(a, "a signal on %s", object);
    if (w->holder < 0 || (size_t)w->holder >= f->nthreads)
        return object;
    return wbx_arena_format(
        a, "%s, held by %s%s%s", object, f->threads[w->holder].name,
        w->since ? " since " : "", w->since ? wbx_source_base(w->since) : "");
}

static void describe(struct following *x, const struct wbx_failure *f,
                     struct wbx_instead *w)
{
    const struct wbx_thread *t = &f->threads[f->thread];

    w->waits = true;
    w->thread = f->thread;
    w->file = t->file;
    w->line = t->line;
    w->source = t->source;
    w->object = t->blocked_object;
    w->holder = t->waits_for;
    w->since = since(f, w->object, w->holder);
    w->text = wbx_arena_format(x->arena, "%s:%d %s waits here for %s",
                               t->file ? wbx_source_base(t->file) : w->program,
                               t->line, t->name, what_for(x->arena, w, t, f));
}

/* @return NULL when the schedule cannot be run at all */
static struct wbx_instead *read_end(struct following *x,
                                    const struct wbx_run *run)
{
    const struct wbx_shared *s = run->shared;
    struct wbx_instead *w = wbx_arena_alloc(x->arena, sizeof(*w));
    struct wbx_failure f = { .kind = WB_CLEAN };
    struct wbx_naming n = { .arena = x->arena,
                            .symbols = x->symbols,
                            .sources = &x->sources,
                            .record = &s->failures[0] };

    if (run->end != WBX_RUN_ENDED || atomic_load(&s->state) != WBX_DONE)
        return NULL;
    *w = (struct wbx_instead){ .program = wbx_source_base(x->opt->files[0]),
                               .holder = -1 };
    if (s->nfailures > 0)
        wbx_record_translate(&n, &f);
    w->events = f.events;
    w->nevents = f.nevents;
    w->threads = f.threads;
    w->nthreads = f.nthreads;
    if (s->waits_instead && (size_t)f.thread < f.nthreads &&
        f.threads[f.thread].blocked_op != NULL)
        describe(x, &f, w);
    else if (s->nfailures > 0 && f.kind != WB_CLEAN)
        w->text = wbx_arena_format(x->arena, "%s fails as well: %s", w->program,
                                   f.cause);
    else
        w->text = wbx_arena_format(
            x->arena, "no thread of %s has to wait on this schedule",
            w->program);
    return w;
}

static void follow(struct following *x, struct wbx_failure *f)
{
    struct wbx_options quiet = *x->opt;
    struct wbx_run run;

    quiet.progress = NULL;
    if (!take_schedule(x, f) ||
        wbx_run(&quiet, &x->program, &x->token, x->arena, &run) < 0)
        return;
    f->instead = read_end(x, &run);
    wbx_run_close(&run);
}

int wbx_follow(const struct wbx_options *opt, struct wbx_report *rep)
{
    struct following *x = calloc(1, sizeof(*x));
    struct wbx_report own = { .verdict = WB_CLEAN };
    int rc = -ENOTSUP;

    if (x == NULL)
        return -ENOMEM;
    x->opt = opt;
    x->arena = rep->owner;
    x->sources = (struct wbx_sources){ .arena = x->arena,
                                       .files = opt->files,
                                       .nfiles = opt->nfiles };
    if (wbx_build(opt, &own, x->arena, &x->program) == 0) {
        x->symbols = wbx_symbols_open(x->program.fd, x->arena);
        for (size_t i = 0; i < rep->nfailures; i++)
            follow(x, &rep->failures[i]);
        wbx_symbols_close(x->symbols);
        close(x->program.fd);
        rc = 0;
    }
    free(x->token.choices);
    free(x);
    return rc;
}
