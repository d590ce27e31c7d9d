/* workbook judge: judges any file against a chapter. ctest's command. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "judge.h"
#include "show.h"
#include "text.h"

struct request {
    bool learner, reject, json;
    const struct wb_chapter *chapter;
    char file[PATH_MAX];
};

/* @return whether the exercise was not begun, with a word about it */
static bool not_attempted(struct wb_app *app, const struct request *r)
{
    char starter[PATH_MAX];
    wb_chapter_file(r->chapter, "starter.c", starter);
    bool same = wb_file_same(r->file, starter) == 1;
    if (!same && wb_file_exists(r->file))
        return false;
    wb_say(&app->screen, "not attempted: %s\n",
           same ? "exercise.c is still the starter" : "there is no exercise.c");
    return true;
}

/* "one|two" of the kinds that are expected */
static void name_kinds(const struct wb_expectation *e, char *dst, size_t size)
{
    size_t n = 0;
    dst[0] = '\0';
    for (int k = 0; k < WB_VERDICT_COUNT && n < size; k++) {
        if (e->kinds[k])
            n += (size_t)snprintf(dst + n, size - n, "%s%s", n > 0 ? "|" : "",
                                  wb_verdict_name((enum wb_verdict)k));
    }
}

/* A scene that cannot be played in this build may be the one that tells. */
static bool left_something_out(const struct wb_judgement *j)
{
    const char *skipped = strstr(j->reason, "skipped: ");
    return j->kind == WB_CLEAN && skipped != NULL && atoi(skipped + 9) > 0;
}

static int compare(struct wb_app *app, const struct wb_expectation *e,
                   const struct wb_judgement *j)
{
    char kinds[256];
    if (wb_expectation_met(e, j)) {
        wb_say(&app->screen, "rejected as declared: %s: %s\n",
               wb_verdict_name(j->kind), j->reason);
        return WB_EXIT_OK;
    }
    name_kinds(e, kinds, sizeof kinds);
    wb_say(&app->screen, "declared: rejected: %s%s%s%s\n", kinds,
           e->text[0] != '\0' ? " \"" : "", e->text,
           e->text[0] != '\0' ? "\"" : "");
    if (left_something_out(j)) {
        wb_say(&app->screen, "not told, as scenes were left out: %s\n",
               j->reason);
        return WB_EXIT_SKIPPED;
    }
    if (j->kind == WB_CLEAN)
        wb_say(&app->screen,
               "but it passed: %s\nEither the judge is too weak "
               "or this is no mistake.\n",
               j->reason);
    else
        wb_say(&app->screen, "but the judge said: %s: %s\n",
               wb_verdict_name(j->kind), j->reason);
    return WB_EXIT_FAULT;
}

static int load_expectation(struct wb_app *app, const struct request *r,
                            struct wb_expectation *e)
{
    char *source;
    int rc = wb_file_read(r->file, &source, NULL);
    if (rc == 0) {
        rc = wb_expectation_parse(source, e);
        free(source);
    }
    if (rc == 0)
        return 0;
    wb_complain(&app->screen,
                "%s: %s. Its head comment must say how it fails, for "
                "instance:  rejected: data-race \"nothing orders them\"",
                r->file,
                rc == -ENOENT   ? "no \"rejected:\" in the head comment"
                : rc == -EINVAL ? e->text
                                : strerror(-rc));
    return WB_EXIT_USAGE;
}

static int report(struct wb_app *app, const struct request *r,
                  const struct wb_expectation *e, const struct wb_judgement *j)
{
    if (r->json)
        wb_show_judgement_json(app, r->chapter, r->file, j, NULL);
    if (r->reject && r->json)
        return wb_expectation_met(e, j) ? WB_EXIT_OK : WB_EXIT_FAULT;
    if (r->reject)
        return compare(app, e, j);
    if (!r->json && r->learner)
        wb_show_judgement(app, r->chapter, j, r->chapter);
    else if (!r->json)
        wb_say(&app->screen, "%s: %s\n%s",
               j->kind == WB_CLEAN ? "passed" : wb_verdict_name(j->kind),
               j->reason, j->detail != NULL ? j->detail : "");
    return j->kind == WB_CLEAN ? WB_EXIT_OK : WB_EXIT_FAULT;
}

static int judge(struct wb_app *app, const struct request *r)
{
    struct wb_expectation e = { 0 };
    struct wb_judgement j;
    if (r->learner && not_attempted(app, r))
        return WB_EXIT_SKIPPED;
    if (r->reject && load_expectation(app, r, &e) != 0)
        return WB_EXIT_USAGE;
    int rc =
        wb_judge(app, r->chapter, r->file,
                 r->learner ? WB_JUDGE_LEARNER_SECONDS : WB_JUDGE_SECONDS, &j);
    int code = WB_EXIT_CANNOT;
    if (rc < 0)
        wb_complain(&app->screen, "%s", j.reason);
    else
        code = report(app, r, &e, &j);
    wb_judgement_free(&j);
    return code;
}

/* A missing exercise.c is fine for --learner, so its path may not exist. */
static int find_file(struct wb_app *app, struct request *r, const char *file)
{
    if (realpath(file, r->file) != NULL)
        return 0;
    if (errno == ENOENT && r->learner) {
        wb_path(r->file, "%s", file);
        return 0;
    }
    wb_complain(&app->screen, "cannot read %s: %s; name a C file to judge",
                file, strerror(errno));
    return WB_EXIT_USAGE;
}

int wb_cmd_judge(struct wb_app *app, int argc, char **argv)
{
    struct request r = { 0 };
    struct wb_desk d;
    r.learner = wb_take_flag(&argc, argv, "--learner");
    r.reject = wb_take_flag(&argc, argv, "--expect-rejection");
    r.json = wb_take_flag(&argc, argv, "--json");
    if (argc != 3 || (r.learner && r.reject))
        return wb_usage(app, "judge", "a chapter and a file are needed");
    int code = wb_desk_enter(&d, app, 2, argv, false);
    r.chapter = d.chapter;
    if (code == 0)
        code = find_file(app, &r, argv[2]);
    if (code == 0)
        code = judge(app, &r);
    wb_desk_leave(&d);
    return code;
}
