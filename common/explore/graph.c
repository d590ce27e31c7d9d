/* graph.c: the graph as JSON; its keys are described in explore.md. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "graph_walk.h"
#include "record.h"
#include "report.h"
#include "run.h"
#include "trace_put.h"

enum { MOST_SHOWN = 6000 }; /* nodes: a page has to hold them */

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
};

static uint32_t number_of(struct drawing *d, uint32_t node)
{
    if (d->number[node] == 0) {
        d->queue[d->nqueue++] = node;
        d->number[node] = d->nqueue;
    }
    return d->number[node] - 1;
}

static void put_label(FILE *out, const struct wbx_event *e)
{
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

static const char *label_of(struct drawing *d, uint32_t edge)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const char *kept;

    if (out == NULL)
        abort();
    put_label(out, &d->events[edge]);
    fclose(out);
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
        d->labels[i].text = label_of(d, i);
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
    fprintf(d->out, "],\"to\":%u", number_of(d, end));
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
    fputs("],\"start\":{", d->out);
    put_walk(d, NULL, 0);
    fputs("},\"nodes\":[", d->out);
}

/* @return false when there are too many nodes for a page */
static bool draw(struct drawing *d, const struct wbx_options *opt)
{
    struct wbx_arena *a = d->naming.arena;

    d->events = wbx_arena_alloc(a, (d->g->nedges + 1) * sizeof(*d->events));
    d->number = wbx_arena_alloc(a, (d->g->nnodes + 1) * sizeof(*d->number));
    d->queue = wbx_arena_alloc(a, (d->g->nnodes + 1) * sizeof(*d->queue));
    for (uint32_t i = 0; i < d->g->nedges; i++)
        wbx_record_event(&d->naming, &d->g->edges[i].step, &d->events[i]);
    wbx_walk_begin(&d->walk, d->g, d->events, a);
    make_labels(d);
    put_header(d, opt);
    for (uint32_t i = 0; i < d->nqueue; i++) {
        if (i > 0)
            putc(',', d->out);
        put_node(d, d->queue[i]);
    }
    fputs("],\"steps\":[", d->out);
    for (uint32_t i = 0; i < d->nused; i++)
        fprintf(d->out, "%s%s", i > 0 ? "," : "", d->labels[d->used[i]].text);
    fputs("]}\n", d->out);
    return d->nqueue <= MOST_SHOWN;
}

static enum wbx_status cannot(struct wbx_report *rep, const char *message)
{
    rep->status = WBX_CANNOT;
    rep->message = message;
    return rep->status;
}

/* Into memory first: a graph that is too large is not written at all. */
static enum wbx_status write_graph(struct drawing *d,
                                   const struct wbx_options *opt, FILE *out,
                                   struct wbx_report *rep)
{
    char *text = NULL;
    size_t size = 0;
    bool fits;

    d->out = open_memstream(&text, &size);
    if (d->out == NULL)
        return cannot(rep, "no memory for the graph");
    fits = draw(d, opt);
    if (fclose(d->out) != 0)
        fits = false;
    if (fits)
        fwrite(text, 1, size, out);
    free(text);
    if (!fits)
        return cannot(rep, "the graph has too many states to be shown: take a "
                           "smaller case (fewer threads, rounds or items)");
    return WBX_CLEAN;
}

static enum wbx_status read_run(const struct wbx_options *opt,
                                const struct wbx_program *program,
                                const struct wbx_run *run, FILE *out,
                                struct wbx_report *rep)
{
    const struct wbx_shared *s = run->shared;
    struct wbx_sources sources = { .arena = rep->owner,
                                   .files = opt->files,
                                   .nfiles = opt->nfiles };
    struct drawing d = { .g = &s->graph,
                         .naming = { .arena = rep->owner,
                                     .sources = &sources,
                                     .record = &s->failures[0] } };
    enum wbx_status status;

    if (run->end == WBX_RUN_ENDED && atomic_load(&s->state) == WBX_REFUSED)
        return cannot(rep, wbx_arena_copy(rep->owner, s->refusal,
                                          strnlen(s->refusal, WBX_TEXT)));
    if (run->end != WBX_RUN_ENDED || atomic_load(&s->state) != WBX_DONE)
        return cannot(rep, "the program ended in the middle of the search: "
                           "explore it without --graph to see how");
    d.naming.symbols = wbx_symbols_open(program->fd, rep->owner);
    status = write_graph(&d, opt, out, rep);
    wbx_symbols_close(d.naming.symbols);
    return status;
}

enum wbx_status wbx_graph_write(const struct wbx_options *opt, FILE *out,
                                struct wbx_report *rep)
{
    struct wbx_options quiet = *opt;
    struct wbx_program program;
    struct wbx_run run;

    *rep = (struct wbx_report){ .verdict = WB_CLEAN };
    rep->owner = wbx_report_arena();
    quiet.map = true;
    quiet.replay = NULL;
    if (wbx_build(&quiet, rep, rep->owner, &program) < 0)
        return rep->status;
    if (wbx_run(&quiet, &program, NULL, rep->owner, &run) < 0) {
        cannot(rep, "cannot start the program");
    } else {
        rep->status = read_run(&quiet, &program, &run, out, rep);
        wbx_run_close(&run);
    }
    close(program.fd);
    return rep->status;
}
