/* workbook check: judges the learner's exercise and records the result. */
#include <string.h>

#include "desk.h"
#include "judge.h"
#include "show.h"
#include "text.h"

/* @return the first chapter after c that is not solved, else the first */
static const struct wb_chapter *next_after(const struct wb_chapters *all,
                                           const struct wb_chapter *c,
                                           const struct wb_state *st)
{
    size_t at = (size_t)(c - all->items);
    for (size_t i = 1; i < all->count; i++) {
        const struct wb_chapter *n = &all->items[(at + i) % all->count];
        if (!wb_state_look(st, n->name)->passed)
            return n;
    }
    return NULL;
}

static void record(struct wb_state *st, const struct wb_desk *d,
                   const struct wb_judgement *j, const struct wb_chapter *next)
{
    struct wb_progress *p = wb_state_of(st, d->chapter->name);
    bool passed = j->kind == WB_CLEAN;
    p->started = true;
    p->passed |= passed;
    p->checks++;
    p->last = j->kind;
    const struct wb_chapter *now = passed && next != NULL ? next : d->chapter;
    strcpy(st->current, now->name);
}

static int conclude(struct wb_app *app, const struct wb_desk *d,
                    const char *file, bool json, const struct wb_judgement *j)
{
    struct wb_state st;
    int code = wb_desk_state(app, &st);
    const struct wb_chapter *next = next_after(&d->all, d->chapter, &st);
    if (code == 0) {
        record(&st, d, j, next);
        code = wb_desk_save(app, &st);
    }
    wb_state_close(&st);
    if (j->kind != WB_CLEAN)
        next = NULL;
    if (json)
        wb_show_judgement_json(app, d->chapter, file, j, next);
    else
        wb_show_judgement(app, d->chapter, j, next);
    return j->kind != WB_CLEAN ? WB_EXIT_FAULT : code;
}

static int check(struct wb_app *app, const struct wb_desk *d, bool json)
{
    char file[PATH_MAX], starter[PATH_MAX];
    struct wb_judgement j;
    wb_chapter_file(d->chapter, "exercise.c", file);
    wb_chapter_file(d->chapter, "starter.c", starter);
    if (!wb_file_exists(file)) {
        wb_complain(&app->screen,
                    "the exercise of %s was not begun: ./workbook start %d",
                    d->chapter->name, d->chapter->number);
        return WB_EXIT_USAGE;
    }
    if (!json && wb_file_same(file, starter) == 1)
        wb_say(&app->screen,
               "exercise.c is still the starter: edit "
               "chapters/%s/exercise.c\n\n",
               d->chapter->name);
    int rc = wb_judge(app, d->chapter, file, WB_JUDGE_LEARNER_SECONDS, &j);
    int code = WB_EXIT_CANNOT;
    if (rc < 0)
        wb_complain(&app->screen, "%s", j.reason);
    else
        code = conclude(app, d, file, json, &j);
    wb_judgement_free(&j);
    return code;
}

int wb_cmd_check(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    bool json = wb_take_flag(&argc, argv, "--json");
    int code = wb_desk_enter(&d, app, argc, argv, true);
    if (code == 0)
        code = check(app, &d, json);
    wb_desk_leave(&d);
    return code;
}
