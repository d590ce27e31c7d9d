/* rt_step.c: one step: who takes it, and how it turns out.
 *
 * wbx_nodes[i] is the choice made at step i of the execution under way. The
 * first wbx.prefix choices are given; the search (rt_search.c) has made them.
 * After that a thread goes on for as long as it can, and which thread follows
 * it depends on the mode of the search. */
#include <stdlib.h>

#include "rt.h"

noreturn void wbx_leave(void)
{
    struct wbx_fiber *from = &wbx.current->fiber;

    wbx.current = NULL;
    wbx_fiber_switch(from, &wbx.home);
    __builtin_unreachable();
}

noreturn void wbx_end_execution(enum wbx_ending ending)
{
    wbx.ending = ending;
    wbx_leave();
}

/* Could t perform its announced operation now? */
bool wbx_enabled(const wbx_thread *t)
{
    if (t->state != WBX_T_LIVE)
        return false;
    if (t->parked && !wbx_spin_may_go_on(t))
        return false;
    switch (t->op.code) {
    case WBX_LOCK:
    case WBX_RELOCK: return wbx_lock_enabled(t);
    case WBX_ONCE: {
        int owner = wbx_object(t->op.address, WBX_O_ONCE)->owner;
        return owner == WBX_NOBODY || t->op.kind == K_RELEASE;
    }
    case WBX_JOIN: return wbx_threads[t->op.target].state == WBX_T_OVER;
    case WBX_SEM_WAIT:
    case WBX_RDLOCK:
    case WBX_WRLOCK:
    case WBX_IO_READ:
    case WBX_IO_WRITE:
    case WBX_IO_POLL:
    case WBX_BARRIER: return wbx_take_enabled(t);
    default: return true;
    }
}

uint32_t wbx_enabled_set(void)
{
    uint32_t set = 0;

    for (uint32_t i = 0; i < wbx.nthreads; i++)
        if (wbx_enabled(&wbx_threads[i]))
            set |= WBX_BIT(i);
    return set;
}

/* In how many ways can t's operation turn out? */
static int outcomes(const wbx_thread *t)
{
    switch (t->op.code) {
    case WBX_WAIT: return wbx_wait_outcomes(t);
    case WBX_SIGNAL: {
        uint32_t w = wbx_object(t->op.address, WBX_O_COND)->waiters;
        return w == 0 ? 1 : __builtin_popcount(w);
    }
    case WBX_ATOMIC_CAS: /* weak: fails for no reason, once in a row */
        return t->op.may_fail && !t->failed_weakly &&
                       wbx_operation_kind(t) == K_AWRITE
                   ? 2
                   : 1;
    default: return 1;
    }
}

/* Which outcome of the operation just chosen is to happen. */
int wbx_outcome(void)
{
    return wbx_nodes[wbx.nsteps - 1].outcome;
}

static bool touches_own_only(const wbx_thread *t)
{
    const struct wbx_cell *c;

    if (t->op.kind > K_WRITE || t->op.kind2 != K_NONE || t->op.size > 8)
        return false;
    c = wbx_cell(t->op.address);
    return c != NULL && c->seen_by != WBX_SHARED;
}

/* Bounded search: who may be tried at a new node. Taking over from a thread
 * that could go on costs a preemption, and is no use before a step that
 * touches nothing shared. */
static int pick_bounded(struct wbx_node *n, const wbx_thread *cur)
{
    uint32_t enabled = wbx_enabled_set();
    bool runs_on = cur != NULL && (enabled & WBX_BIT(cur->id));

    n->backtrack = enabled;
    if (runs_on && !wbx.shared->naive &&
        (n->cost >= wbx.bound || touches_own_only(cur)))
        n->backtrack = WBX_BIT(cur->id);
    if (enabled == 0)
        return -1;
    return runs_on ? cur->id : __builtin_ctz(enabled);
}

/* Reduced search: the thread that runs, if it may go on; else any. */
static int pick_reduced(struct wbx_node *n, const wbx_thread *cur)
{
    uint32_t awake, starving;

    n->sleep = wbx.sleep;
    starving = wbx_cycle_starving() & ~n->sleep;
    if (starving != 0) {
        cur = &wbx_threads[__builtin_ctz(starving)];
        n->barred = ~WBX_BIT(cur->id);
        wbx.shared->cut = true;
    }
    if (cur != NULL && !(n->sleep & WBX_BIT(cur->id)) && wbx_enabled(cur)) {
        n->backtrack = WBX_BIT(cur->id);
        return cur->id;
    }
    awake = wbx_enabled_set();
    if (awake == 0)
        return -1;
    awake &= ~n->sleep;
    if (awake == 0)
        wbx_end_execution(WBX_E_REDUNDANT);
    n->backtrack = awake & -awake;
    return __builtin_ctz(awake);
}

static int pick_new(struct wbx_node *n, const wbx_thread *cur)
{
    int previous = cur == NULL ? 0xff : cur->id;
    uint8_t cost = wbx.nsteps == 0 ? 0 : n[-1].cost;

    *n = (struct wbx_node){ .previous = (uint8_t)previous, .cost = cost };
    if (wbx.shared->map)
        return wbx_graph_pick(n, cur);
    if (wbx.mode == WBX_BOUNDED)
        return pick_bounded(n, cur);
    if (wbx.mode == WBX_SAMPLED)
        return wbx_sample_pick(wbx_cycle_starving() ? wbx_cycle_starving()
                                                    : wbx_enabled_set(),
                               cur);
    if (wbx.mode == WBX_RECORDING && wbx.shared->follow)
        return wbx_follow_pick();
    return pick_reduced(n, cur);
}

/* Nobody can go on. Let virtual time pass if somebody waits for it. */
static void nobody_can_go_on(void)
{
    bool live = false;

    for (uint32_t i = 0; i < wbx.nthreads; i++)
        live |= wbx_threads[i].state == WBX_T_LIVE;
    if (live)
        wbx_stuck();
    if (wbx.shared->map)
        wbx_graph_end();
    wbx_end_execution(WBX_E_COMPLETE);
}

static wbx_thread *forced(struct wbx_node *n)
{
    wbx_thread *t = &wbx_threads[n->thread];

    if (n->thread < wbx.nthreads) {
        if (wbx_enabled(t))
            return t;
        while (wbx_enabled_set() == 0 && wbx_expire_wait())
            continue;
        if (wbx_enabled(t))
            return t;
    }
    if (wbx.mode == WBX_RECORDING) {
        atomic_store(&wbx.shared->state, WBX_DIVERGED);
        _Exit(0);
    }
    /* The reversal of a race is not always possible: nothing there. */
    wbx_end_execution(WBX_E_REDUNDANT);
}

static int bounded_cost(const struct wbx_node *n, const wbx_thread *cur)
{
    int cost = wbx.nsteps == 0 ? 0 : n[-1].cost;

    if (cur != NULL && cur->id != n->thread && wbx_enabled(cur))
        cost++;
    return cost +
           (n->outcome != 0 && wbx_threads[n->thread].op.code != WBX_SIGNAL);
}

/* Should the process die of that step, the driver can tell which it was. */
static void note_step(const wbx_thread *t)
{
    struct wbx_live *l = &wbx.shared->live;
    uint32_t d = wbx.nsteps;

    l->choices[d] = (struct wbx_choice){ t->id, wbx_nodes[d].outcome };
    l->pc = t->op.pc;
    l->nsteps = d + 1;
}

/* Is this step the same as in the execution before, with all that was found
 * out about it? */
static bool repeats(const struct wbx_node *n)
{
    return wbx.mode == WBX_REDUCED && n + 1 < wbx_nodes + wbx.prefix;
}

/* Choose who takes the next step. cur is the thread that would go on. */
static wbx_thread *choose(wbx_thread *cur)
{
    uint32_t d = wbx.nsteps;
    struct wbx_node *n = &wbx_nodes[d];
    wbx_thread *t;

    wbx.ticks++;
    if (repeats(n) && wbx_enabled(&wbx_threads[n->thread]))
        return &wbx_threads[n->thread];
    n->failed = false;
    if (d == WBX_MAX_STEPS) {
        wbx.shared->refusal_pc = wbx.shared->live.pc;
        wbx_refuse("one execution takes more than %d steps: explore a "
                   "smaller case (fewer threads, rounds or items)",
                   WBX_MAX_STEPS);
    }
    if (d < wbx.prefix) {
        t = forced(n);
    } else {
        int chosen = pick_new(n, cur);

        while (chosen < 0) {
            if (!wbx_expire_wait())
                nobody_can_go_on();
            chosen = pick_new(n, cur);
        }
        n->thread = (uint8_t)chosen;
        t = &wbx_threads[chosen];
    }
    n->noutcomes = (uint8_t)outcomes(t);
    if (wbx.mode == WBX_SAMPLED)
        n->outcome = (uint8_t)wbx_sample_outcome(n->noutcomes);
    if (wbx.mode == WBX_RECORDING && wbx.shared->follow)
        n->outcome = (uint8_t)wbx_follow_outcome(n->noutcomes);
    n->previous = cur == NULL ? 0xff : cur->id;
    n->cost = (uint8_t)bounded_cost(n, cur);
    if (wbx.mode == WBX_REDUCED && d + 1 >= wbx.prefix)
        wbx.sleep = wbx_filter_sleep(n->sleep | n->done, t);
    note_step(t);
    return t;
}

/* region: step */
/* Announce t->op; returns when t has been chosen to perform it. */
void wbx_step(wbx_thread *t)
{
    wbx_thread *next;

    uint64_t frame = (uint64_t)__builtin_frame_address(0);

    if (frame < wbx_deepest[t->id])
        wbx_deepest[t->id] = frame;
    if (wbx.mode == WBX_RECORDING)
        wbx_record_after(t);
    wbx_spin_watch(t);
    t->stopped_pc = t->op.pc;
    if (t->announcing) {
        t->announcing = false;
        wbx.current = t->creator;
        wbx_fiber_switch(&t->fiber, &t->creator->fiber);
    } else {
        wbx_cycle_watch(t);
        next = choose(t);
        if (wbx.mode == WBX_RECORDING)
            wbx_record_step(next);
        wbx_commit(next);
        if (next != t) {
            wbx.current = next;
            wbx_fiber_switch(&t->fiber, &next->fiber);
        }
    }
    if (t->op.kind != K_READ && t->op.kind != K_AREAD)
        wbx_spin_wrote(t);
}
/* endregion: step */

/* The thread is over and takes no further step: somebody else goes on. */
noreturn void wbx_yield_for_ever(wbx_thread *t)
{
    wbx_thread *next = choose(NULL);

    if (wbx.mode == WBX_RECORDING)
        wbx_record_step(next);
    wbx_commit(next);
    wbx.current = next;
    wbx_fiber_switch(&t->fiber, &next->fiber);
    __builtin_unreachable();
}
