/* workbook book, test, doctor: the tools around the workbook. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "guard.h"
#include "target.h"
#include "text.h"

static int run_step(struct wb_app *app, const char *const *argv)
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
    return wb_file_exists(cache) ? 0 : run_step(app, argv);
}

static int build(struct wb_app *app, const char *target)
{
    const char *argv[] = { "cmake",    "--build", app->build,
                           "--target", target,    NULL };
    int code = configure(app);
    if (code == 0)
        code = run_step(app, argv);
    if (code == WB_EXIT_FAULT)
        wb_complain(&app->screen, "the build failed; the messages above say "
                                  "why");
    return code;
}

/* Say in which forms the book is there. @return how many */
static int show_formats(const struct wb_app *app)
{
    static const char *const forms[][2] = {
        { "Pages", "html/index.html" },
        { "One file", "interleave.html" },
        { "EPUB", "interleave.epub" },
        { "PDF", "interleave.pdf" },
    };
    char path[PATH_MAX];
    int count = 0;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        wb_path(path, "%s/book/%s", app->build, forms[i][1]);
        if (!wb_file_exists(path))
            continue;
        wb_say(&app->screen, "%-9s file://%s\n", forms[i][0], path);
        count++;
    }
    return count;
}

/* Say what was left out because a tool is missing: the build notes it. */
static void show_missing(const struct wb_app *app)
{
    char path[PATH_MAX];
    char *text = NULL;
    wb_path(path, "%s/book/missing", app->build);
    if (wb_file_read(path, &text, NULL) == 0 && text[0] != '\0')
        wb_say(&app->screen, "\n%s", text);
    free(text);
}

int wb_cmd_book(struct wb_app *app, int argc, char **argv)
{
    if (argc > 1)
        return wb_usage(app, "book", "what is %s?", argv[1]);
    int code = build(app, "book-all");
    if (code != 0)
        return code;
    if (show_formats(app) == 0) {
        wb_complain(&app->screen,
                    "the book was built, but %s/book holds none of it",
                    app->build);
        return WB_EXIT_CANNOT;
    }
    show_missing(app);
    return WB_EXIT_OK;
}

int wb_cmd_test(struct wb_app *app, int argc, char **argv)
{
    enum { FIXED = 4 };
    const char **words = calloc((size_t)argc + FIXED + 1, sizeof *words);
    const char *fixed[FIXED] = { "ctest", "--test-dir", app->build,
                                 "--output-on-failure" };
    if (words == NULL)
        return WB_EXIT_CANNOT;
    memcpy(words, fixed, sizeof fixed);
    for (int i = 1; i < argc; i++)
        words[FIXED + i - 1] = argv[i];
    int code = build(app, "all");
    if (code == 0)
        code = run_step(app, words);
    free(words);
    return code;
}

enum need { ALWAYS, BOOK };

/* Each line of the launcher's check has its twin here. */
static const struct tool {
    const char *name, *package;
    const char *argv[4]; /* prints its version */
    enum need need;
} tools[] = {
    { "C compiler", "gcc", { "cc", "--version" }, ALWAYS },
    { "cmake", "cmake", { "cmake", "--version" }, ALWAYS },
    { "ninja", "ninja-build", { "ninja", "--version" }, ALWAYS },
    { "pkg-config", "pkg-config", { "pkg-config", "--version" }, ALWAYS },
    { "C library", "libc6-dev", { "getconf", "GNU_LIBC_VERSION" }, ALWAYS },
    { "cmocka",
      "libcmocka-dev",
      { "pkg-config", "--modversion", "cmocka" },
      ALWAYS },
    { "libuv",
      "libuv1-dev",
      { "pkg-config", "--modversion", "libuv" },
      ALWAYS },
    { "libdw", "libdw-dev", { "pkg-config", "--modversion", "libdw" }, ALWAYS },
    { "diff", "diffutils", { "diff", "--version" }, ALWAYS },
    { "pandoc", "pandoc", { "pandoc", "--version" }, BOOK },
    { "doxygen", "doxygen", { "doxygen", "--version" }, BOOK },
};

/* Copy the first word that begins with a digit: the version. */
static void copy_version(const char *text, char *dst, size_t size)
{
    const char *p = text, *end = text + strcspn(text, "\n");
    while (p < end && !(isdigit((unsigned char)*p) &&
                        (p == text || strchr(" (", p[-1]) != NULL)))
        p++;
    size_t n = strcspn(p, " \n),");
    snprintf(dst, size, "%.*s", (int)n, p);
}

static bool version_of(const struct tool *t, char *dst, size_t size)
{
    enum { SECONDS = 20 };
    const char *argv[] = { t->argv[0], t->argv[1], t->argv[2], t->argv[3],
                           NULL };
    struct wb_subprocess_options opt = { .argv = argv };
    struct wb_guard g;
    bool there = wb_guard_run(&g, &opt, SECONDS) == 0 && !g.timed_out &&
                 g.result->outcome == WB_EXITED && g.result->code == 0;
    dst[0] = '\0';
    if (there)
        copy_version(g.result->out, dst, size);
    wb_guard_free(&g);
    return there;
}

/* Whether a version is older than the one that is needed. */
static bool too_old(const struct tool *t, const char *version)
{
    int major = 0, minor = 0;
    if (strcmp(t->name, "cmake") != 0)
        return false;
    sscanf(version, "%d.%d", &major, &minor);
    return major < 3 || (major == 3 && minor < 25);
}

static bool examine(struct wb_app *app, const struct tool *t)
{
    const struct wb_screen *s = &app->screen;
    char version[64];
    bool there = version_of(t, version, sizeof version);
    bool old = there && too_old(t, version);
    wb_say(s, "%s%-8s%s %-13s %s%s%s\n",
           there && !old ? wb_green(s) : wb_red(s),
           old     ? "too old"
           : there ? "ok"
                   : "missing",
           wb_plain(s), t->name, version, old ? ", 3.25 is needed" : "",
           !there && t->need == BOOK ? "(only for the book)" : "");
    return there && !old;
}

int wb_cmd_doctor(struct wb_app *app, int argc, char **argv)
{
    char packages[256] = "";
    size_t used = 0;
    if (argc > 1)
        return wb_usage(app, "doctor", "what is %s?", argv[1]);
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (!examine(app, &tools[i]))
            used += (size_t)snprintf(packages + used, sizeof packages - used,
                                     " %s", tools[i].package);
    }
    if (used == 0) {
        wb_say(&app->screen, "\nNothing is missing.\n");
        return WB_EXIT_OK;
    }
    wb_say(&app->screen, "\nInstall what is missing:\n  apt-get install%s\n",
           packages);
    return WB_EXIT_CANNOT;
}
