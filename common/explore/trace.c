/* trace.c: a schedule as trace events; ../src/trace_put.h has the format. */
#include "trace.h"

#include <string.h>

#include "json_put.h"
#include "trace_put.h"

/* What one trace needs while it is written. */
struct trace {
    FILE *out;
    const struct wbx_failure *f;
    unsigned spans; /* written so far: each has an id of its own */
};

static uint64_t time_of(const struct wbx_failure *f, size_t event)
{
    return f->skipped + event;
}

static void put_time(struct trace *t, uint64_t time)
{
    fprintf(t->out, ",\"ts\":%lu", (unsigned long)time);
}

/* "lock mu", or the operation alone where it has no object. */
static void put_name(struct trace *t, const char *op, const char *object)
{
    char name[256];

    snprintf(name, sizeof(name), "%s%s%s", op, object ? " " : "",
             object ? object : "");
    wb_put_key(t->out, "name", name);
}

static void put_thread(struct trace *t, int number)
{
    const struct wbx_thread *thread = &t->f->threads[number];
    char name[256];

    snprintf(name, sizeof(name), "%s%s%s%s", thread->name,
             thread->entry && number > 0 ? " " : "",
             thread->entry && number > 0 ? thread->entry : "",
             thread->entry && number > 0 ? "()" : "");
    wb_put_track(t->out, number, name);
}

static void put_step(struct trace *t, size_t i)
{
    const struct wbx_event *e = &t->f->events[i];

    wb_put_event(t->out, "X", e->thread);
    put_time(t, time_of(t->f, i));
    fputs(",\"dur\":1,\"cat\":\"step\"", t->out);
    put_name(t, e->op, e->object);
    fputs(",\"args\":{\"file\":", t->out);
    wb_put_string(t->out, e->file);
    wbx_json_line(t->out, e->line);
    wb_put_key(t->out, "source", e->source);
    if (e->object2 != NULL)
        wb_put_key(t->out, "object2", e->object2);
    wb_put_key(t->out, "before", e->has_values ? e->before_text : NULL);
    wb_put_key(t->out, "after", e->has_values ? e->after_text : NULL);
    wbx_json_bool(t->out, "failed", e->failed);
    wbx_json_bool(t->out, "preempted", e->preempted);
    wbx_json_bool(t->out, "marked", e->marked);
    fputs("}}", t->out);
}

/* Locks need not be given up in the reverse order, so that their spans do not
 * nest as those of a track must: they are asynchronous events. */
static void put_span_end(struct trace *t, const char *phase, int thread,
                         const char *lock, uint64_t time)
{
    char name[256];

    snprintf(name, sizeof(name), "%s held by %s", lock,
             (size_t)thread < t->f->nthreads ? t->f->threads[thread].name
                                             : "?");
    wb_put_event(t->out, phase, thread);
    put_time(t, time);
    fprintf(t->out, ",\"cat\":\"lock\",\"id\":%u", t->spans);
    wb_put_key(t->out, "name", name);
    putc('}', t->out);
}

static void put_span(struct trace *t, int thread, const char *lock,
                     uint64_t from, uint64_t to)
{
    put_span_end(t, "b", thread, lock, from);
    put_span_end(t, "e", thread, lock, to);
    t->spans++;
}

static bool is_any(const char *op, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(op, words[i]) == 0)
            return true;
    return false;
}

/* The lock that a step takes, or NULL. */
static const char *taken(const struct wbx_event *e)
{
    static const char *const ops[] = { "lock", "trylock", "woken, lock",
                                       "read-lock", "write-lock" };

    return !e->failed && is_any(e->op, ops, sizeof(ops) / sizeof(*ops))
               ? e->object
               : NULL;
}

/* The lock that a step gives up, or NULL. */
static const char *given(const struct wbx_event *e)
{
    if (e->failed)
        return NULL;
    return strcmp(e->op, "unlock") == 0 ? e->object
           : strcmp(e->op, "wait") == 0 ? e->object2
                                        : NULL;
}

static bool is_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Where the lock taken at event `from` is given up by its thread; a lock that
 * is taken twice is given up twice. @return nevents when it never is */
static size_t span_end(const struct wbx_failure *f, size_t from)
{
    const struct wbx_event *e = f->events;
    const char *lock = taken(&e[from]);
    size_t i, depth = 1;

    for (i = from + 1; i < f->nevents; i++) {
        if (e[i].thread != e[from].thread)
            continue;
        depth += is_same(taken(&e[i]), lock);
        if (is_same(given(&e[i]), lock) && --depth == 0)
            break;
    }
    return i;
}

static void put_locks(struct trace *t)
{
    const struct wbx_failure *f = t->f;

    for (size_t i = 0; i < f->nevents; i++) {
        const char *lock = taken(&f->events[i]);
        size_t end;

        if (lock == NULL)
            continue;
        end = span_end(f, i);
        put_span(t, f->events[i].thread, lock, time_of(f, i),
                 time_of(f, end) + (end < f->nevents));
    }
}

/* What every blocked thread stands in, one step long, after the last one. */
static void put_blocked(struct trace *t, int number)
{
    const struct wbx_thread *thread = &t->f->threads[number];

    if (thread->blocked_op == NULL)
        return;
    wb_put_event(t->out, "X", number);
    put_time(t, time_of(t->f, t->f->nevents));
    fputs(",\"dur\":1,\"cat\":\"blocked\",\"name\":", t->out);
    wb_put_string(t->out, "blocked");
    fputs(",\"args\":{\"op\":", t->out);
    wb_put_string(t->out, thread->blocked_op);
    wb_put_key(t->out, "object", thread->blocked_object);
    wb_put_key(t->out, "file", thread->file);
    wbx_json_line(t->out, thread->line);
    wb_put_key(t->out, "source", thread->source);
    wb_put_key(t->out, "waits_for",
               thread->waits_for >= 0 &&
                       (size_t)thread->waits_for < t->f->nthreads
                   ? t->f->threads[thread->waits_for].name
                   : NULL);
    fputs("}}", t->out);
}

static void put_failure(struct trace *t)
{
    const struct wbx_failure *f = t->f;

    wb_put_event(t->out, "i", f->thread);
    put_time(t, time_of(f, f->nevents));
    fputs(",\"s\":\"g\",\"cat\":\"failure\"", t->out);
    wb_put_key(t->out, "name", wb_verdict_name(f->kind));
    fputs(",\"args\":{\"cause\":", t->out);
    wb_put_string(t->out, f->cause);
    wb_put_key(t->out, "file", f->file);
    wbx_json_line(t->out, f->line);
    wb_put_key(t->out, "replay", f->replay);
    fputs("}}", t->out);
}

/* An arrow starts and ends inside the slices that it joins. */
static void put_arrow_end(struct trace *t, const char *phase, size_t i)
{
    wb_put_event(t->out, phase, t->f->events[i].thread);
    fprintf(t->out, ",\"ts\":%lu.5,\"cat\":\"race\",\"name\":\"race\",\"id\":0",
            (unsigned long)time_of(t->f, i));
    fputs(*phase == 'f' ? ",\"bp\":\"e\"}" : "}", t->out);
}

static void put_race(struct trace *t)
{
    const struct wbx_failure *f = t->f;
    size_t pair[2] = { 0, 0 }, n = 0;

    for (size_t i = 0; i < f->nevents; i++) {
        if (f->events[i].marked && n < 2)
            pair[n] = i;
        n += f->events[i].marked;
    }
    if (f->kind != WB_DATA_RACE || n != 2)
        return;
    put_arrow_end(t, "s", pair[0]);
    put_arrow_end(t, "f", pair[1]);
}

void wbx_print_trace(FILE *out, const struct wbx_failure *f)
{
    struct trace t = { .out = out, .f = f };
    int nthreads = (int)f->nthreads;

    wb_put_trace_begin(out, wb_verdict_name(f->kind));
    for (int i = 0; i < nthreads; i++)
        put_thread(&t, i);
    for (size_t i = 0; i < f->nevents; i++)
        put_step(&t, i);
    put_locks(&t);
    for (int i = 0; i < nthreads; i++)
        put_blocked(&t, i);
    put_failure(&t);
    put_race(&t);
    wb_put_trace_end(out);
}
