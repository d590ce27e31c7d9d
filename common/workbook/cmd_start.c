/* workbook start, reset, solution: the files of an exercise. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"
#include "text.h"

/* Remember that the chapter was begun and is the current one. */
static int note_started(struct wb_app *app, const struct wb_chapter *c)
{
    struct wb_state st;
    int code = wb_desk_state(app, &st);
    if (code == 0) {
        wb_state_of(&st, c->name)->started = true;
        strcpy(st.current, c->name);
        code = wb_desk_save(app, &st);
    }
    wb_state_close(&st);
    return code;
}

static int start(struct wb_app *app, const struct wb_chapter *c)
{
    char from[PATH_MAX], to[PATH_MAX];
    wb_chapter_file(c, "exercise.c", to);
    int rc = wb_file_copy_new(wb_chapter_file(c, "starter.c", from), to);
    if (rc < 0 && rc != -EEXIST) {
        wb_complain(&app->screen,
                    "cannot copy %s to exercise.c: %s; nothing "
                    "was changed",
                    wb_desk_short(app, from), strerror(-rc));
        return WB_EXIT_CANNOT;
    }
    if (rc == -EEXIST)
        wb_say(&app->screen,
               "%s was begun before; your file is as you left "
               "it. A fresh start: ./workbook reset %d\n",
               c->name, c->number);
    wb_say(&app->screen,
           "edit      chapters/%s/exercise.c\n"
           "contract  chapters/%s/exercise.h\ncheck     ./workbook check %d\n",
           c->name, c->name, c->number);
    return note_started(app, c);
}

int wb_cmd_start(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    int code = wb_desk_enter(&d, app, argc, argv, false);
    if (code == 0)
        code = start(app, d.chapter);
    wb_desk_leave(&d);
    return code;
}

static int reset(struct wb_app *app, const struct wb_chapter *c)
{
    char file[PATH_MAX], backup[PATH_MAX];
    int rc = wb_file_set_aside(wb_chapter_file(c, "exercise.c", file), "bak",
                               backup);
    if (rc == -ENOENT) {
        wb_say(&app->screen,
               "There is no chapters/%s/exercise.c to put "
               "aside. Begin: ./workbook start %d\n",
               c->name, c->number);
        return WB_EXIT_OK;
    }
    if (rc < 0) {
        wb_complain(&app->screen, "cannot move %s: %s; it is still there",
                    wb_desk_short(app, file), strerror(-rc));
        return WB_EXIT_CANNOT;
    }
    wb_say(&app->screen,
           "Your exercise is kept as %s.\n"
           "Begin again: ./workbook start %d\n",
           wb_desk_short(app, backup), c->number);
    return WB_EXIT_OK;
}

int wb_cmd_reset(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    int code = wb_desk_enter(&d, app, argc, argv, false);
    if (code == 0)
        code = reset(app, d.chapter);
    wb_desk_leave(&d);
    return code;
}

static int may_see(struct wb_app *app, const struct wb_chapter *c)
{
    struct wb_state st;
    int code = wb_desk_state(app, &st);
    bool passed = code == 0 && wb_state_look(&st, c->name)->passed;
    wb_state_close(&st);
    if (code != 0 || passed)
        return code;
    wb_complain(&app->screen,
                "the solution of %s is shown once your own passes: "
                "./workbook check %d. A hint: ./workbook hint %d. To see it "
                "all the same: ./workbook solution %d --give-up",
                c->name, c->number, c->number, c->number);
    return WB_EXIT_USAGE;
}

static int show_solution(struct wb_app *app, const struct wb_chapter *c)
{
    char path[PATH_MAX], *text;
    wb_path(path, "%s/solutions/%s/exercise.c", app->root, c->name);
    int rc = wb_file_read(path, &text, NULL);
    if (rc < 0) {
        wb_complain(&app->screen,
                    "cannot read %s: %s; git checkout restores "
                    "it",
                    wb_desk_short(app, path), strerror(-rc));
        return WB_EXIT_CANNOT;
    }
    wb_say(&app->screen, "%s", text);
    free(text);
    return WB_EXIT_OK;
}

int wb_cmd_solution(struct wb_app *app, int argc, char **argv)
{
    struct wb_desk d;
    bool give_up = wb_take_flag(&argc, argv, "--give-up");
    int code = wb_desk_enter(&d, app, argc, argv, false);
    if (code == 0 && !give_up)
        code = may_see(app, d.chapter);
    if (code == 0)
        code = show_solution(app, d.chapter);
    wb_desk_leave(&d);
    return code;
}
