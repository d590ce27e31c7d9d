/* graph.c: the search that makes a graph, first with every step a choice. If
 * that is too large, only steps whose order matters are choices. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "graph_put.h"
#include "report.h"
#include "run.h"

enum made { MADE, TOO_LARGE, NOT_MADE };

static enum made cannot(struct wbx_report *rep, const char *message)
{
    rep->status = WBX_CANNOT;
    rep->message = message;
    return NOT_MADE;
}

/* Into memory first: a graph that is too large is not written at all. */
static enum made write_graph(const struct wbx_graph *g,
                             const struct wbx_options *opt,
                             const struct wbx_naming *naming, FILE *out,
                             struct wbx_report *rep)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    enum made made;

    if (memory == NULL)
        return cannot(rep, "no memory for the graph");
    made = wbx_graph_put(g, opt, naming, memory) ? MADE : TOO_LARGE;
    if (fclose(memory) != 0)
        made = cannot(rep, "no memory for the graph");
    if (made == MADE)
        fwrite(text, 1, size, out);
    free(text);
    return made;
}

static enum made read_run(const struct wbx_options *opt,
                          const struct wbx_program *program,
                          const struct wbx_run *run, FILE *out,
                          struct wbx_report *rep)
{
    const struct wbx_shared *s = run->shared;
    struct wbx_sources sources = { .arena = rep->owner,
                                   .files = opt->files,
                                   .nfiles = opt->nfiles };
    struct wbx_naming naming = { .arena = rep->owner,
                                 .sources = &sources,
                                 .record = &s->failures[0] };
    enum made made;

    if (run->end == WBX_RUN_ENDED && s->graph.full)
        return TOO_LARGE;
    if (run->end == WBX_RUN_ENDED && atomic_load(&s->state) == WBX_REFUSED)
        return cannot(rep, wbx_arena_copy(rep->owner, s->refusal,
                                          strnlen(s->refusal, WBX_TEXT)));
    if (run->end != WBX_RUN_ENDED || atomic_load(&s->state) != WBX_DONE)
        return cannot(rep, "the program ended in the middle of the search: "
                           "explore it without --graph to see how");
    naming.symbols = wbx_symbols_open(program->fd, rep->owner);
    made = write_graph(&s->graph, opt, &naming, out, rep);
    wbx_symbols_close(naming.symbols);
    return made;
}

static enum made make(const struct wbx_options *opt,
                      const struct wbx_program *program, FILE *out,
                      struct wbx_report *rep)
{
    struct wbx_run run;
    enum made made;

    if (wbx_run(opt, program, NULL, rep->owner, &run) < 0)
        return cannot(rep, "cannot start the program");
    made = read_run(opt, program, &run, out, rep);
    wbx_run_close(&run);
    return made;
}

enum wbx_status wbx_graph_write(const struct wbx_options *opt, FILE *out,
                                struct wbx_report *rep)
{
    struct wbx_options quiet = *opt;
    struct wbx_program program;
    enum made made = TOO_LARGE;

    *rep = (struct wbx_report){ .verdict = WB_CLEAN };
    rep->owner = wbx_report_arena();
    quiet.replay = NULL;
    if (wbx_build(&quiet, rep, rep->owner, &program) < 0)
        return rep->status;
    for (quiet.map = WBX_MAP_FINE;
         made == TOO_LARGE && quiet.map <= WBX_MAP_COARSE; quiet.map++)
        made = make(&quiet, &program, out, rep);
    if (made == TOO_LARGE)
        cannot(rep, "the graph has too many states to be shown: take a "
                    "smaller case (fewer threads, rounds or items)");
    close(program.fd);
    return rep->status;
}
