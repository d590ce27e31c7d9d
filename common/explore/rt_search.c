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

#include "rt.h"

struct wbx_node *wbx_nodes;

enum {
    DEFAULT_BUDGET = 2000000, /* executions */
    SIMPLER_BUDGET = 30000,   /* executions spent on a simpler failure */
    SAMPLES = 10000,          /* executions, when the budget is spent */
    MOST_PREEMPTIONS = 3
};

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
