/* rows.c: a trace as rows of text, before it is known how they are laid out. */
#include <string.h>

#include "print.h"
#include "source.h"

static void add(struct wbx_printer *p, struct wbx_rows *rows,
                struct wbx_row row)
{
    if (rows->n == rows->room) {
        size_t room = rows->room ? 2 * rows->room : 64;
        struct wbx_row *at = wbx_arena_alloc(p->arena, room * sizeof(*at));

        if (rows->n > 0)
            memcpy(at, rows->at, rows->n * sizeof(*at));
        rows->at = at;
        rows->room = room;
    }
    rows->at[rows->n++] = row;
}

static const char *place(struct wbx_printer *p, const char *file, int line)
{
    return file ? wbx_arena_format(p->arena, "%s:%d", wbx_source_base(file),
                                   line)
                : "";
}

static bool is(const struct wbx_event *e, const char *op)
{
    return strcmp(e->op, op) == 0;
}

static const char *values(struct wbx_printer *p, const struct wbx_event *e)
{
    bool looks = is(e, "read") || is(e, "atomic load");

    if (!e->has_values)
        return "";
    if (looks || (e->failed && e->before == e->after))
        return wbx_arena_format(p->arena, " = %s", e->before_text);
    return wbx_arena_format(p->arena, " %s %s %s", e->before_text,
                            wbx_text_arrow(p), e->after_text);
}

static const char *remark(struct wbx_printer *p, const struct wbx_event *e)
{
    if (is(e, "wait") && e->object2 != NULL)
        return wbx_arena_format(p->arena, ", releases %s", e->object2);
    if (!e->failed)
        return "";
    if (is(e, "trylock"))
        return ": busy";
    if (is(e, "signal") || is(e, "broadcast"))
        return ": nobody waits";
    if (is(e, "compare-exchange"))
        return ": not as expected";
    return is(e, "woken, lock") ? ": timed out" : ": failed";
}

const char *wbx_rows_effect(struct wbx_printer *p, const struct wbx_event *e)
{
    return wbx_arena_format(p->arena, "%s%s%s%s%s", e->op, e->object ? " " : "",
                            e->object ? e->object : "", values(p, e),
                            remark(p, e));
}

/* A thread that is blocked in one of these spins. */
static bool looks(const char *op)
{
    static const char *const reading[] = { "read",          "write",
                                           "atomic load",   "atomic store",
                                           "atomic update", "compare-exchange",
                                           "trylock",       "yield" };

    for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++)
        if (strcmp(op, reading[i]) == 0)
            return true;
    return false;
}

const char *wbx_rows_blocked(struct wbx_printer *p, const struct wbx_failure *f,
                             const struct wbx_thread *t)
{
    const char *object = t->blocked_object ? t->blocked_object : "something";

    if (t->blocked_op == NULL)
        return t->state;
    if (strcmp(t->blocked_op, "join") == 0)
        return wbx_arena_format(p->arena, "waits for %s to end", object);
    if (t->waits_for < 0 && looks(t->blocked_op))
        return "loops until something changes";
    if (strcmp(t->blocked_op, "wait") == 0)
        return wbx_arena_format(p->arena, "waits for %s for ever", object);
    if (t->waits_for >= 0 && (size_t)t->waits_for < f->nthreads)
        return wbx_arena_format(p->arena, "waits for %s, held by %s", object,
                                t == &f->threads[t->waits_for]
                                    ? "itself"
                                    : f->threads[t->waits_for].name);
    return wbx_arena_format(p->arena, "waits for %s", object);
}

/* The step continues the line of source shown last. */
static bool same_line(const struct wbx_event *a, const struct wbx_event *b)
{
    return a != NULL && !b->preempted && a->thread == b->thread &&
           a->line == b->line && a->file != NULL && b->file != NULL &&
           strcmp(a->file, b->file) == 0;
}

/* A step that is what the row before says already only raises its count. */
static bool repeats(struct wbx_printer *p, struct wbx_rows *rows,
                    const struct wbx_event *e, const char *effect)
{
    struct wbx_row *last = rows->n > 0 ? &rows->at[rows->n - 1] : NULL;

    if (last == NULL || last->effect == NULL || last->thread != e->thread ||
        last->marked || e->marked || strcmp(last->effect, effect) != 0)
        return false;
    last->text =
        wbx_arena_format(p->arena, "%s, %d times", effect, ++last->times);
    return true;
}

static void add_event(struct wbx_printer *p, struct wbx_rows *rows,
                      const struct wbx_event *previous,
                      const struct wbx_event *e)
{
    const char *effect = wbx_rows_effect(p, e);

    if (same_line(previous, e) && repeats(p, rows, e, effect))
        return;
    if (e->file != NULL && !same_line(previous, e))
        add(p, rows,
            (struct wbx_row){ .kind = WBX_ROW_SOURCE,
                              .thread = e->thread,
                              .where = place(p, e->file, e->line),
                              .text = e->source ? e->source : "" });
    add(p, rows,
        (struct wbx_row){ .kind = WBX_ROW_STEP,
                          .thread = e->thread,
                          .marked = e->marked,
                          .text = effect,
                          .effect = effect,
                          .times = 1 });
}

static const char *dots(const struct wbx_printer *p)
{
    return p->style.ascii ? "..." : "\u2026";
}

static void add_note(struct wbx_printer *p, struct wbx_rows *rows, int thread,
                     const char *text)
{
    add(p, rows,
        (struct wbx_row){
            .kind = WBX_ROW_NOTE, .thread = thread, .text = text });
}

/* "... 12 steps of T1 not shown (--json has all)", for those cut from number
 * `from` on. @return where they end */
static size_t add_gap(struct wbx_printer *p, struct wbx_rows *rows,
                      const struct wbx_failure *f, const enum wbx_shown *shown,
                      size_t from)
{
    int thread = f->events[from].thread;
    const char *of = "";
    bool one = true;
    size_t to;

    for (to = from; to < f->nevents && shown[to] != WBX_SHOWN; to++)
        one &= f->events[to].thread == thread;
    if (one && (size_t)thread < f->nthreads)
        of = wbx_arena_format(p->arena, " of %s", f->threads[thread].name);
    add_note(p, rows, -1,
             wbx_arena_format(p->arena,
                              "%s %zu steps%s not shown (--json has all)",
                              dots(p), to - from, of));
    return to;
}

static void add_private_note(struct wbx_printer *p, struct wbx_rows *rows,
                             const struct wbx_failure *f,
                             const enum wbx_shown *shown)
{
    size_t n = 0;

    for (size_t i = 0; i < f->nevents; i++)
        n += shown[i] == WBX_PRIVATE;
    if (n > 0)
        add_note(p, rows, -1,
                 wbx_arena_format(p->arena,
                                  "%s %zu %s unshared or unchanging memory not "
                                  "shown (--json has all)",
                                  dots(p), n,
                                  n == 1 ? "access to" : "accesses to"));
}

/* The last row is of that thread and that line already. */
static bool stands_there(const struct wbx_rows *rows, size_t thread,
                         const char *where)
{
    for (size_t i = rows->n; i-- > 0;) {
        const struct wbx_row *r = &rows->at[i];

        if (r->thread != (int)thread)
            return false;
        if (r->kind == WBX_ROW_SOURCE)
            return strcmp(r->where, where) == 0;
    }
    return false;
}

/* One more row, in the column of a thread that stands still. */
static void add_standing(struct wbx_printer *p, struct wbx_rows *rows,
                         struct wbx_row row, const char *source)
{
    if (*row.where != '\0' &&
        !stands_there(rows, (size_t)row.thread, row.where))
        add(p, rows,
            (struct wbx_row){ .kind = WBX_ROW_SOURCE,
                              .thread = row.thread,
                              .where = row.where,
                              .text = source ? source : "" });
    row.kind = WBX_ROW_STEP;
    add(p, rows, row);
}

/* What the blocked threads wait for, as the last thing in their columns. */
static void add_blocked(struct wbx_printer *p, struct wbx_rows *rows,
                        const struct wbx_failure *f)
{
    for (size_t i = 0; i < f->nthreads; i++) {
        const struct wbx_thread *t = &f->threads[i];

        if (t->blocked_op != NULL)
            add_standing(
                p, rows,
                (struct wbx_row){ .thread = (int)i,
                                  .marked = strcmp(t->blocked_op, "join") != 0,
                                  .where = place(p, t->file, t->line),
                                  .text = wbx_rows_blocked(p, f, t) },
                t->source);
    }
}

/* Where it failed, when that is one line of one thread. */
static void add_failing(struct wbx_printer *p, struct wbx_rows *rows,
                        const struct wbx_failure *f)
{
    switch (f->kind) {
    case WB_ASSERTION:
    case WB_CRASH:
    case WB_LIVELOCK:
    case WB_WRONG_ANSWER:
    case WB_USE_AFTER_FREE:
    case WB_DOUBLE_FREE:
        if (f->file != NULL && (size_t)f->thread < f->nthreads)
            add_standing(p, rows,
                         (struct wbx_row){ .thread = f->thread,
                                           .marked = true,
                                           .where = place(p, f->file, f->line),
                                           .text = wb_verdict_name(f->kind) },
                         f->source);
        break;
    default: break;
    }
}

/* The events that are shown, with a note where the scheduler took a thread
 * that could have gone on off the processor. */
static void add_events(struct wbx_printer *p, struct wbx_rows *rows,
                       const struct wbx_failure *f, const enum wbx_shown *shown)
{
    const struct wbx_event *previous = NULL;
    int preempted = -1;

    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];

        if (e->preempted && i > 0 && preempted < 0)
            preempted = f->events[i - 1].thread;
        if (shown[i] == WBX_CUT) {
            i = add_gap(p, rows, f, shown, i) - 1;
            previous = NULL;
            preempted = -1;
        } else if (shown[i] == WBX_SHOWN) {
            if (preempted >= 0 && preempted != e->thread)
                add_note(p, rows, preempted, "-- preempted --");
            preempted = -1;
            add_event(p, rows, previous, e);
            previous = e;
        }
    }
}

void wbx_rows_make(struct wbx_printer *p, const struct wbx_failure *f,
                   struct wbx_rows *rows)
{
    const enum wbx_shown *shown = wbx_select(f, p->arena);

    if (f->skipped > 0)
        add_note(p, rows, -1,
                 wbx_arena_format(p->arena,
                                  "%s the first %lu steps were not kept",
                                  dots(p), (unsigned long)f->skipped));
    add_events(p, rows, f, shown);
    if (f->kind == WB_DEADLOCK || f->kind == WB_LOST_WAKEUP)
        add_blocked(p, rows, f);
    add_failing(p, rows, f);
    add_private_note(p, rows, f, shown);
}
