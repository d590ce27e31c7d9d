/* rt_report.c: failures, and what is kept of them.
 *
 * The search keeps only the schedule that leads to a failure. When it is
 * over, each schedule is run once more with everything written down. A
 * failure that does not come back then depends on something outside the
 * model (an address, the real time), and that is said. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rt.h"

/* const while one schedule is recorded */
static struct wbx_failure_record *recording;
static bool recorded;

static uint32_t cost_at[WBX_MAX_FAILURES]; /* of the schedule kept */

void wbx_report_setup(void)
{
    wbx.shared->nfailures = 0;
}

bool wbx_failures_found(void)
{
    return wbx.shared->nfailures > 0;
}

/* How far from simple is the worst of the schedules kept? */
uint32_t wbx_worst_preemptions(void)
{
    uint32_t worst = 0;

    for (uint32_t i = 0; i < wbx.shared->nfailures; i++)
        if (cost_at[i] > worst)
            worst = cost_at[i];
    return worst;
}

static bool ends_program(enum wb_verdict kind)
{
    switch (kind) {
    case WB_DATA_RACE:
    case WB_LEAKED_THREAD:
    case WB_LEAKED_LOCK:
    case WB_LEAKED_MEMORY:
    case WB_USE_AFTER_FREE:
    case WB_DOUBLE_FREE:
    case WB_WRONG_ANSWER: return false;
    default: return true;
    }
}

/* One data race per object, whichever accesses show it. */
static bool same_failure(const struct wbx_failure_record *r,
                         enum wb_verdict kind, uint64_t pc, uint64_t address)
{
    if (kind == WB_DATA_RACE)
        return r->kind == kind && r->address == address;
    return r->kind == kind && r->pc == pc;
}

/* The record of that failure; a new one if there is room; NULL. Unless all
 * are wanted there is one record, for whatever is simplest. */
static struct wbx_failure_record *record_for(enum wb_verdict kind, uint64_t pc,
                                             uint64_t address)
{
    struct wbx_shared *s = wbx.shared;
    uint32_t i = 0;

    if (s->all)
        while (i < s->nfailures &&
               !same_failure(&s->failures[i], kind, pc, address))
            i++;
    if (i == s->nfailures) {
        if (i == WBX_MAX_FAILURES)
            return NULL;
        s->failures[i].nchoices = UINT32_MAX;
        cost_at[i] = UINT32_MAX;
        s->nfailures++;
    }
    return &s->failures[i];
}

/* How far from simple the failure under way is. An access that races with a
 * later free is a use after free in another order, which says more. */
static uint32_t cost_now(enum wb_verdict kind, const wbx_thread *t)
{
    uint32_t cost = wbx.nsteps ? wbx_nodes[wbx.nsteps - 1].cost : 0;

    return kind == WB_DATA_RACE && t->op.code == WBX_FREE ? cost + 2 : cost;
}

static void keep(enum wb_verdict kind, const wbx_thread *t, uint64_t pc,
                 uint64_t pc2, uint64_t address)
{
    struct wbx_failure_record *r = record_for(kind, pc, address);
    uint32_t cost = cost_now(kind, t);
    uint32_t *kept;

    if (r == NULL)
        return;
    kept = &cost_at[r - wbx.shared->failures];
    if (cost > *kept || (cost == *kept && wbx.nsteps >= r->nchoices))
        return;
    *kept = cost;
    r->kind = kind;
    r->pc = pc;
    r->pc2 = pc2;
    r->address = address;
    r->nchoices = wbx.nsteps;
    for (uint32_t i = 0; i < wbx.nsteps; i++)
        r->choices[i] =
            (struct wbx_choice){ wbx_nodes[i].thread, wbx_nodes[i].outcome };
}

static bool is_the_one(enum wb_verdict kind, uint64_t pc, uint64_t address)
{
    if (wbx.nsteps < recording->nchoices)
        return false;
    if (recording->kind == WB_CLEAN) /* a token that does not say which */
        return true;
    if (wbx.shared->replaying)
        return recording->kind == kind;
    return same_failure(recording, kind, pc, address);
}

static void describe_thread(struct wbx_thread_end *out, const wbx_thread *t)
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
    } else if (t->op.code == WBX_JOIN) {
        out->waits_for = t->op.target;
        out->address = (uint64_t)t->op.target;
    } else if (t->op.code == WBX_IO_READ || t->op.code == WBX_IO_WRITE) {
        out->address = (uint64_t)t->op.target;
    }
    for (uint32_t i = 1; i < wbx.nobjects; i++) {
        const struct wbx_object *o = &wbx_objects[i];

        if (o->type != WBX_O_MUTEX || o->owner != t->id ||
            out->nheld == WBX_MAX_HELD)
            continue;
        out->held[out->nheld] = o->address;
        out->held_pc[out->nheld++] = o->acquired_pc;
    }
}

static struct wbx_step *step_kept(uint32_t number)
{
    if (number < recording->first_step || number >= wbx.nsteps)
        return NULL;
    return &recording->steps[number - recording->first_step];
}

static void mark(uint32_t number)
{
    struct wbx_step *s = step_kept(number);

    if (s != NULL)
        s->flags |= WBX_STEP_MARKED;
}

static void mark_last(uint64_t address, unsigned ops)
{
    for (uint32_t i = wbx.nsteps; i-- > recording->first_step;) {
        const struct wbx_step *s = step_kept(i);

        if (s->address == address && (ops >> s->op & 1)) {
            mark(i);
            return;
        }
    }
}

/* The steps that led into a deadlock: the taking of each lock somebody waits
 * for, and the signals that came when nobody was waiting. */
static void mark_blockers(void)
{
    const unsigned takes =
        1u << WBX_LOCK | 1u << WBX_TRYLOCK | 1u << WBX_RELOCK;
    const unsigned signals = 1u << WBX_SIGNAL | 1u << WBX_BROADCAST;

    for (uint32_t i = 0; i < recording->nthreads; i++) {
        const struct wbx_thread_end *e = &recording->threads[i];

        if (e->state != WBX_BLOCKED)
            continue;
        if (e->op == WBX_LOCK || e->op == WBX_RELOCK)
            mark_last(e->address, takes);
        if (e->op == WBX_WAIT) {
            mark_last(e->address, 1u << WBX_WAIT);
            mark_last(e->address, signals);
        }
    }
}

static void copy_frames(const wbx_thread *t)
{
    uint32_t n = t->nframes < 64 ? t->nframes : 64;

    for (uint32_t i = 0; i < n && recording->nframes < WBX_MAX_FRAMES; i++)
        recording->frames[recording->nframes++] = t->frames[i];
}

static void finish_record(wbx_thread *t, enum wb_verdict kind, uint64_t pc,
                          uint64_t address)
{
    struct wbx_failure_record *r = recording;

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
        describe_thread(&r->threads[i], &wbx_threads[i]);
        copy_frames(&wbx_threads[i]);
    }
    r->nallocations = wbx_heap_list(r->allocations, WBX_MAX_ALLOCATIONS);
    r->preemptions = 0;
    for (uint32_t i = 0; i < r->nsteps; i++)
        r->preemptions += r->steps[i].flags & WBX_STEP_PREEMPTED;
    if (kind == WB_DEADLOCK || kind == WB_LOST_WAKEUP)
        mark_blockers();
    recorded = true;
}

/* Something is wrong in this execution. Returns when it goes on. */
static void failed(enum wb_verdict kind, wbx_thread *t, uint64_t pc,
                   uint64_t pc2, uint64_t address, const char *text)
{
    if (wbx.doomed)
        return;
    wbx.found = true;
    if (wbx.mode == WBX_RECORDING) {
        if (recorded || !is_the_one(kind, pc, address)) {
            wbx.doomed |= ends_program(kind);
            return;
        }
        snprintf(recording->text, WBX_TEXT, "%s", text);
        recording->pc2 = pc2;
        finish_record(t, kind, pc, address);
        if (pc2 == 0)
            wbx_end_execution(WBX_E_STOPPED);
        return;
    }
    keep(kind, t, pc, pc2, address);
    if (!wbx.shared->all)
        wbx_end_execution(WBX_E_STOPPED);
    wbx.doomed |= ends_program(kind);
}

void wbx_fail(enum wb_verdict kind, wbx_thread *t, uint64_t pc,
              uint64_t address, const char *format, ...)
{
    static char text[WBX_TEXT];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    failed(kind, t, pc, 0, address, text);
}

/* Where the two accesses meet: mine says which eight bytes. */
static uint64_t raced_address(const wbx_thread *t,
                              const struct wbx_access *mine)
{
    uint64_t start = t->op.address;

    if (mine->address + 8 <= start || mine->address >= start + t->op.size)
        start = t->op.address2;
    return start > mine->address ? start : mine->address;
}

void wbx_fail_race(wbx_thread *t, const struct wbx_access *older,
                   const struct wbx_access *mine)
{
    uint64_t pc2 = wbx_events[older->event].pc;

    failed(WB_DATA_RACE, t, t->op.pc, pc2, raced_address(t, mine), "");
    if (recorded) {
        mark(older->event);
        mark(mine->event);
        wbx_end_execution(WBX_E_STOPPED);
    }
}

/* The page below a stack is a guard. */
static bool in_guard(const wbx_thread *t, uint64_t address)
{
    return address - (WBX_STACKS + t->id * WBX_STACK_SIZE) < 4096;
}

void wbx_fail_signal(int signal, uint64_t address, uint64_t pc)
{
    static const char *const names[] = { [SIGSEGV] = "SIGSEGV",
                                         [SIGBUS] = "SIGBUS",
                                         [SIGFPE] = "SIGFPE",
                                         [SIGILL] = "SIGILL",
                                         [SIGTRAP] = "SIGTRAP" };

    if (in_guard(wbx.current, address))
        wbx_fail(WB_CRASH, wbx.current, pc, 0, "overflows its stack (%lu MiB)",
                 WBX_STACK_SIZE >> 20);
    else
        wbx_fail(WB_CRASH, wbx.current, pc, 0, "is killed by %s",
                 names[signal]);
    wbx_end_execution(WBX_E_STOPPED);
}

/* Was t, which waits, passed by: did another thread signal too early? */
static bool passed_by(const wbx_thread *t)
{
    return t->op.code == WBX_RELOCK && !t->signaled &&
           (wbx_object(t->waits_on, WBX_O_COND)->lost_by & ~WBX_BIT(t->id));
}

/* Threads are left and none can go on. A wait that missed its signal is only
 * to blame when nobody waits for a lock: the signal could yet come. */
void wbx_stuck(void)
{
    wbx_thread *spins = NULL, *lost = NULL, *stuck = NULL, *locked = NULL;

    for (uint32_t i = wbx.nthreads; i-- > 0;) {
        wbx_thread *t = &wbx_threads[i];

        if (t->state != WBX_T_LIVE)
            continue;
        if (stuck == NULL || t->op.code != WBX_JOIN)
            stuck = t;
        if (t->parked)
            spins = t;
        else if (t->op.code == WBX_LOCK)
            locked = t;
        else if (passed_by(t))
            lost = t;
    }
    if (spins != NULL)
        wbx_fail(WB_LIVELOCK, spins, spins->op.pc, wbx_spin_object(spins),
                 "loops and waits for a change that nobody is left to make");
    else if (lost != NULL && locked == NULL)
        wbx_fail(WB_LOST_WAKEUP, lost, lost->stopped_pc, lost->waits_on,
                 "waits for a signal that was sent when nobody was waiting");
    else if (stuck != NULL)
        wbx_fail(WB_DEADLOCK, stuck, stuck->stopped_pc, stuck->op.address,
                 "no thread can go on");
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
    if (kind <= K_AWRITE && op->size <= 8 && op->code != WBX_FREE) {
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
    recording = r;
    recorded = false;
    r->noutput = 0;
    r->first_step =
        r->nchoices > WBX_MAX_KEPT_STEPS ? r->nchoices - WBX_MAX_KEPT_STEPS : 0;
    wbx_run_schedule(r->choices, r->nchoices);
    if (!recorded && !wbx.shared->replaying)
        wbx_refuse("a failure (%s) did not come back when its schedule was "
                   "run again: the program depends on something that is not "
                   "modelled, such as an address or uninitialised memory",
                   wb_verdict_name(r->kind));
}

/* Run the schedules kept once more, each with everything written down. */
void wbx_report_all(void)
{
    struct wbx_shared *s = wbx.shared;

    if (s->replaying) {
        struct wbx_failure_record *r = &s->failures[0];

        r->kind = s->replay_kind;
        r->nchoices = s->nreplay;
        memcpy(r->choices, s->replay, s->nreplay * sizeof(*r->choices));
        record(r);
        s->nfailures = recorded ? 1 : 0;
        s->traces = 1;
        return;
    }
    for (uint32_t i = 0; i < s->nfailures; i++)
        record(&s->failures[i]);
}
