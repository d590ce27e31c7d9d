/* workbook: the learner's command. This file knows the commands' names and
 * what they are for; each does its work in a file of its own. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "desk.h"
#include "text.h"

static const struct command {
    const char *name;
    wb_command_fn *run;
    const char *arguments, *purpose;
    const char *more; /* for `workbook NAME --help`; NULL when there is none */
} commands[] = {
    { "where", wb_cmd_where, "", "where you are and what to do next", NULL },
    { "list", wb_cmd_list, "[--json]", "all chapters and your progress",
      "--json prints {\"chapters\": [{\"number\", \"name\", \"title\",\n"
      "\"state\": \"new\"|\"started\"|\"passed\", \"checks\", \"last\": "
      "verdict "
      "or null,\n\"current\"}], \"passed\", \"total\"}." },
    { "start", wb_cmd_start, "N", "begin the exercise of chapter N",
      "Copies starter.c to exercise.c. A file that is there is left alone." },
    { "check", wb_cmd_check, "[N] [--json]", "judge your exercise",
      "Without N: the current chapter. --json prints {\"chapter\", "
      "\"number\",\n\"title\", \"file\", \"verdict\": \"clean\" or the kind, "
      "\"passed\", \"reason\",\n\"meaning\", \"detail\", \"proved\": [...], "
      "\"read\", \"section\", \"next\",\n\"seconds\"}; what does not apply is "
      "null. Exit status 0 passed, 1 failed." },
    { "hint", wb_cmd_hint, "[N]", "one more hint about the last failure",
      NULL },
    { "reset", wb_cmd_reset, "N", "put your exercise aside and start again",
      "Moves exercise.c to exercise.c.bak-1 (or -2, ...); deletes nothing." },
    { "run", wb_cmd_run, "N bad|good [ARGS...]", "run a chapter's program",
      "--trace FILE  show in FILE what its threads did (ui.perfetto.dev)\n"
      "A program that is stuck is stopped, after 30 s at most, and you see\n"
      "what in. WB_RUN_SECONDS in the environment changes the 30." },
    { "diff", wb_cmd_diff, "N", "how good.c differs from bad.c", NULL },
    { "explore", wb_cmd_explore,
      "N bad|good|exercise | FILE.c... [OPTIONS] [-- ARGS...]",
      "run every interleaving of a program",
      "--json         print one JSON object\n"
      "--all          go on after the first failure\n"
      "--budget N     run N executions at most\n"
      "--bound N      only up to N preemptions\n"
      "--replay TOKEN run that schedule again\n"
      "--trace FILE   write the failing schedule for ui.perfetto.dev\n"
      "--graph FILE   write all states of a small program, as JSON\n"
      "-DNAME -UNAME -IDIR  go to the compiler\n"
      "WB_EXPLORE_WORKERS=N in the environment: N processes share the search.\n"
      "Exit status: 0 clean, 1 a fault, 2 usage, 3 not exhaustive, 4 cannot." },
    { "replay", wb_cmd_replay, "TOKEN [N bad|good|exercise | FILE.c...]",
      "run one schedule of it again", NULL },
    { "solution", wb_cmd_solution, "N [--give-up]",
      "the reference solution, after a pass", NULL },
    { "book", wb_cmd_book, "[--mine [--again]]", "build the book",
      "--mine   your own copy of the pages: what programs print, and the "
      "figures,\n"
      "         are of this machine, and your progress stands in the contents\n"
      "         and at the head of each chapter. The book is left as it is.\n"
      "--again  run all programs again, also where nothing has changed" },
    { "test", wb_cmd_test, "[CTEST ARGS...]", "build all and run all tests",
      "As many at a time as there are processors; -j N: N at a time.\n"
      "-R NAME: those whose names hold NAME." },
    { "bench", wb_cmd_bench, "[--json FILE|-] [--only NAME] [--rounds N]",
      "how fast the library is, beside others",
      "Builds with optimisation, the first time. --only NAME: the rows whose\n"
      "name begins so. --json -: nothing but JSON. Peers that are not there\n"
      "are named and skipped. Exit status 0 all that is wanted is met, 1 "
      "not." },
    { "doctor", wb_cmd_doctor, "", "which tools are there, which are missing",
      NULL },
    { "judge", wb_cmd_judge,
      "NN_name FILE [--learner|--expect-rejection] [--json]",
      "judge any file (ctest uses this)",
      "--learner           exit 77 when the exercise was not attempted\n"
      "--expect-rejection  succeed only if FILE fails as its head comment\n"
      "                    declares:  rejected: KIND|KIND \"text of reason\"" },
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

int wb_usage(struct wb_app *app, const char *command, const char *fmt, ...)
{
    const struct command *c = find_command(command);
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    wb_complain(&app->screen, "%s", text);
    if (c != NULL)
        fprintf(stderr, "usage: ./workbook %s %s\n", c->name, c->arguments);
    return WB_EXIT_USAGE;
}

static int help_all(struct wb_app *app)
{
    wb_say(&app->screen, "usage: ./workbook [COMMAND [ARGUMENTS]]\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        wb_say(&app->screen, "  %-9s %s\n", commands[i].name,
               commands[i].purpose);
    wb_say(&app->screen,
           "\nN is a chapter: 3, 03, locks or 03_locks.\n"
           "More about one: ./workbook COMMAND --help\n"
           "Exit status: 0 passed, 1 a fault or a failed check, 2 usage,\n"
           "3 not exhaustive, 4 something that cannot be done here.\n");
    return WB_EXIT_OK;
}

static int help_one(struct wb_app *app, const struct command *c)
{
    wb_say(&app->screen, "usage: ./workbook %s %s\n\n%c%s.\n", c->name,
           c->arguments, c->purpose[0] - 'a' + 'A', c->purpose + 1);
    if (c->more != NULL)
        wb_say(&app->screen, "%s\n", c->more);
    return WB_EXIT_OK;
}

static int unknown_command(struct wb_app *app, const char *name)
{
    const char *best = NULL;
    int least = 4; /* further away is no slip of the finger */
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int d = wb_text_distance(name, commands[i].name);
        if (d < least) {
            least = d;
            best = commands[i].name;
        }
    }
    if (best != NULL)
        wb_complain(&app->screen,
                    "there is no command \"%s\"; did you mean ./workbook %s? "
                    "All commands: ./workbook help",
                    name, best);
    else
        wb_complain(&app->screen,
                    "there is no command \"%s\". All commands: ./workbook help",
                    name);
    return WB_EXIT_USAGE;
}

static int dispatch(struct wb_app *app, int argc, char **argv)
{
    static char where[] = "where";
    static char *alone[] = { where, NULL };
    if (argc == 0)
        return wb_cmd_where(app, 1, alone);
    if (strcmp(argv[0], "help") == 0 || strcmp(argv[0], "--help") == 0 ||
        strcmp(argv[0], "-h") == 0) {
        const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;
        return c != NULL ? help_one(app, c) : help_all(app);
    }
    const struct command *c = find_command(argv[0]);
    if (c == NULL)
        return unknown_command(app, argv[0]);
    if (argc > 1 &&
        (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return help_one(app, c);
    return c->run(app, argc, argv);
}

/* It need not be there yet; commands run elsewhere, so it must be absolute. */
static int use_build(struct wb_app *app, const char *build)
{
    char from[PATH_MAX];
    if (build[0] == '/' || getcwd(from, sizeof from) == NULL)
        wb_path(app->build, "%s", build);
    else
        wb_path(app->build, "%s/%s", from, build);
    return 0;
}

/* The root is the one this program was built from, unless told otherwise. */
static int find_root(struct wb_app *app, const char *given)
{
    const char *build = getenv("WORKBOOK_BUILD");
    const char *root = given != NULL ? given : getenv("WORKBOOK_ROOT");
    const char *from = root != NULL && *root ? root : WB_SOURCE_DIR;
    if (realpath(from, app->root) == NULL) {
        wb_complain(&app->screen,
                    "there is no workbook in %s: set WORKBOOK_ROOT to its "
                    "directory, or unset it",
                    from);
        return WB_EXIT_CANNOT;
    }
    if (build != NULL && *build)
        return use_build(app, build);
    if (root != NULL && *root)
        wb_path(app->build, "%s/build", app->root);
    else
        wb_path(app->build, "%s", WB_BINARY_DIR);
    return 0;
}

int main(int argc, char **argv)
{
    struct wb_app app;
    const char *root = NULL;
    wb_screen_detect(&app.screen);
    if (argc > 2 && strcmp(argv[1], "--root") == 0) {
        root = argv[2];
        argc -= 2;
        argv += 2;
    }
    int code = find_root(&app, root);
    if (code == 0)
        code = dispatch(&app, argc - 1, argv + 1);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("workbook: cannot write to standard output");
        return code == WB_EXIT_OK ? WB_EXIT_CANNOT : code;
    }
    return code;
}
