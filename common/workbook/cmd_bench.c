/* workbook bench: builds the benchmark with optimisation, in a directory of
 * its own beside the build, and becomes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "guard.h"
#include "target.h"
#include "text.h"

enum { CONFIGURE_SECONDS = 300 };

static int configure(struct wb_app *app)
{
    const char *argv[] = { "cmake",    "-G",
                           "Ninja",    "-S",
                           app->root,  "-B",
                           app->build, "-DCMAKE_BUILD_TYPE=Release",
                           NULL };
    struct wb_subprocess_options opt = { .argv = argv, .cwd = app->root };
    struct wb_guard g;
    char ninja[PATH_MAX];
    wb_path(ninja, "%s/build.ninja", app->build);
    if (wb_file_exists(ninja))
        return 0;
    wb_say(&app->screen, "building the benchmark, once...\n");
    fflush(stdout);
    int rc = wb_guard_run(&g, &opt, CONFIGURE_SECONDS);
    bool done = rc == 0 && !g.timed_out && g.result->outcome == WB_EXITED &&
                g.result->code == 0;
    if (rc == 0 && !done)
        fwrite(g.result->err, 1, g.result->err_size, stderr);
    if (!done)
        wb_complain(&app->screen,
                    "%s cannot be configured; ./workbook doctor says what is "
                    "missing",
                    app->build);
    wb_guard_free(&g);
    return done ? 0 : WB_EXIT_CANNOT;
}

/* The benchmark's own exit status: 0, 1, 2 and 4 mean what they do here. */
static int become(struct wb_app *app, int argc, char **argv)
{
    char program[PATH_MAX];
    wb_path(program, "%s/tests/bench/bench", app->build);
    const char **words = calloc((size_t)argc + 1, sizeof *words);
    int code =
        words == NULL ? WB_EXIT_CANNOT : wb_target_build(app, "bench", program);
    if (code == 0) {
        memcpy(words, argv, (size_t)argc * sizeof *words);
        words[0] = program;
        code = wb_target_run(words, app->root);
    }
    free(words);
    return code < 0 ? WB_EXIT_CANNOT : code;
}

int wb_cmd_bench(struct wb_app *app, int argc, char **argv)
{
    struct wb_app release = *app;
    wb_path(release.build, "%s-release", app->build);
    int code = configure(&release);
    return code == 0 ? become(&release, argc, argv) : code;
}
