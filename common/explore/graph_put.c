/* graph_put.c: the graph as JSON; its keys are described in explore.md. */
#include "graph_put.h"

#include <stdlib.h>
#include <string.h>

#include "graph_fold.h"
#include "graph_walk.h"
#include "record.h"
#include "report.h"
#include "trace_put.h"

/* Nodes: somebody has to find a way through them, and a page to hold them. */
enum { MOST_FINE = 400, MOST_COARSE = 2000 };

struct drawing {
    FILE *out;
    struct wbx_naming naming;
    const struct wbx_graph *g;
    struct wbx_event *events;
    struct wbx_walk walk;
    struct label { /* one for each edge: its step as JSON */
        const char *text;
        uint32_t same_as; /* the first edge with this text */
        uint32_t number;  /* of that edge, in the order used; 0: not yet */
    } * labels;
    uint32_t *used; /* edges whose labels are to be written, in that order */
    uint32_t nused;
    uint32_t *number; /* of each node, in the order written; 0: none yet */
    uint32_t *queue;  /* nodes in that order */
    uint32_t nqueue;

    uint32_t *to; /* the numbers of the nodes that follow each, while looking */
    uint32_t nto;
    uint32_t *place; /* of each number: where it is written; NULL: looking */
};

static uint32_t number_of(struct drawing *d, uint32_t node)
{
    if (d->number[node] == 0) {
        d->queue[d->nqueue++] = node;
        d->number[node] = d->nqueue;
    }
    return d->number[node] - 1;
}

static void put_label(struct drawing *d, uint32_t edge)
{
    const struct wbx_event *e = &d->events[edge];
    FILE *out = d->out;

    fprintf(out, "{\"thread\":%d", e->thread);
    if (e->file != NULL)
        wb_put_key(out, "file", wbx_source_base(e->file));
    if (e->line > 0)
        fprintf(out, ",\"line\":%d", e->line);
    wb_put_key(out, "op", e->op);
    if (e->object != NULL)
        wb_put_key(out, "object", e->object);
    if (e->object2 != NULL)
        wb_put_key(out, "object2", e->object2);
    if (e->has_values) {
        wb_put_key(out, "before", e->before_text);
        wb_put_key(out, "after", e->after_text);
    }
    if (e->failed)
        fputs(",\"failed\":true", out);
    putc('}', out);
}

/* What put() writes of that edge or node. */
static const char *text_of(struct drawing *d,
                           void (*put)(struct drawing *, uint32_t), uint32_t n)
{
    FILE *out = d->out;
    char *text = NULL;
    size_t size = 0;
    const char *kept;

    d->out = open_memstream(&text, &size);
    if (d->out == NULL)
        abort();
    put(d, n);
    fclose(d->out);
    d->out = out;
    kept = wbx_arena_copy(d->naming.arena, text, size);
    free(text);
    return kept;
}

static int by_text(const void *a, const void *b, void *labels)
{
    const struct label *all = labels;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(all[x].text, all[y].text);

    return order != 0 ? order : (x > y) - (x < y);
}

/* Many edges are the same step from another state: it is written once. */
static void make_labels(struct drawing *d)
{
    uint32_t n = d->g->nedges;
    uint32_t *order =
        wbx_arena_alloc(d->naming.arena, (n + 1) * sizeof(*order));

    d->labels = wbx_arena_alloc(d->naming.arena, (n + 1) * sizeof(*d->labels));
    d->used = wbx_arena_alloc(d->naming.arena, (n + 1) * sizeof(*d->used));
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i;
        d->labels[i].text = text_of(d, put_label, i);
    }
    qsort_r(order, n, sizeof(*order), by_text, d->labels);
    for (uint32_t i = 0; i < n; i++) {
        struct label *l = &d->labels[order[i]];

        l->same_as = order[i];
        if (i > 0 && strcmp(l->text, d->labels[order[i - 1]].text) == 0)
            l->same_as = d->labels[order[i - 1]].same_as;
    }
}

static void put_step(struct drawing *d, uint32_t edge)
{
    struct label *l = &d->labels[d->labels[edge].same_as];

    if (l->number == 0) {
        d->used[d->nused++] = edge;
        l->number = d->nused;
    }
    fprintf(d->out, "%u", l->number - 1);
}

/* What is told of a node that follows. */
static uint32_t place_of(struct drawing *d, uint32_t node)
{
    uint32_t number = number_of(d, node);

    if (d->place != NULL)
        return d->place[number];
    d->to[d->nto++] = number;
    return 0;
}

/* The edge first, if there is one, then the steps of the walk from node on,
 * and where it ends. */
static void put_walk(struct drawing *d, const uint32_t *first, uint32_t node)
{
    uint32_t end = wbx_walk_on(&d->walk, node);

    fputs("\"steps\":[", d->out);
    if (first != NULL)
        put_step(d, *first);
    for (uint32_t i = 0; i < d->walk.npath; i++) {
        if (first != NULL || i > 0)
            putc(',', d->out);
        put_step(d, d->walk.path[i]);
    }
    fprintf(d->out, "],\"to\":%u", place_of(d, end));
}

static void put_moves(struct drawing *d, uint32_t node)
{
    const struct wbx_walk *w = &d->walk;

    fputs("{\"moves\":[", d->out);
    for (uint32_t i = w->first[node]; i < w->first[node + 1]; i++) {
        const struct wbx_graph_edge *e = &d->g->edges[w->edges[i]];

        fprintf(d->out, "%s{\"thread\":%u,\"outcome\":%u,",
                i > w->first[node] ? "," : "", e->step.thread, e->step.outcome);
        put_walk(d, &w->edges[i], e->to);
        putc('}', d->out);
    }
    putc(']', d->out);
}

static void put_blocked(struct drawing *d, int thread,
                        const struct wbx_graph_thread *t)
{
    const struct wbx_thread_end end = { .pc = t->pc,
                                        .address = t->address,
                                        .op = t->op,
                                        .state = WBX_BLOCKED,
                                        .waits_for = t->waits_for };
    struct wbx_thread b = { .name = NULL };

    wbx_record_thread(&d->naming, thread, &end, &b);
    fprintf(d->out, "{\"thread\":%d", thread);
    wb_put_key(d->out, "op", b.blocked_op);
    wb_put_key(d->out, "object", b.blocked_object);
    if (b.file != NULL)
        wb_put_key(d->out, "file", wbx_source_base(b.file));
    if (b.line > 0)
        fprintf(d->out, ",\"line\":%d", b.line);
    if (b.waits_for >= 0)
        fprintf(d->out, ",\"waits_for\":%d", b.waits_for);
    putc('}', d->out);
}

static void put_threads(struct drawing *d, const struct wbx_graph_node *n)
{
    const char *comma = "";

    fputs(",\"blocked\":[", d->out);
    for (uint32_t i = 0; i < n->nthreads; i++)
        if (n->threads[i].state == WBX_BLOCKED) {
            fputs(comma, d->out);
            put_blocked(d, (int)i, &n->threads[i]);
            comma = ",";
        }
    fputs("],\"ended\":[", d->out);
    comma = "";
    for (uint32_t i = 0; i < n->nthreads; i++)
        if (n->threads[i].state == WBX_ENDED) {
            fprintf(d->out, "%s%u", comma, i);
            comma = ",";
        }
    putc(']', d->out);
}

static void put_node(struct drawing *d, uint32_t node)
{
    const struct wbx_graph_node *n = &d->g->nodes[node];
    const struct wbx_graph_edge *pair[2];

    put_moves(d, node);
    put_threads(d, n);
    if (wbx_walk_race(&d->walk, node, pair)) {
        fprintf(d->out, ",\"race\":{\"threads\":[%u,%u]", pair[0]->step.thread,
                pair[1]->step.thread);
        wb_put_key(d->out, "object", d->events[pair[0] - d->g->edges].object);
        putc('}', d->out);
    }
    if (n->end != 0) {
        const struct wbx_graph_end *e = &d->g->ends[n->end - 1];

        fputs(",\"end\":{\"verdict\":", d->out);
        wb_put_string(d->out, wb_verdict_name(e->verdict));
        wb_put_key(d->out, "text", e->text);
        putc('}', d->out);
    }
    putc('}', d->out);
}

static void put_header(struct drawing *d, const struct wbx_options *opt)
{
    fputs("{\"program\":", d->out);
    wb_put_string(d->out, wbx_source_base(opt->files[0]));
    fputs(",\"threads\":[", d->out);
    for (uint32_t i = 0; i < d->g->nthreads; i++) {
        fputs(i > 0 ? ",{\"name\":" : "{\"name\":", d->out);
        wb_put_string(d->out, wbx_name_thread(&d->naming, (int)i));
        wb_put_key(
            d->out, "entry",
            i == 0 ? "main"
                   : wbx_symbols_function(d->naming.symbols, d->g->entries[i]));
        putc('}', d->out);
    }
    fprintf(d->out, "],\"coarse\":%s,\"start\":{",
            d->walk.coarse ? "true" : "false");
    put_walk(d, NULL, 0);
    fputs("},\"nodes\":[", d->out);
}

/* Number all nodes that can be reached, and find those that look the same.
 * @return how many places there are */
static uint32_t look(struct drawing *d, struct wbx_arena *a)
{
    uint32_t n = d->g->nnodes + 1, *place, places;
    const char **seen = wbx_arena_alloc(a, n * sizeof(*seen));
    uint32_t *first = wbx_arena_alloc(a, (n + 1) * sizeof(*first));
    struct wbx_fold fold = { .seen = seen, .first = first };

    place = wbx_arena_alloc(a, n * sizeof(*place));
    number_of(d, wbx_walk_on(&d->walk, 0));
    for (uint32_t i = 0; i < d->nqueue; i++) {
        first[i] = d->nto;
        seen[i] = text_of(d, put_node, d->queue[i]);
    }
    first[d->nqueue] = d->nto;
    fold.n = d->nqueue;
    fold.to = d->to;
    places = wbx_fold(&fold, place, a);
    d->place = place;
    return places;
}

static void write_all(struct drawing *d, const struct wbx_options *opt)
{
    uint32_t written = 0;

    put_header(d, opt);
    for (uint32_t i = 0; i < d->nqueue; i++) {
        if (d->place[i] < written)
            continue;
        if (written++ > 0)
            putc(',', d->out);
        put_node(d, d->queue[i]);
    }
    fputs("],\"steps\":[", d->out);
    for (uint32_t i = 0; i < d->nused; i++)
        fprintf(d->out, "%s%s", i > 0 ? "," : "", d->labels[d->used[i]].text);
    fputs("]}\n", d->out);
}

bool wbx_graph_put(const struct wbx_graph *g, const struct wbx_options *opt,
                   const struct wbx_naming *naming, FILE *out)
{
    struct wbx_arena *a = naming->arena;
    struct drawing d = { .g = g, .naming = *naming, .out = out };
    bool coarse = opt->map == WBX_MAP_COARSE;

    d.events = wbx_arena_alloc(a, (g->nedges + 1) * sizeof(*d.events));
    d.number = wbx_arena_alloc(a, (g->nnodes + 1) * sizeof(*d.number));
    d.queue = wbx_arena_alloc(a, (g->nnodes + 1) * sizeof(*d.queue));
    d.to = wbx_arena_alloc(a, (g->nedges + 1) * sizeof(*d.to));
    for (uint32_t i = 0; i < g->nedges; i++)
        wbx_record_event(&d.naming, &g->edges[i].step, &d.events[i]);
    wbx_walk_begin(&d.walk, g, d.events, coarse, a);
    make_labels(&d);
    if (look(&d, a) > (coarse ? MOST_COARSE : MOST_FINE))
        return false;
    write_all(&d, opt);
    return true;
}
