/* workbook hint: one hint at a time, for what went wrong last. */
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "hints.h"
#include "text.h"

static const char *kind_word(int kind)
{
    return kind == WB_HINT_ANY ? "any" : wb_verdict_name((enum wb_verdict)kind);
}

/* A compiler knows nothing of the chapter. */
static const char to_compile[] =
    "The first message is the one to mend: those after it often follow from "
    "it.\nAll functions of exercise.h must be there, as they are declared "
    "there, and no\nmain().";

/* The next unseen hint: those for the last failure first, then the general
 * ones. *kind is whose counter it moves. */
static char *next_hint(const char *text, const struct wb_progress *p, int *kind)
{
    char *hint = NULL;
    *kind = p->last == WB_CLEAN ? WB_HINT_ANY : (int)p->last;
    hint = wb_hint_get(text, kind_word(*kind), p->hints[*kind]);
    if (*kind == WB_DOES_NOT_COMPILE && hint == NULL && p->hints[*kind] == 0)
        hint = strdup(to_compile);
    if (hint == NULL) {
        *kind = WB_HINT_ANY;
        hint = wb_hint_get(text, "any", p->hints[WB_HINT_ANY]);
    }
    return hint;
}

static void say_no_more(struct wb_app *app, const struct wb_chapter *c,
                        const struct wb_progress *p)
{
    wb_say(&app->screen, "There are no more hints");
    if (p->last != WB_CLEAN)
        wb_say(&app->screen, " about %s", wb_verdict_name(p->last));
    wb_say(&app->screen,
           ". All of them once more: chapters/%s/hints.md\n"
           "The reference solution:  ./workbook solution %d%s\n",
           c->name, c->number, p->passed ? "" : " --give-up");
}

static int give(struct wb_app *app, const struct wb_chapter *c,
                struct wb_state *st, const char *text)
{
    struct wb_progress *p = wb_state_of(st, c->name);
    int kind;
    if (p->checks > 0 && p->last == WB_CLEAN) {
        wb_say(&app->screen,
               "The last check of %s passed: nothing to hint "
               "at.\n",
               c->name);
        return WB_EXIT_OK;
    }
    char *hint = next_hint(text, p, &kind);
    if (hint == NULL) {
        say_no_more(app, c, p);
        return WB_EXIT_OK;
    }
    p->hints[kind]++;
    wb_say(&app->screen, "%s, hint %u", c->name, p->hints[kind]);
    wb_say(&app->screen, kind == WB_HINT_ANY ? ":\n\n" : " about %s:\n\n",
           kind_word(kind));
    wb_say_indented(&app->screen, 2, hint);
    free(hint);
    return wb_desk_save(app, st);
}

static int hint(struct wb_app *app, const struct wb_chapter *c)
{
    char path[PATH_MAX], *text;
    struct wb_state st;
    wb_chapter_file(c, "hints.md", path);
    int rc = wb_file_read(path, &text, NULL);
    if (rc < 0) {
        wb_complain(&app->screen,
                    "cannot read %s: %s; git checkout restores "
                    "it",
                    wb_desk_short(app, path), strerror(-rc));
        return WB_EXIT_CANNOT;
    }
    int code = wb_desk_state(app, &st);
    if (code == 0)
        code = give(app, c, &st, text);
    wb_state_close(&st);
    free(text);
    return code;
}

int wb_cmd_hint(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    int code = wb_desk_enter(&d, app, argc, argv, true);
    if (code == 0)
        code = hint(app, d.chapter);
    wb_desk_leave(&d);
    return code;
}
