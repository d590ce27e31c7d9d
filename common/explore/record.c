/* record.c */
#include "record.h"

#include <string.h>

#include "types.h"

const char *wbx_record_op(unsigned op)
{
    static const char *const words[] = {
#define X(id, word) [id] = word,
        WBX_OPS(X)
#undef X
    };

    return op < WBX_OP_COUNT ? words[op] : "step";
}

static void translate_pc(struct wbx_naming *n, uint64_t pc, const char **file,
                         int *line, const char **source)
{
    struct wbx_line at;

    if (pc == 0 || !wbx_symbols_line(n->symbols, pc, &at))
        return;
    *file = wbx_source_name(n->sources, at.path);
    *line = at.line;
    if (source != NULL)
        *source = wbx_source_line(n->sources, at.path, at.line);
}

/* Operations whose address is the number of a thread. */
static bool is_about_thread(unsigned op)
{
    return op == WBX_CREATE || op == WBX_JOIN || op == WBX_DETACH;
}

/* Operations that have no object. */
static bool is_alone(unsigned op)
{
    return op == WBX_THREAD_END || op == WBX_EXIT || op == WBX_RETURN ||
           op == WBX_FENCE || op == WBX_YIELD || op == WBX_SLEEP ||
           op == WBX_IO_OPEN || op == WBX_IO_POLL;
}

/* Operations whose address is a descriptor. */
static bool is_about_descriptor(unsigned op)
{
    return op == WBX_IO_READ || op == WBX_IO_WRITE || op == WBX_IO_CLOSE;
}

/* Operations on bytes, where how many there are says what they are. */
static bool is_access(unsigned op)
{
    return op <= WBX_ATOMIC_CAS;
}

/* What a pointer shows: a name is better than an address. */
static const char *pointer_text(struct wbx_naming *n,
                                const struct wbx_place *pointer, uint64_t value)
{
    const struct wbx_allocation *b;
    struct wbx_place target;

    if (wbx_symbols_global(n->symbols, value, 0, &target))
        return wbx_arena_format(n->arena, "&%s", target.name);
    b = wbx_name_block(n, value);
    if (b == NULL)
        return wbx_symbols_entry(n->symbols, value);
    if (b->address != value)
        return NULL;
    wbx_name_address(n, value, UINT64_MAX, &target);
    if (strcmp(target.name, pointer->name) != 0)
        return target.name;
    /* "q = q" would say nothing. */
    return wbx_arena_format(n->arena, "block of %lu bytes", b->size);
}

/* Memory that nobody has written: the compilers and our malloc fill it. */
static bool is_untouched(uint64_t bits, uint64_t size)
{
    static const uint8_t fills[] = { 0xfe, 0xaa, 0xa5 };

    for (size_t i = 0; i < sizeof(fills) && size >= 4; i++) {
        uint64_t all = 0x0101010101010101u * fills[i];

        if (bits == all || (size == 4 && bits == (uint32_t)all))
            return true;
    }
    return false;
}

static const char *value_text(struct wbx_naming *n,
                              const struct wbx_place *place, uint64_t bits,
                              uint64_t size)
{
    const char *text = NULL;

    if (is_untouched(bits, size))
        return "uninitialised";
    if (bits != 0 && wbx_type_is_pointer(place))
        text = pointer_text(n, place, bits);
    return text ? text : wbx_type_text(place, bits, size, n->arena);
}

static int on_stack_of(uint64_t address)
{
    uint64_t thread = (address - WBX_STACKS) / WBX_STACK_SIZE;

    return address >= WBX_STACKS && thread < WBX_MAX_THREADS ? (int)thread : -1;
}

/* A local of the call that took the step has its name from there: others have
 * had the same bytes before and after. */
static void name_object(struct wbx_naming *n, const struct wbx_step *s,
                        uint64_t size, struct wbx_place *place)
{
    if (on_stack_of(s->address) != (int)s->thread ||
        !wbx_symbols_local(n->symbols, s->frame_pc, s->frame_rbp, s->address,
                           size, place))
        wbx_name_address(n, s->address, size, place);
}

static void translate_object(struct wbx_naming *n, const struct wbx_step *s,
                             struct wbx_event *e)
{
    struct wbx_place place, other;
    uint64_t size = is_access(s->op) ? s->size : 0;

    if (is_alone(s->op))
        return;
    if (is_about_thread(s->op)) {
        e->object = wbx_name_thread(n, (int)s->address);
        return;
    }
    if (is_about_descriptor(s->op)) {
        e->object =
            wbx_arena_format(n->arena, "descriptor %d", (int)s->address);
        return;
    }
    if (s->op == WBX_MALLOC || s->op == WBX_FREE)
        size = UINT64_MAX; /* the block, not its first part */
    name_object(n, s, size, &place);
    e->object = place.name;
    e->stack = on_stack_of(s->address);
    if (s->address2 != 0 && !is_access(s->op)) {
        wbx_name_address(n, s->address2, 0, &other);
        e->object2 = other.name;
    }
    if (!(s->flags & WBX_STEP_VALUES))
        return;
    e->has_values = true;
    e->before = wbx_type_number(&place, s->before, s->size);
    e->after = wbx_type_number(&place, s->after, s->size);
    e->before_text = value_text(n, &place, s->before, s->size);
    e->after_text = value_text(n, &place, s->after, s->size);
}

void wbx_record_event(struct wbx_naming *n, const struct wbx_step *s,
                      struct wbx_event *e)
{
    e->thread = s->thread;
    e->op = wbx_record_op(s->op);
    e->failed = s->flags & WBX_STEP_FAILED;
    e->preempted = s->flags & WBX_STEP_PREEMPTED;
    e->marked = s->flags & WBX_STEP_MARKED;
    translate_pc(n, s->pc, &e->file, &e->line, &e->source);
    translate_object(n, s, e);
}

/* A return is shown only where it is what went wrong. */
static bool is_shown(const struct wbx_failure_record *r,
                     const struct wbx_step *s)
{
    return s->op != WBX_RETURN ||
           (r->kind == WB_USE_AFTER_FREE && r->address - s->address < s->size);
}

static size_t translate_steps(struct wbx_naming *n, size_t nsteps,
                              struct wbx_event *events)
{
    const struct wbx_failure_record *r = n->record;
    size_t nevents = 0;
    bool preempted = false;

    for (size_t i = 0; i < nsteps; i++) {
        preempted |= r->steps[i].flags & WBX_STEP_PREEMPTED;
        if (!is_shown(r, &r->steps[i]))
            continue;
        wbx_record_event(n, &r->steps[i], &events[nevents]);
        events[nevents++].preempted = preempted;
        preempted = false;
    }
    return nevents;
}

static const char *blocked_object(struct wbx_naming *n,
                                  const struct wbx_thread_end *end)
{
    struct wbx_place place;

    if (is_alone(end->op) || end->address == 0)
        return NULL;
    if (is_about_thread(end->op))
        return wbx_name_thread(n, (int)end->address);
    if (is_about_descriptor(end->op))
        return wbx_arena_format(n->arena, "%s of descriptor %d",
                                end->op == WBX_IO_WRITE ? "the reader"
                                                        : "the writer",
                                (int)end->address);
    wbx_name_address(n, end->address, 0, &place);
    return place.name;
}

static void translate_held(struct wbx_naming *n,
                           const struct wbx_thread_end *end,
                           struct wbx_thread *t)
{
    size_t most = end->nheld < WBX_MAX_HELD ? end->nheld : WBX_MAX_HELD;
    const char **held = wbx_arena_alloc(n->arena, (most + 1) * sizeof(*held));
    const char **where = wbx_arena_alloc(n->arena, (most + 1) * sizeof(*held));

    for (size_t i = 0; i < most; i++) {
        struct wbx_place place;
        const char *at = wbx_name_pc(n, end->held_pc[i]);

        wbx_name_address(n, end->held[i], 0, &place);
        held[i] = place.name;
        where[i] = at ? at : "?";
    }
    t->held = held;
    t->held_where = where;
    t->nheld = most;
}

void wbx_record_thread(struct wbx_naming *n, int number,
                       const struct wbx_thread_end *end, struct wbx_thread *t)
{
    static const char *const states[] = {
        [WBX_ENDED] = "ended", [WBX_READY] = "ready", [WBX_BLOCKED] = "blocked"
    };

    t->name = wbx_name_thread(n, number);
    t->entry =
        number == 0 ? "main" : wbx_symbols_function(n->symbols, end->entry);
    t->created = number == 0 ? NULL : wbx_name_pc(n, end->created_pc);
    t->state = end->state <= WBX_BLOCKED ? states[end->state] : "ended";
    t->waits_for = end->waits_for;
    if (end->state == WBX_BLOCKED) {
        t->blocked_op = wbx_record_op(end->op);
        t->blocked_object = blocked_object(n, end);
    }
    translate_pc(n, end->pc, &t->file, &t->line, &t->source);
    translate_held(n, end, t);
}

static uint32_t at_most(uint32_t n, uint32_t most)
{
    return n < most ? n : most;
}

void wbx_record_translate(struct wbx_naming *n, struct wbx_failure *out)
{
    const struct wbx_failure_record *r = n->record;

    out->kind = r->kind < WB_VERDICT_COUNT ? r->kind : WB_CRASH;
    out->thread = (int)r->thread;
    out->preemptions = (int)r->preemptions;
    out->skipped = r->first_step;
    out->nevents = at_most(r->nsteps, WBX_MAX_KEPT_STEPS);
    out->events =
        wbx_arena_alloc(n->arena, (out->nevents + 1) * sizeof(*out->events));
    out->nevents = translate_steps(n, out->nevents, out->events);
    out->nthreads = at_most(r->nthreads, WBX_MAX_THREADS);
    out->threads =
        wbx_arena_alloc(n->arena, (out->nthreads + 1) * sizeof(*out->threads));
    for (size_t i = 0; i < out->nthreads; i++)
        wbx_record_thread(n, (int)i, &r->threads[i], &out->threads[i]);
    translate_pc(n, r->pc, &out->file, &out->line, &out->source);
    out->cause = wbx_cause(n, out);
}
