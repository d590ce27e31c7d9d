/* cause.c: one sentence per kind of failure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* " (f.c:9)" or "". */
static const char *place(struct wbx_naming *n, const char *file, int line)
{
    return file ? wbx_arena_format(n->arena, " (%s:%d)", wbx_source_base(file),
                                   line)
                : "";
}

static const char *who(struct wbx_naming *n, int thread)
{
    return wbx_name_thread(n, thread);
}

static const char *verb(const struct wbx_event *e)
{
    if (strcmp(e->op, "read") == 0)
        return "reads";
    if (strcmp(e->op, "write") == 0)
        return "writes";
    if (strcmp(e->op, "atomic load") == 0)
        return "atomically reads";
    if (strcmp(e->op, "atomic store") == 0)
        return "atomically writes";
    return strcmp(e->op, "free") == 0 ? "frees" : "updates";
}

static const char *object_at(struct wbx_naming *n, uint64_t address)
{
    struct wbx_place p;

    wbx_name_address(n, address, 0, &p);
    return p.name;
}

/* The heap block as a whole. */
static const char *block_at(struct wbx_naming *n, uint64_t address)
{
    struct wbx_place p;

    wbx_name_address(n, address, UINT64_MAX, &p);
    return p.name;
}

/* The last two marked steps, of two threads, that touch it. */
static const char *explain_race(struct wbx_naming *n,
                                const struct wbx_failure *f)
{
    const struct wbx_event *second = NULL, *first = NULL;

    for (size_t i = f->nevents; i-- > 0 && first == NULL;) {
        const struct wbx_event *e = &f->events[i];

        if (e->marked && second == NULL)
            second = e;
        else if (e->marked && e->thread != second->thread)
            first = e;
    }
    if (first == NULL)
        return wbx_arena_format(n->arena,
                                "two threads touch %s%s with nothing that "
                                "orders them",
                                object_at(n, n->record->address),
                                place(n, f->file, f->line));
    return wbx_arena_format(
        n->arena, "%s %s %s%s and %s %s %s%s with nothing that orders them",
        who(n, first->thread), verb(first), first->object,
        place(n, first->file, first->line), who(n, second->thread),
        verb(second),
        strcmp(first->object, second->object) == 0 ? "it" : second->object,
        place(n, second->file, second->line));
}

/* "main waits for mu_b held by T1 (bank.c:14)". */
static const char *explain_wait(struct wbx_naming *n,
                                const struct wbx_failure *f,
                                const struct wbx_thread *t)
{
    const char *object = t->blocked_object ? t->blocked_object : "something";
    const char *at = place(n, t->file, t->line);

    if (t->waits_for < 0 && strcmp(t->blocked_op, "wait") == 0)
        return wbx_arena_format(n->arena,
                                "%s waits on %s%s, and nobody is left to "
                                "signal it",
                                t->name, object, at);
    if (t->waits_for < 0 && strcmp(t->blocked_op, "barrier") == 0)
        return wbx_arena_format(n->arena,
                                "%s waits at %s%s for threads that never "
                                "come",
                                t->name, object, at);
    if (t->waits_for < 0 || (size_t)t->waits_for >= f->nthreads)
        return wbx_arena_format(n->arena,
                                "%s waits for %s%s that nobody is "
                                "left to give",
                                t->name, object, at);
    if (strcmp(t->blocked_op, "join") == 0)
        return wbx_arena_format(n->arena, "%s waits for %s to end%s", t->name,
                                object, at);
    return wbx_arena_format(
        n->arena, "%s waits for %s held by %s%s", t->name, object,
        t == &f->threads[t->waits_for] ? "itself"
                                       : f->threads[t->waits_for].name,
        at);
}

/* A thread from which following waits_for leads back to it, or -1. */
static int find_cycle(const struct wbx_failure *f)
{
    for (size_t start = 0; start < f->nthreads; start++) {
        int t = (int)start;

        for (size_t i = 0; i <= f->nthreads && t >= 0; i++) {
            t = (size_t)t < f->nthreads ? f->threads[t].waits_for : -1;
            if (t == (int)start)
                return t;
        }
    }
    return -1;
}

static const char *join_words(struct wbx_naming *n, const char *so_far,
                              const char *more)
{
    return *so_far ? wbx_arena_format(n->arena, "%s, %s", so_far, more) : more;
}

static const char *explain_deadlock(struct wbx_naming *n,
                                    const struct wbx_failure *f)
{
    int start = find_cycle(f), t = start;
    const char *text = "";

    if (strncmp(n->record->text, "is destroyed", 12) == 0)
        return wbx_arena_format(n->arena, "%s %s%s",
                                object_at(n, n->record->address),
                                n->record->text, place(n, f->file, f->line));
    while (t >= 0) {
        text = join_words(n, text, explain_wait(n, f, &f->threads[t]));
        t = f->threads[t].waits_for;
        if (t == start)
            return text;
    }
    /* No cycle: whoever does not merely wait for another thread to end. */
    for (size_t i = 0; i < f->nthreads; i++)
        if (strcmp(f->threads[i].state, "blocked") == 0 &&
            strcmp(f->threads[i].blocked_op, "join") != 0)
            text = join_words(n, text, explain_wait(n, f, &f->threads[i]));
    return *text ? text : "no thread can go on";
}

static const char *explain_lost_wakeup(struct wbx_naming *n,
                                       const struct wbx_failure *f)
{
    const struct wbx_event *signal = NULL;
    const char *object = object_at(n, n->record->address);

    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];

        if (e->object != NULL && strcmp(e->object, object) == 0 &&
            (strcmp(e->op, "signal") == 0 || strcmp(e->op, "broadcast") == 0))
            signal = e;
    }
    if (signal == NULL)
        return wbx_arena_format(n->arena,
                                "%s waits for %s%s, and nobody is "
                                "left to signal it",
                                who(n, f->thread), object,
                                place(n, f->file, f->line));
    return wbx_arena_format(
        n->arena, "%s waits for %s%s, but %s had sent its %s before%s",
        who(n, f->thread), object, place(n, f->file, f->line),
        who(n, signal->thread), signal->op,
        place(n, signal->file, signal->line));
}

static const char *explain_leaked_thread(struct wbx_naming *n,
                                         const struct wbx_failure *f)
{
    const struct wbx_thread *t;
    const char *entry, *created;

    if ((size_t)f->thread >= f->nthreads)
        return n->record->text;
    t = &f->threads[f->thread];
    entry = t->entry ? t->entry : "a thread";
    created = t->created
                  ? wbx_arena_format(n->arena, ", created at %s", t->created)
                  : "";
    if (strstr(n->record->text, "detached") != NULL)
        return wbx_arena_format(n->arena,
                                "%s (%s%s) is detached and still runs when "
                                "main returns",
                                t->name, entry, created);
    return wbx_arena_format(n->arena, "%s (%s%s) was never joined or detached",
                            t->name, entry, created);
}

static const char *explain_leaked_lock(struct wbx_naming *n,
                                       const struct wbx_failure *f)
{
    const char *object = object_at(n, n->record->address);
    const char *locked = "";

    if ((size_t)f->thread < f->nthreads) {
        const struct wbx_thread *t = &f->threads[f->thread];

        for (size_t i = 0; i < t->nheld; i++)
            if (strcmp(t->held[i], object) == 0)
                locked = wbx_arena_format(n->arena, ", locked by %s at %s,",
                                          t->name, t->held_where[i]);
    }
    return wbx_arena_format(n->arena, "%s%s %s%s", object, locked,
                            n->record->text, place(n, f->file, f->line));
}

static const char *explain_leaked_memory(struct wbx_naming *n)
{
    const struct wbx_allocation *b = wbx_name_block(n, n->record->address);
    const char *at = b ? wbx_name_pc(n, b->pc) : NULL;

    if (b == NULL)
        return n->record->text;
    return wbx_arena_format(
        n->arena, "the %lu bytes of %s%s%s%s were never freed", b->size,
        block_at(n, b->address), at ? ", allocated at " : "", at ? at : "",
        at ? "," : "");
}

/* " after main freed it at f.c:9". */
static const char *who_freed(struct wbx_naming *n, const struct wbx_failure *f,
                             const struct wbx_allocation *b)
{
    const char *at = b ? wbx_name_pc(n, b->free_pc) : NULL;

    if (strncmp(n->record->text, "after ", 6) == 0)
        return n->record->text; /* on a stack */
    if (at == NULL)
        return "after it was freed";
    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];

        if (strcmp(e->op, "free") == 0 && e->file != NULL &&
            strcmp(at, wbx_arena_format(n->arena, "%s:%d", e->file, e->line)) ==
                0)
            return wbx_arena_format(n->arena, "after %s freed it at %s",
                                    who(n, e->thread), at);
    }
    return wbx_arena_format(n->arena, "after it was freed at %s", at);
}

static const char *explain_freed(struct wbx_naming *n,
                                 const struct wbx_failure *f, bool twice)
{
    const struct wbx_allocation *b = wbx_name_block(n, n->record->address);
    const char *does = twice ? "frees" : "uses";
    const char *object = twice ? block_at(n, n->record->address)
                               : object_at(n, n->record->address);

    if (f->nevents > 0) {
        const struct wbx_event *last = &f->events[f->nevents - 1];

        if (last->thread == f->thread && last->line == f->line &&
            last->object != NULL) {
            does = verb(last);
            object = last->object;
        }
    }
    return wbx_arena_format(n->arena, "%s %s %s%s %s", who(n, f->thread), does,
                            object, place(n, f->file, f->line),
                            who_freed(n, f, b));
}

/* What a thread that spins looks at: the last thing it read that has a name
 * of its own. */
static const char *explain_livelock(struct wbx_naming *n,
                                    const struct wbx_failure *f)
{
    for (size_t i = f->nevents; i-- > 0;) {
        const struct wbx_event *e = &f->events[i];

        if (e->thread == f->thread && e->object != NULL &&
            (e->has_values || e->failed) &&
            strncmp(e->object, "a local of", 10) != 0 &&
            strncmp(e->object, "__", 2) != 0 && /* the compiler's own */
            n->record->address != 0)
            return wbx_arena_format(
                n->arena,
                "%s loops, looks at %s again and again%s, and nobody is left "
                "to change it",
                who(n, f->thread), e->object, place(n, f->file, f->line));
    }
    return wbx_arena_format(n->arena, "%s %s%s", who(n, f->thread),
                            n->record->text, place(n, f->file, f->line));
}

static const char *explain_assertion(struct wbx_naming *n,
                                     const struct wbx_failure *f)
{
    const char *text = n->record->text;

    if (n->record->address != 0) /* a rule of the C library */
        return wbx_arena_format(
            n->arena, "%s: %s %s%s", object_at(n, n->record->address),
            who(n, f->thread), text, place(n, f->file, f->line));
    return wbx_arena_format(n->arena, "%s failed%s in %s", text,
                            place(n, f->file, f->line), who(n, f->thread));
}

/* The pointer that its thread last found to be NULL on that line. */
static const char *null_pointer(const struct wbx_failure *f)
{
    for (size_t i = f->nevents; i-- > 0;) {
        const struct wbx_event *e = &f->events[i];

        if (e->thread == f->thread && e->line == f->line && e->has_values &&
            strcmp(e->after_text, "NULL") == 0)
            return e->object;
    }
    return NULL;
}

static const char *explain_crash(struct wbx_naming *n,
                                 const struct wbx_failure *f)
{
    const char *text = n->record->text, *name = null_pointer(f);

    if (name != NULL && strstr(text, "null pointer") != NULL)
        text = wbx_arena_format(n->arena, "%s: %s", text, name);
    return wbx_arena_format(n->arena, "%s %s%s", who(n, f->thread), text,
                            place(n, f->file, f->line));
}

const char *wbx_cause(struct wbx_naming *n, const struct wbx_failure *f)
{
    switch (f->kind) {
    case WB_ASSERTION: return explain_assertion(n, f);
    case WB_DATA_RACE: return explain_race(n, f);
    case WB_DEADLOCK: return explain_deadlock(n, f);
    case WB_LOST_WAKEUP: return explain_lost_wakeup(n, f);
    case WB_LEAKED_THREAD: return explain_leaked_thread(n, f);
    case WB_LEAKED_LOCK: return explain_leaked_lock(n, f);
    case WB_LEAKED_MEMORY: return explain_leaked_memory(n);
    case WB_USE_AFTER_FREE: return explain_freed(n, f, false);
    case WB_DOUBLE_FREE: return explain_freed(n, f, true);
    case WB_LIVELOCK: return explain_livelock(n, f);
    case WB_CRASH: return explain_crash(n, f);
    default:
        return wbx_arena_format(n->arena, "%s %s%s", who(n, f->thread),
                                *n->record->text ? n->record->text
                                                 : wb_verdict_meaning(f->kind),
                                place(n, f->file, f->line));
    }
}
