/* workbook run, diff: see the two programs of a chapter, and compare them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"
#include "guard.h"
#include "target.h"
#include "text.h"

enum { RUN_SECONDS = 30, RUN_OUTPUT_MAX = 16 << 20, RUN_PROCESSES_MAX = 500 };

static int run_seconds(void)
{
    const char *own = getenv("WB_RUN_SECONDS");
    return own != NULL && atoi(own) > 0 ? atoi(own) : RUN_SECONDS;
}

/* On a terminal the program writes there itself, so that its lines come as
 * it prints them; else they are captured and passed on at the end. */
static const char *terminal(int fd, char name[PATH_MAX])
{
    return ttyname_r(fd, name, PATH_MAX) == 0 ? name : NULL;
}

static int report_end(struct wb_app *app, const char *name,
                      const struct wb_guard *g)
{
    const struct wb_subprocess_result *r = g->result;
    const struct wb_screen *s = &app->screen;
    const char *red = wb_red(s), *plain = wb_plain(s);
    fwrite(r->out, 1, r->out_size, stdout);
    fflush(stdout);
    fwrite(r->err, 1, r->err_size, stderr);
    if (g->timed_out) {
        if (g->for_ever)
            wb_say(s,
                   "\n%s%s: stuck for ever, and stopped%s; its threads were:\n",
                   red, name, plain);
        else
            wb_say(s, "\n%s%s: stopped after %d s%s; its threads were:\n", red,
                   name, run_seconds(), plain);
        wb_say_indented(s, 2, g->stuck);
        return WB_EXIT_FAULT;
    }
    if (r->outcome == WB_EXITED) {
        wb_say(s, "\n%s: exit status %d\n", name, r->code);
        return r->code == 0 ? WB_EXIT_OK : WB_EXIT_FAULT;
    }
    if (r->outcome == WB_SIGNALED)
        wb_say(s, "\n%s%s: killed by signal %d (%s)%s\n", red, name, r->code,
               strsignal(r->code), plain);
    else
        wb_say(s, "\n%s%s: stopped%s: %s\n", red, name, plain, r->message);
    return WB_EXIT_FAULT;
}

static int run(struct wb_app *app, const char *name, char **argv)
{
    char out[PATH_MAX], err[PATH_MAX];
    struct wb_subprocess_options opt = {
        .argv = (const char *const *)argv,
        .cwd = app->root,
        .out_path = terminal(STDOUT_FILENO, out),
        .err_path = terminal(STDERR_FILENO, err),
        .output_max = RUN_OUTPUT_MAX,
        .processes_max = RUN_PROCESSES_MAX,
        .sweep = true,
    };
    struct wb_guard g;
    int code = WB_EXIT_CANNOT;
    fflush(stdout);
    int rc = wb_guard_run_until_stuck(&g, &opt, run_seconds());
    if (rc < 0)
        wb_complain(&app->screen, "cannot run %s: %s", argv[0], strerror(-rc));
    else
        code = report_end(app, name, &g);
    wb_guard_free(&g);
    return code;
}

/* The program runs at the root; a file for its trace is meant from here. */
static void find_trace(char **argv, char path[PATH_MAX])
{
    char from[PATH_MAX];
    for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
        bool joined = strncmp(*argv, "--trace=", 8) == 0;
        const char *file = joined ? *argv + 8 : argv[1];
        if (!joined && strcmp(*argv, "--trace") != 0)
            continue;
        if (file == NULL || file[0] == '/' || file[0] == '\0' ||
            getcwd(from, sizeof from) == NULL)
            return;
        wb_path(path, "%s%s/%s", joined ? "--trace=" : "", from, file);
        argv[joined ? 0 : 1] = path;
        return;
    }
}

static int run_program(struct wb_app *app, const struct wb_chapter *c,
                       char **argv)
{
    char program[PATH_MAX], trace[PATH_MAX], name[2 * WB_CHAPTER_NAME];
    if (!wb_chapter_has_program(c, argv[0]))
        return wb_usage(app, "run", "%s has no program %s", c->name, argv[0]);
    snprintf(name, sizeof name, "%s.%s", c->name, argv[0]);
    wb_path(program, "%s/chapters/%s/%s", app->build, c->name, argv[0]);
    int code = wb_target_build(app, name, program);
    argv[0] = program;
    find_trace(argv + 1, trace);
    return code == 0 ? run(app, name, argv) : code;
}

int wb_cmd_run(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    if (argc < 3)
        return wb_usage(app, "run", "which program of which chapter?");
    int code = wb_desk_enter(&d, app, 2, argv, false);
    if (code == 0)
        code = run_program(app, d.chapter, argv + 2);
    wb_desk_leave(&d);
    return code;
}

static const char *line_colour(const struct wb_screen *s, const char *line)
{
    if (line[0] == '+')
        return wb_green(s);
    if (line[0] == '-')
        return wb_red(s);
    return line[0] == '@' ? wb_dim(s) : "";
}

static void show_diff(struct wb_app *app, const char *text)
{
    const struct wb_screen *s = &app->screen;
    while (*text != '\0') {
        int n = (int)strcspn(text, "\n");
        const char *colour = line_colour(s, text);
        wb_say(s, "%s%.*s%s\n", colour, n, text, *colour ? wb_plain(s) : "");
        text += n + (text[n] == '\n');
    }
}

static int diff(struct wb_app *app, const struct wb_chapter *c)
{
    static const char marker[] =
        "^ */\\* \\(region\\|endregion\\|label\\): .* \\*/$";
    const char *argv[] = { "diff",    "-u",     "-I",      marker,
                           "--label", "bad.c",  "--label", "good.c",
                           "bad.c",   "good.c", NULL };
    struct wb_subprocess_options opt = { .argv = argv, .cwd = c->dir };
    struct wb_guard g;
    int code = WB_EXIT_CANNOT, rc = wb_guard_run(&g, &opt, RUN_SECONDS);
    if (rc == -ENOENT)
        wb_complain(&app->screen, "diff(1) is missing: ./workbook doctor");
    else if (rc < 0)
        wb_complain(&app->screen, "cannot run diff: %s", strerror(-rc));
    else if (g.result->outcome != WB_EXITED || g.result->code > 1)
        wb_complain(&app->screen, "%s", g.result->message);
    else {
        show_diff(app, g.result->out);
        code = WB_EXIT_OK;
    }
    wb_guard_free(&g);
    return code;
}

int wb_cmd_diff(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    int code = wb_desk_enter(&d, app, argc, argv, false);
    if (code == 0)
        code = diff(app, d.chapter);
    wb_desk_leave(&d);
    return code;
}
