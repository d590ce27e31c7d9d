/* rows.c: a trace as rows of text, before it is known how they are laid out. */
#include <string.h>

#include "print.h"

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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static const char *place(struct wbx_printer *p, const char *file, int line)
{
    return file ? wbx_arena_format(p->arena, "%s:%d", base_name(file), line)
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

const char *wbx_rows_blocked(struct wbx_printer *p, const struct wbx_failure *f,
                             const struct wbx_thread *t)
{
    const char *object = t->blocked_object ? t->blocked_object : "something";

    if (t->blocked_op == NULL)
        return t->state;
    if (strcmp(t->blocked_op, "join") == 0)
        return wbx_arena_format(p->arena, "waits for %s to end", object);
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

static void add_event(struct wbx_printer *p, struct wbx_rows *rows,
                      const struct wbx_event *previous,
                      const struct wbx_event *e)
{
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
                          .text = wbx_rows_effect(p, e) });
}

static void add_preemption(struct wbx_printer *p, struct wbx_rows *rows,
                           int thread)
{
    add(p, rows,
        (struct wbx_row){ .kind = WBX_ROW_NOTE,
                          .thread = thread,
                          .text = "-- preempted --" });
}

/* "... 12 steps of T1 not shown (--json has all)". */
static void add_gap(struct wbx_printer *p, struct wbx_rows *rows,
                    const struct wbx_failure *f, size_t from, size_t to)
{
    int thread = f->events[from].thread;
    bool one = true;
    const char *of = "";

    for (size_t i = from; i < to; i++)
        one &= f->events[i].thread == thread;
    if (one && (size_t)thread < f->nthreads)
        of = wbx_arena_format(p->arena, " of %s", f->threads[thread].name);
    add(p, rows,
        (struct wbx_row){
            .kind = WBX_ROW_NOTE,
            .thread = -1,
            .text = wbx_arena_format(p->arena,
                                     "%s %zu steps%s not shown (--json "
                                     "has all)",
                                     p->style.ascii ? "..." : "\u2026",
                                     to - from, of) });
}

/* Where the blocked threads stand, as the last thing in their columns. */
static void add_blocked(struct wbx_printer *p, struct wbx_rows *rows,
                        const struct wbx_failure *f)
{
    for (size_t i = 0; i < f->nthreads; i++) {
        const struct wbx_thread *t = &f->threads[i];

        if (t->blocked_op == NULL)
            continue;
        if (t->file != NULL)
            add(p, rows,
                (struct wbx_row){ .kind = WBX_ROW_SOURCE,
                                  .thread = (int)i,
                                  .where = place(p, t->file, t->line),
                                  .text = t->source ? t->source : "" });
        add(p, rows,
            (struct wbx_row){ .kind = WBX_ROW_STEP,
                              .thread = (int)i,
                              .marked = strcmp(t->blocked_op, "join") != 0,
                              .text = wbx_rows_blocked(p, f, t) });
    }
}

void wbx_rows_make(struct wbx_printer *p, const struct wbx_failure *f,
                   struct wbx_rows *rows)
{
    bool *shown = wbx_arena_alloc(p->arena, f->nevents + 1);
    const struct wbx_event *previous = NULL;

    wbx_select(f, p->arena, shown);
    if (f->skipped > 0)
        add(p, rows,
            (struct wbx_row){ .kind = WBX_ROW_NOTE,
                              .thread = -1,
                              .text = wbx_arena_format(
                                  p->arena, "the first %lu steps were not kept",
                                  (unsigned long)f->skipped) });
    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];
        size_t gap = i;

        while (gap < f->nevents && !shown[gap])
            gap++;
        if (gap > i) {
            add_gap(p, rows, f, i, gap);
            previous = NULL;
            i = gap - 1;
            continue;
        }
        if (e->preempted && i > 0)
            add_preemption(p, rows, f->events[i - 1].thread);
        add_event(p, rows, previous, e);
        previous = e;
    }
    if (f->kind == WB_DEADLOCK || f->kind == WB_LOST_WAKEUP)
        add_blocked(p, rows, f);
}
