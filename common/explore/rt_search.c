/* rt_search.c: one step, and the order in which schedules are tried.
 *
 * wbx_nodes[i] is the choice made at step i of the execution under way. After
 * an execution the search goes back to the deepest choice with something left
 * to try, keeps the choices before it (the prefix), and runs the program
 * again from main.
 *
 * Two searches share this file. The reduced search runs every class of
 * equivalent executions once and proves their absence when it finds no
 * failure. The bounded search runs executions with at most 0, 1, 2 preemptions
 * and is used after a failure has been found, to show the simplest. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rt.h"

struct wbx_node *wbx_nodes;

enum {
    DEFAULT_BUDGET = 2000000, /* executions */
    SIMPLER_BUDGET = 30000,   /* executions spent on a simpler failure */
    SAMPLES = 10000,          /* executions, when the budget is spent */
    MOST_PREEMPTIONS = 3
};

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
    if (t->parked)
        return wbx_spin_may_go_on(t);
    switch (t->op.code) {
    case WBX_LOCK:
    case WBX_RELOCK: return wbx_lock_enabled(t);
    case WBX_ONCE: {
        int owner = wbx_object(t->op.address, WBX_O_ONCE)->owner;
        return owner == WBX_NOBODY || owner == t->id;
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

static uint32_t enabled_set(void)
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
    uint32_t enabled = enabled_set();
    bool runs_on = cur != NULL && (enabled & WBX_BIT(cur->id));

    n->enabled = enabled;
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
    uint32_t awake;

    n->sleep = wbx.sleep;
    if (cur != NULL && !(n->sleep & WBX_BIT(cur->id)) && wbx_enabled(cur)) {
        n->backtrack = WBX_BIT(cur->id);
        return cur->id;
    }
    awake = enabled_set();
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
    if (wbx.mode == WBX_BOUNDED)
        return pick_bounded(n, cur);
    if (wbx.mode == WBX_SAMPLED)
        return wbx_sample_pick(enabled_set(), cur);
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
    wbx_end_execution(WBX_E_COMPLETE);
}

static wbx_thread *forced(struct wbx_node *n)
{
    wbx_thread *t = &wbx_threads[n->thread];

    if (n->thread < wbx.nthreads) {
        if (wbx_enabled(t))
            return t;
        while (enabled_set() == 0 && wbx_expire_wait())
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

/* Choose who takes the next step. cur is the thread that would go on. */
static wbx_thread *choose(wbx_thread *cur)
{
    uint32_t d = wbx.nsteps;
    struct wbx_node *n = &wbx_nodes[d];
    wbx_thread *t;

    wbx.ticks++;
    if (d == WBX_MAX_STEPS)
        wbx_refuse("one execution takes more than %d steps: explore a "
                   "smaller case (fewer threads, rounds or items)",
                   WBX_MAX_STEPS);
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
    n->previous = cur == NULL ? 0xff : cur->id;
    n->cost = (uint8_t)bounded_cost(n, cur);
    if (wbx.mode == WBX_REDUCED && d + 1 >= wbx.prefix)
        wbx.sleep = wbx_filter_sleep(n->sleep | n->done, t);
    return t;
}

/* region: step */
/* Announce t->op; returns when t has been chosen to perform it. */
void wbx_step(wbx_thread *t)
{
    wbx_thread *next;

    if (wbx.mode == WBX_RECORDING)
        wbx_record_after(t);
    wbx_spin_watch(t);
    t->stopped_pc = t->op.pc;
    if (t->announcing) {
        t->announcing = false;
        wbx.current = t->creator;
        wbx_fiber_switch(&t->fiber, &t->creator->fiber);
    } else {
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

enum { MOST_STATES = 4096 };
static uint64_t states[MOST_STATES];

/* Count what complete executions print: two searches of one program must
 * agree on it. */
static void note_state(void)
{
    uint64_t hash = wbx_output_hash();
    uint32_t n = wbx.shared->nstates;

    for (uint32_t i = 0; i < n; i++)
        if (states[i] == hash)
            return;
    if (n == MOST_STATES)
        return;
    states[n] = hash;
    wbx.shared->nstates = n + 1;
    wbx.shared->states_sum += hash;
}

static void run_once(void)
{
    wbx.active = true;
    atomic_fetch_add_explicit(&wbx.shared->beats, 1, memory_order_relaxed);
    wbx_restart();
    wbx.active = false;
    if (wbx.mode != WBX_RECORDING && wbx.ending == WBX_E_COMPLETE &&
        wbx.program_over && wbx.shared->all)
        note_state();
}

/* region: next */
/* Go back to the deepest choice with something left; false: all done. */
static bool next_schedule(void)
{
    for (uint32_t d = wbx.nsteps; d-- > 0;) {
        struct wbx_node *n = &wbx_nodes[d];
        uint32_t left;

        if (n->outcome + 1 < n->noutcomes &&
            !(wbx.mode == WBX_BOUNDED && !wbx.shared->naive &&
              n->cost >= wbx.bound && wbx_events[d].code != WBX_SIGNAL)) {
            n->outcome++;
            wbx.prefix = d + 1;
            return true;
        }
        n->done |= WBX_BIT(n->thread);
        left = n->backtrack & ~n->done & ~n->sleep;
        if (left != 0) {
            n->thread = (uint8_t)__builtin_ctz(left);
            n->outcome = 0;
            wbx.prefix = d + 1;
            return true;
        }
    }
    return false;
}
/* endregion: next */

static bool search_reduced(uint64_t budget)
{
    struct wbx_shared *s = wbx.shared;

    wbx.mode = WBX_REDUCED;
    wbx.prefix = 0;
    for (uint64_t runs = 0; runs < budget; runs++) {
        run_once();
        if (!wbx.found || s->all)
            wbx_reverse_pending();
        if (wbx.ending == WBX_E_REDUNDANT)
            atomic_store_explicit(&s->blocked, s->blocked + 1,
                                  memory_order_relaxed);
        else
            atomic_store_explicit(&s->traces, s->traces + 1,
                                  memory_order_relaxed);
        if (wbx_failures_found() && !s->all)
            return false;
        if (!next_schedule())
            return true;
    }
    return false;
}

/* Every execution with at most that many preemptions, or until the budget of
 * executions is spent. Returns whether it saw them all. */
static bool search_bounded(int bound, uint64_t *budget)
{
    wbx.mode = WBX_BOUNDED;
    wbx.bound = bound;
    wbx.prefix = 0;
    do {
        if ((*budget)-- == 0) {
            *budget = 0;
            return false;
        }
        run_once();
        if (wbx.shared->naive)
            wbx.shared->traces++;
    } while (next_schedule());
    return true;
}

/* The budget is spent and the search was not through. */
static void sample(void)
{
    struct wbx_shared *s = wbx.shared;

    wbx.mode = WBX_SAMPLED;
    wbx.prefix = 0;
    while (s->samples < SAMPLES && (s->all || !wbx_failures_found())) {
        wbx_sample_begin();
        run_once();
        s->samples++;
    }
}

/* A failure has been found; is there one with fewer preemptions? */
static void look_for_simpler(void)
{
    uint64_t budget = SIMPLER_BUDGET;
    uint32_t worst = wbx_worst_preemptions();

    for (int bound = 0; bound <= MOST_PREEMPTIONS && budget > 0; bound++) {
        if (worst < (uint32_t)bound)
            return;
        search_bounded(bound, &budget);
        worst = wbx_worst_preemptions();
    }
}

static uint64_t monotonic(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void wbx_search_run(void)
{
    struct wbx_shared *s = wbx.shared;
    uint64_t start = monotonic();
    uint64_t budget = s->budget ? s->budget : DEFAULT_BUDGET;

    wbx_events = wbx_map(0, (WBX_MAX_STEPS + 2) * sizeof(*wbx_events));
    wbx_nodes = wbx_map(0, (WBX_MAX_STEPS + 2) * sizeof(*wbx_nodes));
    if (s->replaying) {
        wbx.mode = WBX_RECORDING;
        return; /* wbx_report_all() runs it */
    }
    if (s->naive) {
        s->exhaustive = search_bounded(0, &budget);
    } else if (s->bound > 0) {
        for (int b = 0; b <= s->bound && !wbx_failures_found(); b++)
            search_bounded(b, &budget);
        s->exhaustive = false;
    } else {
        s->exhaustive = search_reduced(budget);
        if (!s->exhaustive && !wbx_failures_found())
            sample();
        if (wbx_failures_found() && wbx_worst_preemptions() > 0)
            look_for_simpler();
    }
    s->nanoseconds = monotonic() - start;
}

/* Run that schedule, writing everything down. */
void wbx_run_schedule(const struct wbx_choice *choices, uint32_t n)
{
    wbx.mode = WBX_RECORDING;
    wbx.prefix = n;
    for (uint32_t i = 0; i < n; i++)
        wbx_nodes[i] = (struct wbx_node){ .thread = choices[i].thread,
                                          .outcome = choices[i].outcome };
    run_once();
}
