/* graph_walk.c: which steps leave something to choose.
 *
 * A step is quiet when no other thread can notice when it comes: an access to
 * what one thread alone uses or nobody changes, the making of a thread. It is
 * taken as soon as it can be. So is every step while one thread is alone: no
 * other waits for more than its end. */
#include "graph_walk.h"

#include <stdlib.h>
#include <string.h>

static int by_object(const void *a, const void *b)
{
    const struct wbx_event *x = *(const struct wbx_event *const *)a;
    const struct wbx_event *y = *(const struct wbx_event *const *)b;
    int order = strcmp(x->object, y->object);

    return order != 0 ? order : x->stack - y->stack;
}

static bool is_write(unsigned op)
{
    return op != WBX_READ && op != WBX_ATOMIC_LOAD && op <= WBX_ATOMIC_CAS;
}

/* run: all the events on one object, which is not shared or does not change. */
static void hush(struct wbx_walk *w, const struct wbx_event **run, size_t n)
{
    bool shared = false, changes = false;

    for (size_t i = 0; i < n; i++) {
        shared |= run[i]->thread != run[0]->thread;
        changes |= w->g->edges[run[i] - w->events].step.op != WBX_READ;
    }
    for (size_t i = 0; i < n && !(shared && changes); i++) {
        size_t edge = (size_t)(run[i] - w->events);
        unsigned op = w->g->edges[edge].step.op;

        w->quiet[edge] |= op == WBX_READ || op == WBX_WRITE ||
                          op == WBX_MUTEX_INIT || op == WBX_MUTEX_DESTROY;
    }
}

static void hush_private(struct wbx_walk *w, struct wbx_arena *a)
{
    const struct wbx_event **all =
        wbx_arena_alloc(a, (w->g->nedges + 1) * sizeof(*all));
    size_t n = 0;

    for (uint32_t i = 0; i < w->g->nedges; i++)
        if (w->events[i].object != NULL)
            all[n++] = &w->events[i];
    if (n > 0)
        qsort(all, n, sizeof(*all), by_object);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n; to++)
            if (by_object(&all[from], &all[to]) != 0)
                break;
        hush(w, all + from, to - from);
    }
}

/* Where main may return first, the end of a thread is worth a choice. */
static bool can_leak(const struct wbx_graph *g)
{
    for (uint32_t i = 0; i < g->nends; i++)
        if (g->ends[i].verdict == WB_LEAKED_THREAD)
            return true;
    return false;
}

static bool is_housekeeping(unsigned op, bool leaks)
{
    switch (op) {
    case WBX_THREAD_END: return !leaks;
    case WBX_CREATE:
    case WBX_JOIN:
    case WBX_DETACH:
    case WBX_MALLOC:
    case WBX_RETURN:
    case WBX_SLEEP:
    case WBX_YIELD: return true;
    default: return false;
    }
}

/* One that nobody else notices, but that is to be shown. */
static bool is_free(const struct wbx_walk *w, uint32_t edge)
{
    return w->coarse && wbx_graph_is_free(w->g->edges[edge].step.op);
}

static int by_choice(const void *a, const void *b, void *graph)
{
    const struct wbx_graph *g = graph;
    const struct wbx_step *x = &g->edges[*(const uint32_t *)a].step;
    const struct wbx_step *y = &g->edges[*(const uint32_t *)b].step;

    return x->thread != y->thread ? x->thread - y->thread
                                  : x->outcome - y->outcome;
}

/* Edges in the order of the nodes they begin at, then of the threads. */
static void sort_edges(struct wbx_walk *w, struct wbx_arena *a)
{
    const struct wbx_graph *g = w->g;
    uint32_t *next = wbx_arena_alloc(a, (g->nnodes + 1) * sizeof(*next));

    for (uint32_t i = 0; i < g->nedges; i++)
        w->first[g->edges[i].from + 1]++;
    for (uint32_t i = 0; i < g->nnodes; i++)
        w->first[i + 1] += w->first[i];
    memcpy(next, w->first, (g->nnodes + 1) * sizeof(*next));
    for (uint32_t i = 0; i < g->nedges; i++)
        w->edges[next[g->edges[i].from]++] = i;
    for (uint32_t i = 0; i < g->nnodes; i++)
        qsort_r(w->edges + w->first[i], w->first[i + 1] - w->first[i],
                sizeof(*w->edges), by_choice, (void *)(uintptr_t)g);
}

void wbx_walk_begin(struct wbx_walk *w, const struct wbx_graph *g,
                    const struct wbx_event *events, bool coarse,
                    struct wbx_arena *a)
{
    bool leaks = can_leak(g);

    *w = (struct wbx_walk){ .g = g, .events = events, .coarse = coarse };
    w->quiet = wbx_arena_alloc(a, g->nedges + 1);
    w->first = wbx_arena_alloc(a, (g->nnodes + 2) * sizeof(*w->first));
    w->edges = wbx_arena_alloc(a, (g->nedges + 1) * sizeof(*w->edges));
    w->stamp = wbx_arena_alloc(a, (g->nnodes + 1) * sizeof(*w->stamp));
    w->path = wbx_arena_alloc(a, (g->nnodes + 1) * sizeof(*w->path));
    for (uint32_t i = 0; i < g->nedges; i++)
        w->quiet[i] = is_housekeeping(g->edges[i].step.op, leaks);
    hush_private(w, a);
    sort_edges(w, a);
}

/* Does somebody wait whom a reader should see waiting? */
static bool keeps_waiting(const struct wbx_graph_node *n)
{
    for (uint32_t i = 0; i < n->nthreads; i++)
        if (n->threads[i].state == WBX_BLOCKED && n->threads[i].op != WBX_JOIN)
            return true;
    return false;
}

/* The edge that is taken from node without asking; -1: there is a choice. */
static int64_t forced(const struct wbx_walk *w, uint32_t node)
{
    uint32_t from = w->first[node], to = w->first[node + 1];

    for (uint32_t i = from; i < to; i++)
        if (w->quiet[w->edges[i]])
            return w->edges[i];
    if (to - from != 1 ||
        (keeps_waiting(&w->g->nodes[node]) && !is_free(w, w->edges[from])))
        return -1;
    return w->edges[from];
}

uint32_t wbx_walk_on(struct wbx_walk *w, uint32_t node)
{
    w->now++;
    w->npath = 0;
    while (w->stamp[node] != w->now) {
        int64_t edge = forced(w, node);

        if (edge < 0)
            break;
        w->stamp[node] = w->now;
        if (!w->quiet[edge])
            w->path[w->npath++] = (uint32_t)edge;
        node = w->g->edges[edge].to;
    }
    return node;
}

static bool race(const struct wbx_step *a, const struct wbx_step *b)
{
    return a->thread != b->thread && a->op <= WBX_ATOMIC_CAS &&
           b->op <= WBX_ATOMIC_CAS && (is_write(a->op) || is_write(b->op)) &&
           (a->op <= WBX_WRITE || b->op <= WBX_WRITE) &&
           a->address < b->address + b->size &&
           b->address < a->address + a->size;
}

bool wbx_walk_race(const struct wbx_walk *w, uint32_t node,
                   const struct wbx_graph_edge *pair[2])
{
    for (uint32_t i = w->first[node]; i < w->first[node + 1]; i++)
        for (uint32_t k = w->first[node]; k < i; k++) {
            pair[0] = &w->g->edges[w->edges[k]];
            pair[1] = &w->g->edges[w->edges[i]];
            if (race(&pair[0]->step, &pair[1]->step))
                return true;
        }
    return false;
}
