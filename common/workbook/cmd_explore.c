/* workbook explore, replay: the schedule explorer's command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore.h"
#include "explore_args.h"
#include "follow.h"
#include "graph.h"
#include "replays.h"
#include "text.h"
#include "trace_file.h"
#include "wb/base.h"

static void show_progress(void *arg, uint64_t executions)
{
    (void)arg;
    fprintf(stderr, "\r%llu executions... ", (unsigned long long)executions);
}

static void clear_progress(void)
{
    fputs("\r\033[K", stderr);
}

static int refuse_file(struct wb_app *app, const char *what, const char *shown,
                       int rc)
{
    wb_complain(&app->screen,
                "cannot write the %s to %s: %s: give --%s another file", what,
                shown, strerror(-rc), what);
    return WB_EXIT_USAGE;
}

/* @return code, or WB_EXIT_USAGE when there is a trace and it is lost */
static int write_trace(struct wb_app *app, const struct wb_explore_args *a,
                       const struct wbx_report *report, int code)
{
    if (a->trace_shown == NULL)
        return code;
    fflush(stdout);
    if (report->nfailures == 0) {
        fprintf(stderr, "trace: no failing schedule, nothing written to %s\n",
                a->trace_shown);
        return code;
    }
    int rc = wb_trace_file_write(a->trace, &report->failures[0]);
    if (rc < 0)
        return refuse_file(app, "trace", a->trace_shown, rc);
    fprintf(stderr, "trace: %s (ui.perfetto.dev draws it)\n", a->trace_shown);
    return code;
}

static struct wbx_options options_of(const struct wb_explore_args *a)
{
    return (struct wbx_options){
        .files = a->files.items,
        .nfiles = a->files.count,
        .cflags = a->cflags.items,
        .ncflags = a->cflags.count,
        .args = a->args.items,
        .nargs = a->args.count,
        .shown_as = a->shown_as[0] != '\0' ? a->shown_as : NULL,
        .replay = a->replay,
        .budget = a->budget,
        .bound = a->bound,
        .all = a->all,
    };
}

/* A search may take minutes: wrong names are told before. */
static int check_files(struct wb_app *app, const struct wb_explore_args *a)
{
    int rc = a->trace_shown != NULL ? wb_trace_file_check(a->trace) : 0;
    if (rc < 0)
        return refuse_file(app, "trace", a->trace_shown, rc);
    rc = a->graph_shown != NULL ? wb_trace_file_check(a->graph) : 0;
    if (rc < 0)
        return refuse_file(app, "graph", a->graph_shown, rc);
    return 0;
}

/* @return code, or another when there is no graph */
static int write_graph(struct wb_app *app, const struct wb_explore_args *a,
                       int code)
{
    struct wbx_options opt = options_of(a);
    struct wbx_report report;
    char *text = NULL;
    size_t size = 0;
    if (a->graph_shown == NULL || code == WB_EXIT_USAGE ||
        code == WB_EXIT_CANNOT)
        return code;
    fflush(stdout);
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        abort();
    enum wbx_status status = wbx_graph_write(&opt, memory, &report);
    fclose(memory);
    if (status != WBX_CLEAN) {
        wb_complain(&app->screen, "no graph: %s", report.message);
        code = WB_EXIT_CANNOT;
    } else {
        int rc = wb_trace_file_put(a->graph, text, size);
        if (rc < 0)
            code = refuse_file(app, "graph", a->graph_shown, rc);
    }
    free(text);
    wbx_report_free(&report);
    return code;
}

static struct wbx_style style_of(const struct wb_app *app)
{
    return (struct wbx_style){ .colour = app->screen.colour,
                               .ascii = app->screen.ascii,
                               .width = app->screen.width };
}

static int explore(struct wb_app *app, const struct wb_explore_args *a,
                   const struct wb_explore_args *good, char **token)
{
    struct wbx_options opt = options_of(a);
    struct wbx_style style = style_of(app);
    struct wbx_report report;
    int refused = check_files(app, a);
    if (refused != 0)
        return refused;
    bool live = !a->json && isatty(STDERR_FILENO) && app->screen.colour;
    if (live)
        opt.progress = show_progress;
    enum wbx_status status = wbx_explore(&opt, &report);
    if (live)
        clear_progress();
    if (good != NULL) {
        struct wbx_options right = options_of(good);
        wbx_follow(&right, &report);
    }
    bool told = status == WBX_USAGE || status == WBX_CANNOT;
    if (a->json)
        wbx_print_json(stdout, &report);
    else
        wbx_print(told ? stderr : stdout, &report, &style);
    if (report.nfailures > 0 && report.failures[0].replay != NULL)
        *token = strdup(report.failures[0].replay);
    int code = write_trace(app, a, &report, (int)status);
    code = write_graph(app, a, code);
    wbx_report_free(&report);
    return code;
}

static int finish(struct wb_app *app, struct wb_explore_args *a,
                  const struct wb_explore_args *good, int code, char **token)
{
    if (code == 0)
        code = explore(app, a, good, token);
    else if (a->refusal[0] != '\0')
        wb_complain(&app->screen, "%s", a->refusal);
    wb_explore_args_free(a);
    return code;
}

/* The chapter's good program, searched with the same words, and how far that
 * reaches: what bad gets wrong can be got right. Nothing is said where good
 * cannot be explored. */
static void show_good(struct wb_app *app, const struct wb_explore_args *a)
{
    enum { BUDGET = 50000 }; /* executions: this is an aside */
    struct wbx_options opt = options_of(a);
    struct wbx_style style = style_of(app);
    struct wbx_report report;
    opt.budget = a->budget != 0 ? a->budget : BUDGET;
    enum wbx_status status = wbx_explore(&opt, &report);
    if (status == WBX_FAULT) {
        printf("\nThe good program fails as well: %s\n", a->shown_as);
    } else if (status == WBX_CLEAN || status == WBX_NOT_EXHAUSTIVE) {
        fputs("\nThe good program, explored in the same way, is\n", stdout);
        wbx_print(stdout, &report, &style);
    }
    wbx_report_free(&report);
}

/* @return whether text ends with end */
static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* For "explore N bad": the same words with good in its place. @return whether
 * there is such a program; free *good whatever is returned. */
static bool find_good(struct wb_app *app, int argc, char **argv,
                      struct wb_explore_args *good)
{
    static char word[] = "good";
    char **words = wb_alloc((size_t)argc + 1, sizeof *words);
    memcpy(words, argv, (size_t)argc * sizeof *words);
    for (int i = 1; i < argc && strcmp(words[i], "--") != 0; i++) {
        if (strcmp(words[i], "bad") == 0)
            words[i] = word;
    }
    bool found = wb_explore_args_parse(good, app, argc, words) == 0 &&
                 ends_with(good->shown_as, " good");
    free(words);
    return found;
}

int wb_cmd_explore(struct wb_app *app, int argc, char **argv)
{
    struct wb_explore_args a = { 0 }, good = { 0 };
    char *token = NULL, from[PATH_MAX];
    if (getcwd(from, sizeof from) == NULL)
        from[0] = '\0';
    int code = wb_explore_args_parse(&a, app, argc, argv);
    bool replayed = a.replay != NULL;
    bool compare = code == 0 && !replayed && ends_with(a.shown_as, " bad") &&
                   find_good(app, argc, argv, &good);
    bool json = a.json;
    code = finish(app, &a, compare ? &good : NULL, code, &token);
    if (code == WB_EXIT_FAULT && compare && !json)
        show_good(app, &good);
    wb_explore_args_free(&good);
    /* The memory is a convenience: the report names the whole command. */
    if (token != NULL && !replayed)
        wb_replay_keep(app, token, from, argc, argv);
    free(token);
    return code;
}

static int replay_words(struct wb_app *app, const char *token, bool traced,
                        int argc, char **argv)
{
    struct wb_explore_args a = { 0 };
    char *again = NULL;
    int code = wb_explore_args_parse(&a, app, argc, argv);
    a.replay = token;
    if (!traced)
        a.trace_shown = NULL;
    code = finish(app, &a, NULL, code, &again);
    free(again);
    return code;
}

static int replay_remembered(struct wb_app *app, const char *token)
{
    struct wb_replay r;
    int code = WB_EXIT_USAGE;
    if (wb_replay_find(app, token, &r) < 0)
        wb_complain(&app->screen,
                    "that token was not made here: name its program as well, "
                    "./workbook replay TOKEN FILE.c...");
    else if (chdir(r.dir) < 0)
        wb_complain(&app->screen, "cannot enter %s: %s", r.dir,
                    strerror(errno));
    else
        /* Only a --trace of today is meant. */
        code = replay_words(app, token, false, r.argc, r.argv);
    wb_replay_free(&r);
    return code;
}

int wb_cmd_replay(struct wb_app *app, int argc, char **argv)
{
    if (argc < 2)
        return wb_usage(app, "replay", "which token?");
    const char *token = argv[1];
    if (argc == 2)
        return replay_remembered(app, token);
    argv[1] = argv[0];
    return replay_words(app, token, true, argc - 1, argv + 1);
}
