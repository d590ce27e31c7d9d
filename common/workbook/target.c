/* Builds things with CMake. */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "text.h"

enum { BUILD_SECONDS = 600 };

static int build(struct wb_app *app, const char *target)
{
    const char *argv[] = { "cmake",    "--build", app->build,
                           "--target", target,    NULL };
    struct wb_subprocess_options opt = { .argv = argv, .cwd = app->root };
    struct wb_guard g;
    int code = WB_EXIT_CANNOT, rc = wb_guard_run(&g, &opt, BUILD_SECONDS);
    if (rc < 0) {
        wb_complain(&app->screen,
                    "cannot run cmake: %s; ./workbook doctor "
                    "says what is missing",
                    strerror(-rc));
    } else if (g.timed_out || g.result->outcome != WB_EXITED ||
               g.result->code != 0) {
        fwrite(g.result->out, 1, g.result->out_size, stderr);
        fwrite(g.result->err, 1, g.result->err_size, stderr);
        wb_complain(&app->screen,
                    "%s does not build; the messages above say "
                    "why",
                    target);
    } else {
        code = 0;
    }
    wb_guard_free(&g);
    return code;
}

int wb_target_build(struct wb_app *app, const char *target, const char *product)
{
    char ninja[PATH_MAX];
    wb_path(ninja, "%s/build.ninja", app->build);
    if (wb_file_exists(ninja))
        return build(app, target);
    if (wb_file_exists(product))
        return 0;
    wb_complain(&app->screen,
                "%s is not built and %s is not configured; run: cmake "
                "--preset dev",
                target, app->build);
    return WB_EXIT_CANNOT;
}

/* Unlike wb_subprocess, this leaves the child in our process group and on
 * our terminal: ctest and ninja are trusted, and Ctrl-C is meant for them. */
int wb_target_run(const char *const *argv, const char *cwd)
{
    pid_t pid;
    int status;
    fflush(stdout);
    pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0) {
        if (chdir(cwd) == 0)
            execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int wb_target_step(struct wb_app *app, const char *const *argv)
{
    int rc = wb_target_run(argv, app->root);
    if (rc == 0)
        return WB_EXIT_OK;
    if (rc > 0 && rc != 127)
        return WB_EXIT_FAULT;
    wb_complain(&app->screen,
                "cannot run %s; ./workbook doctor says what is missing",
                argv[0]);
    return WB_EXIT_CANNOT;
}

static int configure(struct wb_app *app)
{
    const char *argv[] = { "cmake",    "-S",       app->root, "-B",
                           app->build, "--preset", "dev",     NULL };
    char cache[PATH_MAX];
    wb_path(cache, "%s/CMakeCache.txt", app->build);
    return wb_file_exists(cache) ? 0 : wb_target_step(app, argv);
}

int wb_target_make(struct wb_app *app, const char *target)
{
    const char *argv[] = { "cmake",    "--build", app->build,
                           "--target", target,    NULL };
    int code = configure(app);
    if (code == 0)
        code = wb_target_step(app, argv);
    if (code == WB_EXIT_FAULT)
        wb_complain(&app->screen, "the build failed; the messages above say "
                                  "why");
    return code;
}
