/* rt_record.c: one schedule, run once more with everything written down. */
#include <string.h>

#include "rt.h"

/* const while one schedule is recorded */
static struct wbx_failure_record *recording;
static bool recorded;

/* The record being made; NULL when it is complete. */
struct wbx_failure_record *wbx_recording(void)
{
    return recorded ? NULL : recording;
}

bool wbx_recorded(void)
{
    return recorded;
}

bool wbx_record_is_of(enum wb_verdict kind)
{
    return !recorded && recording->kind == kind;
}

/* May the execution end here, or is there a schedule to be followed? */
bool wbx_record_may_end(void)
{
    return wbx.mode != WBX_RECORDING || wbx.nsteps == recording->nchoices ||
           recording->detail;
}

/* Of many readers the latest is not the only one: where did t take it? */
static uint64_t taken_at(const wbx_thread *t, const struct wbx_object *o)
{
    const uint64_t takes =
        1ull << WBX_RDLOCK | 1ull << WBX_WRLOCK | 1ull << WBX_TRYLOCK;

    for (uint32_t i = recording->nsteps; i-- > 0;) {
        const struct wbx_step *s = &recording->steps[i];

        if (s->thread == t->id && s->address == o->address &&
            (takes >> s->op & 1) && !(s->flags & WBX_STEP_FAILED))
            return s->pc;
    }
    return o->acquired_pc;
}

/* Who keeps t from taking the read-write lock: the writer, or a reader, t
 * itself only when there is no other. -1: nobody. */
static int16_t keeps_out(const wbx_thread *t)
{
    const struct wbx_object *o = wbx_object(t->op.address, WBX_O_RWLOCK);
    uint32_t others = o->waiters & ~WBX_BIT(t->id);

    if (o->owner != WBX_NOBODY)
        return o->owner;
    if (others != 0)
        return (int16_t)__builtin_ctz(others);
    return (int16_t)(o->waiters ? t->id : WBX_NOBODY);
}

static void list_held(struct wbx_thread_end *out, const wbx_thread *t)
{
    for (uint32_t i = 1; i < wbx.nobjects; i++) {
        const struct wbx_object *o = &wbx_objects[i];

        if (!wbx_holds(o, t) || out->nheld == WBX_MAX_HELD)
            continue;
        out->held[out->nheld] = o->address;
        out->held_pc[out->nheld++] =
            o->type == WBX_O_RWLOCK ? taken_at(t, o) : o->acquired_pc;
    }
}

void wbx_record_thread(struct wbx_thread_end *out, const wbx_thread *t)
{
    bool waits = t->op.code == WBX_RELOCK && !t->signaled;

    *out = (struct wbx_thread_end){ .entry = (uint64_t)t->entry,
                                    .created_pc = t->created_pc,
                                    .pc = t->stopped_pc,
                                    .address = t->op.address,
                                    .op = t->op.code,
                                    .waits_for = -1 };
    out->state = t->state == WBX_T_OVER ? WBX_ENDED
                 : wbx_enabled(t)       ? WBX_READY
                                        : WBX_BLOCKED;
    if (waits) {
        out->address = t->waits_on;
        out->op = WBX_WAIT;
    } else if (t->op.code == WBX_LOCK || t->op.code == WBX_RELOCK) {
        out->waits_for = wbx_object(t->op.address, WBX_O_MUTEX)->owner;
    } else if (t->op.code == WBX_RDLOCK || t->op.code == WBX_WRLOCK) {
        out->waits_for = keeps_out(t);
    } else if (t->op.code == WBX_ONCE) {
        out->waits_for = wbx_object(t->op.address, WBX_O_ONCE)->owner;
    } else if (t->op.code == WBX_JOIN) {
        out->waits_for = t->op.target;
        out->address = (uint64_t)t->op.target;
    } else if (t->op.code == WBX_IO_READ || t->op.code == WBX_IO_WRITE) {
        out->address = (uint64_t)t->op.target;
    }
    list_held(out, t);
}

static struct wbx_step *step_kept(uint32_t number)
{
    if (number < recording->first_step || number >= wbx.nsteps)
        return NULL;
    return &recording->steps[number - recording->first_step];
}

void wbx_record_mark(uint32_t number)
{
    struct wbx_step *s = step_kept(number);

    if (s != NULL)
        s->flags |= WBX_STEP_MARKED;
}

/* thread: of that thread; -1 of any. */
static void mark_last(uint64_t address, uint64_t ops, int thread)
{
    for (uint32_t i = wbx.nsteps; i-- > recording->first_step;) {
        const struct wbx_step *s = step_kept(i);

        if (s->address == address && (ops >> s->op & 1) &&
            (thread < 0 || s->thread == thread)) {
            wbx_record_mark(i);
            return;
        }
    }
}

/* The steps that led into a deadlock: the taking of each lock somebody waits
 * for, and the signals that came when nobody was waiting. */
static void mark_blockers(void)
{
    const uint64_t takes =
        1ull << WBX_LOCK | 1ull << WBX_TRYLOCK | 1ull << WBX_RELOCK;
    const uint64_t shares =
        1ull << WBX_RDLOCK | 1ull << WBX_WRLOCK | 1ull << WBX_TRYLOCK;
    const uint64_t signals = 1ull << WBX_SIGNAL | 1ull << WBX_BROADCAST;

    for (uint32_t i = 0; i < recording->nthreads; i++) {
        const struct wbx_thread_end *e = &recording->threads[i];

        if (e->state != WBX_BLOCKED)
            continue;
        if (e->op == WBX_LOCK || e->op == WBX_RELOCK)
            mark_last(e->address, takes, -1);
        if (e->op == WBX_RDLOCK || e->op == WBX_WRLOCK)
            mark_last(e->address, shares, e->waits_for);
        if (e->op == WBX_WAIT) {
            mark_last(e->address, 1ull << WBX_WAIT, -1);
            mark_last(e->address, signals, -1);
        }
    }
}

/* The step that ended the life of what is touched now. */
static void mark_end_of_life(uint64_t address)
{
    for (uint32_t i = wbx.nsteps; i-- > recording->first_step;) {
        const struct wbx_step *s = step_kept(i);

        if ((s->op == WBX_FREE || s->op == WBX_RETURN) &&
            address - s->address < s->size) {
            wbx_record_mark(i);
            return;
        }
    }
}

static void copy_frames(const wbx_thread *t)
{
    uint32_t n = t->nframes < 64 ? t->nframes : 64;

    for (uint32_t i = 0; i < n && recording->nframes < WBX_MAX_FRAMES; i++)
        recording->frames[recording->nframes++] = t->frames[i];
}

void wbx_record_finish(wbx_thread *t, enum wb_verdict kind, uint64_t pc,
                       uint64_t address)
{
    struct wbx_failure_record *r = recording;

    r->locals_from = wbx_locals_from;
    r->kind = kind;
    r->thread = t->id;
    r->pc = pc;
    r->address = address;
    r->nsteps = wbx.nsteps - r->first_step;
    r->nthreads = wbx.nthreads;
    r->nframes = 0;
    if (kind == WB_DATA_RACE || kind == WB_USE_AFTER_FREE ||
        kind == WB_DOUBLE_FREE)
        t->written_step = 0; /* announced, not performed */
    for (uint32_t i = 0; i < wbx.nthreads; i++) {
        wbx_record_after(&wbx_threads[i]);
        wbx_record_thread(&r->threads[i], &wbx_threads[i]);
        copy_frames(&wbx_threads[i]);
    }
    r->nallocations = wbx_heap_list(r->allocations, WBX_MAX_ALLOCATIONS);
    r->preemptions = 0;
    for (uint32_t i = 0; i < r->nsteps; i++)
        r->preemptions += r->steps[i].flags & WBX_STEP_PREEMPTED;
    if (kind == WB_DEADLOCK || kind == WB_LOST_WAKEUP)
        mark_blockers();
    if (kind == WB_USE_AFTER_FREE || kind == WB_DOUBLE_FREE)
        mark_end_of_life(address);
    recorded = true;
}

/* The call whose local lies at that address: by the time that somebody asks,
 * it may have returned. */
static void find_frame(struct wbx_step *s, uint64_t address)
{
    uint64_t owner = (address - WBX_STACKS) / WBX_STACK_SIZE;
    const wbx_thread *t;

    if (address < WBX_STACKS || owner >= wbx.nthreads)
        return;
    t = &wbx_threads[owner];
    for (uint32_t i = t->nframes < 64 ? t->nframes : 64; i-- > 0;)
        if (t->frames[i].rbp >= address) {
            s->frame_pc = t->frames[i].pc;
            s->frame_rbp = t->frames[i].rbp;
            return;
        }
}

/* t is about to take step number wbx.nsteps. */
void wbx_record_step(wbx_thread *t)
{
    const struct wbx_node *n = &wbx_nodes[wbx.nsteps];
    const struct wbx_operation *op = &t->op;
    struct wbx_step *s;

    if (recorded || wbx.nsteps < recording->first_step ||
        wbx.nsteps - recording->first_step >= WBX_MAX_KEPT_STEPS)
        return;
    s = &recording->steps[wbx.nsteps - recording->first_step];
    *s = (struct wbx_step){ .pc = op->pc,
                            .address = op->address,
                            .address2 =
                                op->kind2 == K_NONE && op->code != WBX_RELOCK
                                    ? 0
                                    : op->address2,
                            .size = op->size,
                            .thread = t->id,
                            .op = op->code,
                            .outcome = n->outcome,
                            .flags = op->flags & WBX_STEP_VOLATILE };
    find_frame(s, op->address);
    if (t->nframes > 0 && t->nframes <= 64)
        s->caller_pc = t->callers[t->nframes - 1];
    if (op->code == WBX_CREATE)
        s->address = wbx.nthreads;
    else if (op->target >= 0 && op->kind > K_AWRITE)
        s->address = (uint64_t)op->target;
    if (n->previous != 0xff && n->previous != t->id &&
        wbx_enabled(&wbx_threads[n->previous]))
        s->flags |= WBX_STEP_PREEMPTED;
    int kind = wbx_operation_kind(t);

    if (kind == K_BUSY || kind == K_NOBODY ||
        (op->code == WBX_ATOMIC_CAS && kind == K_AREAD))
        s->flags |= WBX_STEP_FAILED;
    if (kind <= K_AWRITE && op->size <= 8) {
        s->before = s->after = wbx_peek(op->address, op->size);
        s->flags |= kind == K_READ || kind == K_AREAD ? WBX_STEP_VALUES : 0;
        t->written_step = wbx.nsteps + 1;
    }
}

/* t announces something new: its last write has happened by now. */
void wbx_record_after(wbx_thread *t)
{
    struct wbx_step *s;

    if (t->written_step == 0 || recorded)
        return;
    s = step_kept(t->written_step - 1);
    if (s != NULL && t->written_step <= wbx.nsteps) {
        s->after = s->flags & WBX_STEP_VALUES ? s->after
                                              : wbx_peek(s->address, s->size);
        s->flags |= WBX_STEP_VALUES;
    }
    t->written_step = 0;
}

/* The step just taken did not get what it tried to take. */
void wbx_record_failed(void)
{
    struct wbx_step *s;

    if (wbx.mode != WBX_RECORDING || recorded)
        return;
    s = step_kept(wbx.nsteps - 1);
    if (s != NULL)
        s->flags |= WBX_STEP_FAILED;
}

void wbx_record_output(const char *text, size_t n)
{
    struct wbx_failure_record *r = recording;

    if (wbx.mode != WBX_RECORDING || recorded || !wbx.active)
        return;
    if (n > WBX_OUTPUT - r->noutput)
        n = WBX_OUTPUT - r->noutput;
    memcpy(r->output + r->noutput, text, n);
    r->noutput += (uint32_t)n;
}

static void record(struct wbx_failure_record *r)
{
    wbx_record_begin(r);
    r->first_step =
        r->nchoices > WBX_MAX_KEPT_STEPS ? r->nchoices - WBX_MAX_KEPT_STEPS : 0;
    wbx_run_schedule(r->choices, r->nchoices);
    if (!recorded && !wbx.shared->replaying)
        wbx_refuse("a failure (%s) did not come back when its schedule was "
                   "run again: the program depends on something that is not "
                   "modelled, such as an address or uninitialised memory",
                   wb_verdict_name(r->kind));
}

/* A record for steps alone: of each execution of rt_graph.c in turn. */
void wbx_record_begin(struct wbx_failure_record *r)
{
    recording = r;
    recorded = false;
    r->first_step = r->noutput = 0;
}

/* Run the schedules kept once more, each with everything written down. */
void wbx_report_all(void)
{
    struct wbx_shared *s = wbx.shared;

    if (s->replaying) {
        struct wbx_failure_record *r = &s->failures[0];

        r->kind = s->replay_kind;
        r->nchoices = s->follow ? 0 : s->nreplay;
        memcpy(r->choices, s->replay, r->nchoices * sizeof(*r->choices));
        wbx_follow_begin();
        record(r);
        s->nfailures = recorded ? 1 : 0;
        s->traces = 1;
        return;
    }
    for (uint32_t i = 0; i < s->nfailures; i++)
        record(&s->failures[i]);
}
