/* What most commands begin with. */
#include "desk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool wb_take_flag(int *argc, char **argv, const char *flag)
{
    for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], flag) != 0)
            continue;
        memmove(&argv[i], &argv[i + 1],
                (size_t)(*argc - i) * sizeof *argv); /* the NULL as well */
        --*argc;
        return true;
    }
    return false;
}

int wb_desk_chapters(struct wb_app *app, struct wb_chapters *all)
{
    int rc = wb_chapters_load(all, app->root);
    if (rc < 0) {
        wb_complain(&app->screen,
                    "cannot read %s/chapters: %s; run this command from a "
                    "complete copy of the workbook",
                    app->root, strerror(-rc));
        return WB_EXIT_CANNOT;
    }
    return 0;
}

const struct wb_chapter *wb_desk_find(struct wb_app *app,
                                      const struct wb_chapters *all,
                                      const char *word)
{
    const struct wb_chapter *c = wb_chapter_find(all, word);
    if (c != NULL)
        return c;
    const struct wb_chapter *near = wb_chapter_nearest(all, word);
    if (near != NULL)
        wb_complain(&app->screen,
                    "there is no chapter \"%s\"; did you mean %d (%s)? All "
                    "chapters: ./workbook list",
                    word, near->number, near->name);
    else
        wb_complain(&app->screen,
                    "there is no chapter \"%s\". All chapters: ./workbook list",
                    word);
    return NULL;
}

static void report_set_aside(struct wb_app *app, const struct wb_state *st)
{
    if (st->set_aside[0] != '\0')
        wb_complain(&app->screen,
                    "the record of your progress was damaged and is kept as "
                    "%s. Your exercises are untouched: ./workbook check N "
                    "records a chapter again",
                    wb_desk_short(app, st->set_aside));
}

int wb_desk_state(struct wb_app *app, struct wb_state *st)
{
    int rc = wb_state_open(st, app->root);
    report_set_aside(app, st);
    if (rc == -EPROTO)
        wb_complain(&app->screen,
                    "%s was written by a newer workbook; update this copy "
                    "(git pull), or move that file away to start afresh",
                    st->path);
    else if (rc < 0)
        wb_complain(&app->screen,
                    "cannot use %s: %s; make the directory %s/.workbook "
                    "readable and writable for you",
                    st->path, strerror(-rc), app->root);
    return rc < 0 ? WB_EXIT_CANNOT : 0;
}

int wb_desk_save(struct wb_app *app, struct wb_state *st)
{
    int rc = wb_state_save(st);
    if (rc == 0)
        return 0;
    wb_complain(&app->screen,
                "your progress could not be recorded in %s: %s. What was "
                "recorded before is intact; %s and run the command again",
                st->path, strerror(-rc),
                rc == -ENOSPC || rc == -EDQUOT || rc == -EFBIG
                    ? "free some space"
                    : "make that directory writable");
    return WB_EXIT_CANNOT;
}

const struct wb_chapter *wb_desk_current(const struct wb_chapters *all,
                                         const struct wb_state *st)
{
    const struct wb_chapter *c = wb_chapter_find(all, st->current);
    if (c != NULL && !wb_state_look(st, c->name)->passed)
        return c;
    for (size_t i = 0; i < all->count; i++) {
        if (!wb_state_look(st, all->items[i].name)->passed)
            return &all->items[i];
    }
    return NULL;
}

const char *wb_desk_short(const struct wb_app *app, const char *path)
{
    size_t n = strlen(app->root);
    return strncmp(path, app->root, n) == 0 && path[n] == '/' ? path + n + 1
                                                              : path;
}

static int find_current(struct wb_desk *d, struct wb_app *app)
{
    struct wb_state st;
    int code = wb_desk_state(app, &st);
    if (code == 0) {
        d->chapter = wb_desk_current(&d->all, &st);
        if (d->chapter == NULL) {
            wb_complain(&app->screen, "%s; name a chapter: ./workbook list",
                        d->all.count == 0 ? "there are no chapters yet"
                                          : "all exercises are solved");
            code = WB_EXIT_USAGE;
        }
    }
    wb_state_close(&st);
    return code;
}

int wb_desk_enter(struct wb_desk *d, struct wb_app *app, int argc, char **argv,
                  bool optional)
{
    *d = (struct wb_desk){ 0 };
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            return wb_usage(app, argv[0], "unknown option %s", argv[i]);
    }
    if (argc > 2)
        return wb_usage(app, argv[0], "one chapter at a time: what is %s?",
                        argv[2]);
    if (argc < 2 && !optional)
        return wb_usage(app, argv[0], "which chapter?");
    int code = wb_desk_chapters(app, &d->all);
    if (code != 0)
        return code;
    if (argc < 2)
        return find_current(d, app);
    d->chapter = wb_desk_find(app, &d->all, argv[1]);
    return d->chapter == NULL ? WB_EXIT_USAGE : 0;
}

void wb_desk_leave(struct wb_desk *d)
{
    wb_chapters_free(&d->all);
}
