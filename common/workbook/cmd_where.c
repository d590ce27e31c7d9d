/* workbook, workbook list: where the learner is. */
#include <string.h>

#include "desk.h"
#include "json.h"
#include "text.h"

static size_t count_passed(const struct wb_chapters *all,
                           const struct wb_state *st)
{
    size_t n = 0;
    for (size_t i = 0; i < all->count; i++)
        n += wb_state_look(st, all->items[i].name)->passed;
    return n;
}

static void say_progress(const struct wb_app *app,
                         const struct wb_chapters *all,
                         const struct wb_state *st)
{
    enum { BAR = 26 };
    wb_say_bar(&app->screen, count_passed(all, st), all->count, BAR);
    wb_say(&app->screen, " solved\n");
}

static void say_step(const struct wb_app *app, const struct wb_chapter *c)
{
    const struct wb_screen *s = &app->screen;
    char file[PATH_MAX];
    wb_say(s, "%s%d. %s%s\n\n", wb_bold(s), c->number, c->title, wb_plain(s));
    wb_say(s, "  read   chapters/%s/README.md\n", c->name);
    wb_say(s, "  see    ./workbook run %d bad, then ./workbook diff %d\n",
           c->number, c->number);
    if (wb_file_exists(wb_chapter_file(c, "exercise.c", file)))
        wb_say(s, "  edit   chapters/%s/exercise.c\n", c->name);
    else
        wb_say(s, "  start  ./workbook start %d\n", c->number);
    wb_say(s, "  check  ./workbook check %d\n", c->number);
}

static void say_last(const struct wb_app *app, const struct wb_chapter *c,
                     const struct wb_progress *p)
{
    if (p->checks > 0 && p->last != WB_CLEAN)
        wb_say(&app->screen, "\nThe last check said %s: ./workbook hint %d\n",
               wb_verdict_name(p->last), c->number);
}

static void say_where(struct wb_app *app, const struct wb_chapters *all,
                      const struct wb_state *st)
{
    const struct wb_chapter *c = wb_desk_current(all, st);
    say_progress(app, all, st);
    wb_say(&app->screen, "\n");
    if (c != NULL) {
        say_step(app, c);
        say_last(app, c, wb_state_look(st, c->name));
    } else if (all->count == 0) {
        wb_say(&app->screen, "There are no chapters in %s/chapters yet.\n",
               app->root);
    } else {
        wb_say(&app->screen, "All exercises are solved.\n");
    }
    wb_say(&app->screen, "\nAll commands: ./workbook help\n");
}

int wb_cmd_where(struct wb_app *app, int argc, char **argv)
{
    struct wb_chapters all = { 0 };
    struct wb_state st;
    if (argc > 1)
        return wb_usage(app, argv[0], "what is %s?", argv[1]);
    int code = wb_desk_chapters(app, &all);
    if (code != 0)
        return code;
    code = wb_desk_state(app, &st);
    say_where(app, &all, &st);
    wb_state_close(&st);
    wb_chapters_free(&all);
    return code;
}

static const char *state_word(const struct wb_progress *p)
{
    return p->passed ? "passed" : p->started ? "started" : "new";
}

static void list_json(const struct wb_chapters *all, const struct wb_state *st)
{
    struct wb_json json = { .to = stdout };
    const struct wb_chapter *current = wb_desk_current(all, st);
    wb_json_open(&json, NULL, '{');
    wb_json_open(&json, "chapters", '[');
    for (size_t i = 0; i < all->count; i++) {
        const struct wb_chapter *c = &all->items[i];
        const struct wb_progress *p = wb_state_look(st, c->name);
        wb_json_open(&json, NULL, '{');
        wb_json_int(&json, "number", c->number);
        wb_json_string(&json, "name", c->name);
        wb_json_string(&json, "title", c->title);
        wb_json_string(&json, "state", state_word(p));
        wb_json_int(&json, "checks", p->checks);
        wb_json_string(&json, "last",
                       p->checks > 0 ? wb_verdict_name(p->last) : NULL);
        wb_json_bool(&json, "current", c == current);
        wb_json_close(&json, '}');
    }
    wb_json_close(&json, ']');
    wb_json_int(&json, "passed", (int64_t)count_passed(all, st));
    wb_json_int(&json, "total", (int64_t)all->count);
    wb_json_close(&json, '}');
}

static void list_row(const struct wb_app *app, const struct wb_chapter *c,
                     const struct wb_progress *p, bool current)
{
    const struct wb_screen *s = &app->screen;
    const char *colour = p->passed ? wb_green(s) : current ? wb_bold(s) : "";
    wb_say(s, "%s %s%2d  %-8s%s  %-34s  %s\n", current ? ">" : " ", colour,
           c->number, state_word(p), *colour ? wb_plain(s) : "", c->name,
           p->checks > 0 && !p->passed ? wb_verdict_name(p->last) : c->title);
}

static void list_table(const struct wb_app *app, const struct wb_chapters *all,
                       const struct wb_state *st)
{
    const struct wb_chapter *current = wb_desk_current(all, st);
    for (size_t i = 0; i < all->count; i++) {
        const struct wb_chapter *c = &all->items[i];
        list_row(app, c, wb_state_look(st, c->name), c == current);
    }
    wb_say(&app->screen, "%s", all->count > 0 ? "\n" : "");
    say_progress(app, all, st);
}

int wb_cmd_list(struct wb_app *app, int argc, char **argv)
{
    struct wb_chapters all = { 0 };
    struct wb_state st;
    bool json = wb_take_flag(&argc, argv, "--json");
    if (argc > 1)
        return wb_usage(app, argv[0], "what is %s?", argv[1]);
    int code = wb_desk_chapters(app, &all);
    if (code != 0)
        return code;
    code = wb_desk_state(app, &st);
    if (json)
        list_json(&all, &st);
    else
        list_table(app, &all, &st);
    wb_state_close(&st);
    wb_chapters_free(&all);
    return code;
}
