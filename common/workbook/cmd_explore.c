/* workbook explore, replay: the schedule explorer's command line. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore.h"
#include "explore_args.h"
#include "text.h"

static void show_progress(void *arg, uint64_t traces)
{
    (void)arg;
    fprintf(stderr, "\r%llu interleavings... ", (unsigned long long)traces);
}

static void clear_progress(void)
{
    fputs("\r\033[K", stderr);
}

static int explore(struct wb_app *app, const struct wb_explore_args *a)
{
    struct wbx_options opt = {
        .files = a->files.items,
        .nfiles = a->files.count,
        .cflags = a->cflags.items,
        .ncflags = a->cflags.count,
        .args = a->args.items,
        .nargs = a->args.count,
        .replay = a->replay,
        .budget = a->budget,
        .bound = a->bound,
        .all = a->all,
    };
    struct wbx_style style = { .colour = app->screen.colour,
                               .ascii = app->screen.ascii };
    struct wbx_report report;
    bool live = !a->json && isatty(STDERR_FILENO) && app->screen.colour;
    if (live)
        opt.progress = show_progress;
    enum wbx_status status = wbx_explore(&opt, &report);
    if (live)
        clear_progress();
    bool told = status == WBX_USAGE || status == WBX_CANNOT;
    if (a->json)
        wbx_print_json(stdout, &report);
    else
        wbx_print(told ? stderr : stdout, &report, &style);
    wbx_report_free(&report);
    return (int)status;
}

static int finish(struct wb_app *app, struct wb_explore_args *a, int code)
{
    if (code == 0)
        code = explore(app, a);
    else if (a->refusal[0] != '\0')
        wb_complain(&app->screen, "%s", a->refusal);
    wb_explore_args_free(a);
    return code;
}

int wb_cmd_explore(struct wb_app *app, int argc, char **argv)
{
    struct wb_explore_args a = { 0 };
    return finish(app, &a, wb_explore_args_parse(&a, app, argc, argv));
}

int wb_cmd_replay(struct wb_app *app, int argc, char **argv)
{
    struct wb_explore_args a = { 0 };
    if (argc < 3)
        return wb_usage(app, "replay",
                        "which token, and of which program? Name both as "
                        "explore was given them");
    char *token = argv[1];
    argv[1] = argv[0];
    int code = wb_explore_args_parse(&a, app, argc - 1, argv + 1);
    a.replay = token;
    return finish(app, &a, code);
}
