/* workbook doctor: which tools are there, and what the others are for. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "desk.h"
#include "guard.h"
#include "text.h"

enum need { ALWAYS, BOOK };

/* Debian installs epubcheck as a Java archive, which not every kernel takes
 * for a program. */
static const char epubcheck_version[] =
    "p=$(command -v epubcheck) || exit\n"
    "[ \"$(head -c 2 \"$p\")\" != PK ] || set -- java -jar\n"
    "v=$(\"$@\" \"$p\" --version 2>/dev/null)\n"
    "[ -n \"$v\" ] && echo \"$v\" | sed 's/ v/ /'";

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

/* Nothing waits for these. */
static const struct optional {
    struct tool tool;
    const char *use;
} optional[] = {
    { { "weasyprint", "weasyprint", { "weasyprint", "--version" }, BOOK },
      "makes the book's PDF" },
    { { "epubcheck", "epubcheck", { "sh", "-c", epubcheck_version }, BOOK },
      "checks the book's EPUB" },
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

/* What it is for, and how to have it. */
static void examine_optional(struct wb_app *app, const struct optional *o)
{
    const struct wb_screen *s = &app->screen;
    const struct tool *t = &o->tool;
    char version[64];
    if (version_of(t, version, sizeof version))
        wb_say(s, "%sok      %s %-13s %s (%s)\n", wb_green(s), wb_plain(s),
               t->name, version, o->use);
    else
        wb_say(s, "optional %-13s %s: apt-get install %s\n", t->name, o->use,
               t->package);
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
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        examine_optional(app, &optional[i]);
    if (used == 0) {
        wb_say(&app->screen, "\nNothing is missing.\n");
        return WB_EXIT_OK;
    }
    wb_say(&app->screen, "\nInstall what is missing:\n  apt-get install%s\n",
           packages);
    return WB_EXIT_CANNOT;
}
