/* rt_search.c: the order in which schedules are tried.
 *
 * After an execution the search goes back to the deepest choice with something
 * left to try, keeps the choices before it (the prefix), and runs the program
 * again from main.
 *
 * Two searches share this file. The reduced search runs every class of
 * equivalent executions once and proves their absence when it finds no
 * failure. The bounded search runs executions with at most 0, 1, 2 preemptions
 * and is used after a failure has been found, to show the simplest. */
#include <time.h>

#include "rt_workers.h"

struct wbx_node *wbx_nodes;
static bool cut_short; /* a worker met a failure, or the end of the budget */

enum {
    DEFAULT_BUDGET = 2000000, /* executions */
    SIMPLER_BUDGET = 30000,   /* executions spent on a simpler failure */
    SAMPLES = 10000,          /* executions, when the budget is spent */
    MOST_PREEMPTIONS = 3
};

/* Count what complete executions print: two searches of one program must
 * agree on it. */
void wbx_search_note(uint64_t state)
{
    struct wbx_shared *s = wbx.shared;

    for (uint32_t i = 0; i < s->nstates; i++)
        if (s->states[i] == state)
            return;
    if (s->nstates == WBX_MAX_STATES)
        return;
    s->states[s->nstates++] = state;
    s->states_sum += state;
}

void wbx_search_count(uint64_t traces, uint64_t blocked, uint64_t failing)
{
    struct wbx_shared *s = wbx.shared;

    s->failing += failing;
    atomic_store_explicit(&s->traces, s->traces + traces, memory_order_relaxed);
    atomic_store_explicit(&s->blocked, s->blocked + blocked,
                          memory_order_relaxed);
}

void wbx_search_choose(struct wbx_node *n, int thread)
{
    n->thread = (uint8_t)thread;
    n->outcome = 0;
    n->noutcomes = 1; /* until it is known */
}

static void run_once(void)
{
    wbx.active = true;
    atomic_fetch_add_explicit(wbx.beats, 1, memory_order_relaxed);
    wbx_restart();
    wbx.active = false;
    if (wbx.mode != WBX_RECORDING && wbx.ending == WBX_E_COMPLETE &&
        wbx.program_over && wbx.shared->all)
        wbx_search_note(wbx_output_hash());
}

/* region: ask */
/* Have one of those threads tried at step depth, unless one is already. */
void wbx_try_one_of(uint32_t threads, uint32_t depth, int preferred)
{
    struct wbx_node *n = &wbx_nodes[depth];
    uint32_t one = threads & WBX_BIT(preferred);

    if (threads == 0 || (threads & n->backtrack))
        return;
    if (wbx_workers_above(depth)) {
        wbx_workers_ask(depth, threads, preferred);
        return;
    }
    if (one == 0)
        one = threads & -threads;
    n->backtrack |= one;
    n->asked[n->nasked++] = (uint8_t)__builtin_ctz(one);
}
/* endregion: ask */

/* The next thread to try at n, leaving out some; -1: none. */
int wbx_search_next(const struct wbx_node *n, uint32_t except)
{
    uint32_t left = n->backtrack & ~n->done & ~n->sleep & ~n->barred & ~except;

    if (left == 0)
        return -1;
    for (int i = 0; i < n->nasked; i++)
        if (left & WBX_BIT(n->asked[i]))
            return n->asked[i];
    return __builtin_ctz(left);
}

static bool more_outcomes(const struct wbx_node *n)
{
    bool costs = wbx.mode == WBX_BOUNDED && !wbx.shared->naive &&
                 wbx_events[n - wbx_nodes].code != WBX_SIGNAL;

    return n->outcome + 1 < n->noutcomes && !(costs && n->cost >= wbx.bound);
}

/* Choose anew at step d; WBX_MERGED: all has been tried there. */
static enum wbx_turn choose_anew(uint32_t d)
{
    struct wbx_node *n = &wbx_nodes[d];
    enum wbx_turn turn = WBX_MERGED;
    int thread;

    if (more_outcomes(n)) {
        turn = wbx_workers_turn(d, n->thread, n->outcome + 1u);
        if (turn == WBX_MINE)
            n->outcome++;
        if (turn != WBX_MERGED)
            return turn;
        n->outcome = n->noutcomes - 1;
    }
    if (wbx_workers_above(d))
        return WBX_MERGED;
    n->done |= WBX_BIT(n->thread);
    while (turn == WBX_MERGED && (thread = wbx_search_next(n, 0)) >= 0) {
        turn = wbx_workers_turn(d, thread, 0);
        if (turn == WBX_MERGED)
            n->done |= WBX_BIT(thread);
        else if (turn == WBX_MINE)
            wbx_search_choose(n, thread);
    }
    return turn;
}

/* region: next */
/* Go back to the deepest choice with something left; false: all done. */
static bool next_schedule(void)
{
    uint32_t d = wbx.nsteps > wbx.prefix ? wbx.nsteps : wbx.prefix;

    while (d-- > 0) {
        switch (choose_anew(d)) {
        case WBX_MINE: wbx.prefix = d + 1; return true;
        case WBX_NEW_PART: return true;
        case WBX_LAST: cut_short = true; return false;
        case WBX_MERGED: break;
        }
        if (wbx_workers_above(d))
            return false;
    }
    return false;
}
/* endregion: next */

/* Of steps that are repeated it is known already. */
static bool has_failed(void)
{
    bool failed = wbx.found;

    for (uint32_t i = 0; i < wbx.nsteps && !failed; i++)
        failed = wbx_nodes[i].failed;
    return failed;
}

/* @return whether nothing was left out */
static bool search_reduced(uint64_t budget)
{
    bool stop_at_failure = !wbx.shared->all;

    wbx.mode = WBX_REDUCED;
    wbx.prefix = 0;
    wbx_workers_begin(budget);
    do {
        if (wbx_workers_spent())
            return false;
        run_once();
        if (!wbx.found || !stop_at_failure)
            wbx_reverse_pending();
        wbx.runs++;
        if (wbx.ending == WBX_E_REDUNDANT)
            wbx_search_count(0, 1, 0);
        else
            wbx_search_count(1, 0, has_failed());
        if (stop_at_failure && wbx_failures_found())
            return false;
    } while (wbx_workers_split() || next_schedule());
    return !cut_short;
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
        if (wbx.shared->naive || wbx.shared->bound > 0)
            wbx_search_count(1, 0, wbx.found);
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

/* Every step from every state. */
static void search_graph(void)
{
    struct wbx_failure_record *r = &wbx.shared->failures[0];

    wbx.mode = WBX_RECORDING;
    wbx.prefix = 0;
    wbx_record_begin(r);
    do {
        wbx_graph_begin(wbx.prefix);
        run_once();
    } while (next_schedule());
    r->nallocations = wbx_heap_list(r->allocations, WBX_MAX_ALLOCATIONS);
    wbx.shared->exhaustive = true;
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
    if (s->map) {
        search_graph();
    } else if (s->naive) {
        s->exhaustive = search_bounded(0, &budget);
    } else if (s->bound > 0) {
        for (int b = 0; b <= s->bound && budget > 0 && !wbx_failures_found();
             b++) {
            s->traces = s->failing = 0; /* those of b - 1 come again */
            search_bounded(b, &budget);
        }
        s->exhaustive = false;
    } else {
        bool all = search_reduced(budget);

        wbx_workers_end(all);
        s->exhaustive = all && !s->cut;
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
