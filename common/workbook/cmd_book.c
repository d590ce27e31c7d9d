/* workbook book: builds the book, and the reader's own copy of it. */
#include <stdio.h>
#include <stdlib.h>

#include "desk.h"
#include "target.h"
#include "text.h"

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

/* Say how to open what lies there: a browser is all that is needed. */
static void show_how(const struct wb_app *app, const char *pages)
{
    wb_say(&app->screen,
           "\nOpen the pages in your browser, by that address or with:\n"
           "  xdg-open %s/book/%s/index.html\n",
           app->build, pages);
}

static int nothing_there(const struct wb_app *app)
{
    wb_complain(&app->screen,
                "the book was built, but %s/book holds none of it", app->build);
    return WB_EXIT_CANNOT;
}

/* The book shows what is recorded of measurements; his copy, his own. */
static int make_book(struct wb_app *app)
{
    char mine[PATH_MAX];
    int code = 0;
    wb_path(mine, "%s/book/work/captures/mine", app->build);
    if (wb_file_exists(mine))
        code = wb_target_make(app, "book-recorded");
    if (code == 0)
        code = wb_target_make(app, "book-all");
    if (code != 0)
        return code;
    if (show_formats(app) == 0)
        return nothing_there(app);
    show_missing(app);
    show_how(app, "html");
    return WB_EXIT_OK;
}

/* What another machine has captured is forgotten first, and then made again:
 * a build that is under way does not see that files have gone. */
static int make_mine(struct wb_app *app, bool again)
{
    char path[PATH_MAX];
    int code = wb_target_make(app, again ? "book-again" : "book-here");
    if (code == 0)
        code = wb_target_make(app, "book-mine");
    if (code != 0)
        return code;
    wb_path(path, "%s/book/mine/index.html", app->build);
    if (!wb_file_exists(path))
        return nothing_there(app);
    wb_say(&app->screen, "%-9s file://%s\n", "Your copy", path);
    show_how(app, "mine");
    return WB_EXIT_OK;
}

int wb_cmd_book(struct wb_app *app, int argc, char **argv)
{
    bool mine = wb_take_flag(&argc, argv, "--mine");
    bool again = wb_take_flag(&argc, argv, "--again");
    if (argc > 1)
        return wb_usage(app, "book", "what is %s?", argv[1]);
    if (again && !mine)
        return wb_usage(app, "book", "--again is for --mine");
    return mine ? make_mine(app, again) : make_book(app);
}
