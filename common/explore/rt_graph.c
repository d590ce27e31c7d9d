/* rt_graph.c: every state of a small program, and the steps between them.
 *
 * Every order of steps is tried, but only once from each state: when one has
 * been seen before, the execution ends there. A state is what rt_cycle.c
 * compares, so that orders of steps that do not matter, and loops that have
 * done nothing, lead back to a state that is known. The clock and descriptors
 * are no part of it, so a program that uses descriptors is refused.
 *
 * The result is wbx_shared.graph; graph.c takes out of it the steps that nobody
 * else can notice. */
#include <string.h>

#include "rt.h"

enum {
    SLOTS = 65536, /* a power of two, for the table */
    FINE = 6000    /* so many states have too many that are to be shown */
};

static struct {
    uint64_t hash;
    uint32_t node; /* + 1; 0: the slot is empty */
} table[SLOTS];

/* The node of each step of the execution under way, and its first step whose
 * edge is not written yet. */
static uint32_t node_of[WBX_MAX_KEPT_STEPS + 1], open_step;

/* How the execution under way has failed; the first word counts. */
static enum wb_verdict verdict;
static char said[sizeof(wbx.shared->graph.ends[0].text)];

static noreturn void refuse_size(const char *what, int most)
{
    wbx.shared->graph.full = true;
    wbx_refuse("the graph would have more than %d %s: take a smaller case "
               "(fewer threads, rounds or items)",
               most, what);
}

static void describe(struct wbx_graph_thread *out, const wbx_thread *t)
{
    struct wbx_thread_end end;

    wbx_record_thread(&end, t);
    *out = (struct wbx_graph_thread){ .pc = end.pc,
                                      .address = end.address,
                                      .op = (uint8_t)end.op,
                                      .state = (uint8_t)end.state,
                                      .waits_for = (int8_t)end.waits_for };
}

static uint32_t new_node(void)
{
    struct wbx_graph *g = &wbx.shared->graph;
    struct wbx_graph_node *n = &g->nodes[g->nnodes];
    uint32_t most = wbx.shared->map == WBX_MAP_FINE ? FINE : WBX_GRAPH_NODES;

    if (g->nnodes == most)
        refuse_size("states", (int)most);
    if (wbx.nthreads > WBX_GRAPH_THREADS)
        refuse_size("threads", WBX_GRAPH_THREADS);
    n->nthreads = wbx.nthreads;
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        describe(&n->threads[i], &wbx_threads[i]);
    if (wbx.nthreads > g->nthreads) {
        g->nthreads = wbx.nthreads;
        for (uint32_t i = 0; i < wbx.nthreads; i++)
            g->entries[i] = (uint64_t)wbx_threads[i].entry;
    }
    return g->nnodes++;
}

/* The node of that hash. @return whether it was there already */
static bool find_node(uint64_t hash, uint32_t *node)
{
    uint32_t slot = (uint32_t)(hash ^ hash >> 32) % SLOTS;

    while (table[slot].node != 0 && table[slot].hash != hash)
        slot = (slot + 1) % SLOTS;
    *node = table[slot].node - 1;
    if (table[slot].node != 0)
        return true;
    *node = new_node();
    table[slot].hash = hash;
    table[slot].node = *node + 1;
    return false;
}

/* The step taken last has led to that node. */
static void close_step(uint32_t node)
{
    struct wbx_graph *g = &wbx.shared->graph;
    uint32_t step = wbx.nsteps - 1;
    struct wbx_graph_edge *e = &g->edges[g->nedges];

    if (wbx.nsteps == 0 || step < open_step)
        return;
    if (g->nedges == WBX_GRAPH_EDGES)
        refuse_size("steps", WBX_GRAPH_EDGES);
    e->from = node_of[step];
    e->to = node;
    e->step = wbx_recording()->steps[step];
    if (e->step.op >= WBX_IO_OPEN)
        wbx_refuse("a graph of a program that uses descriptors is not made");
    g->nedges++;
    open_step = wbx.nsteps;
}

/* Of the threads that can go on, those to be tried. */
static uint32_t to_be_tried(uint32_t enabled, const wbx_thread *current)
{
    if (wbx.shared->map != WBX_MAP_COARSE)
        return enabled;
    if (current != NULL && (enabled & WBX_BIT(current->id)) &&
        wbx_graph_is_free(current->op.code))
        return WBX_BIT(current->id);
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        if ((enabled & WBX_BIT(i)) && wbx_graph_is_free(wbx_threads[i].op.code))
            return WBX_BIT(i);
    return enabled;
}

/* Who takes the next step, at a choice that is new; -1: nobody can. Does not
 * return from a state that has been looked at. */
int wbx_graph_pick(struct wbx_node *n, const wbx_thread *current)
{
    uint32_t enabled = wbx_enabled_set(), node;
    bool seen;

    if (enabled == 0)
        return -1;
    if (wbx.nsteps == WBX_MAX_KEPT_STEPS)
        refuse_size("steps in a row", WBX_MAX_KEPT_STEPS);
    seen = find_node(wbx_cycle_state(), &node);
    close_step(node);
    if (seen)
        wbx_end_execution(WBX_E_REDUNDANT);
    node_of[wbx.nsteps] = node;
    n->backtrack = to_be_tried(enabled, current);
    return current != NULL && (n->backtrack & WBX_BIT(current->id))
               ? current->id
               : __builtin_ctz(n->backtrack);
}

static uint32_t find_end(void)
{
    struct wbx_graph *g = &wbx.shared->graph;
    uint32_t i = 0;

    while (i < g->nends && (g->ends[i].verdict != (uint32_t)verdict ||
                            strcmp(g->ends[i].text, said) != 0))
        i++;
    if (i == WBX_GRAPH_ENDS)
        refuse_size("ways to end", WBX_GRAPH_ENDS);
    if (i == g->nends) {
        g->ends[i].verdict = verdict;
        strcpy(g->ends[i].text, said);
        g->nends++;
    }
    return i;
}

/* The program has ended, or cannot go on. */
noreturn void wbx_graph_end(void)
{
    struct wbx_failure_record *r = wbx_recording();
    uint32_t node, end;

    r->output[r->noutput < WBX_OUTPUT ? r->noutput : WBX_OUTPUT - 1] = '\0';
    if (verdict == WB_WRONG_ANSWER || verdict == WB_CLEAN)
        wb_verdict_in(r->output, &verdict, said, sizeof(said));
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        wbx_record_after(&wbx_threads[i]);
    end = find_end();
    find_node(wbx_cycle_state() ^ (end + 1) * 0x9e3779b97f4a7c15u, &node);
    wbx.shared->graph.nodes[node].end = end + 1;
    close_step(node);
    wbx_end_execution(WBX_E_COMPLETE);
}

/* Something is wrong. Returns if the program goes on to its end. A data race
 * is a state in which both accesses come next: graph.c sees it. */
void wbx_graph_fail(enum wb_verdict kind, const char *text)
{
    if (kind == WB_DATA_RACE && wbx.shared->map == WBX_MAP_FINE)
        return;
    if (kind == WB_DATA_RACE)
        refuse_size("states", WBX_GRAPH_NODES);
    if (verdict == WB_CLEAN) {
        verdict = kind;
        strncpy(said, text, sizeof(said) - 1);
    }
    switch (kind) {
    case WB_WRONG_ANSWER:
    case WB_LEAKED_THREAD:
    case WB_LEAKED_LOCK:
    case WB_LEAKED_MEMORY: return;
    default: wbx_graph_end();
    }
}

/* Another execution begins; its first `prefix` choices are given. */
void wbx_graph_begin(uint32_t prefix)
{
    verdict = WB_CLEAN;
    memset(said, 0, sizeof(said));
    wbx_recording()->noutput = 0;
    open_step = prefix > 0 ? prefix - 1 : 0;
}
