#ifndef WB_JUDGE_H
#define WB_JUDGE_H

/**
 * @file judge.h
 * Compiles a candidate for an exercise, links it with the chapter's judge,
 * runs that, and says what is wrong in one of the words of wb/verdict.h.
 *
 *     struct wb_judgement j;
 *     int rc = wb_judge(app, chapter, "/.../exercise.c", 20, &j);
 *     if (rc == 0 && j.kind == WB_CLEAN)
 *         puts("passed");
 *     wb_judgement_free(&j);
 *
 * Main thread only. No process and no file is left behind.
 */

#include "app.h"
#include "chapter.h"
#include "guard.h"
#include "json.h"
#include "wb/verdict.h"

enum {
    WB_JUDGE_SECONDS = 60,         /* for files that are part of the project */
    WB_JUDGE_LEARNER_SECONDS = 20, /* for somebody who waits */
    WB_JUDGE_OUTPUT_MAX = 1 << 20, /* bytes, of stdout and of stderr */
    WB_JUDGE_PROCESSES_MAX = 200
};

struct wb_judgement {
    enum wb_verdict kind;      /* WB_CLEAN: passed */
    char reason[2 * PATH_MAX]; /* one line; or why there is no judgement */
    char *detail; /* the compiler's lines, what was stuck; or NULL */
    char *proved; /* a line for each thing shown; or NULL */
    double seconds;
};

/**
 * @param file     absolute path of a C source
 * @param seconds  for the run; its own watchdog gets half of that, so that it
 *                 can still say what was stuck. It is given more if its
 *                 judge.conf says so. WB_JUDGE_SECONDS in the environment
 *                 is used instead if it is set.
 * @return 0 with a judgement, or negative errno with j->reason set: the
 * chapter is not built, no compiler, no space... Free j either way.
 */
int wb_judge(const struct wb_app *app, const struct wb_chapter *chapter,
             const char *file, int seconds, struct wb_judgement *j);

void wb_judgement_free(struct wb_judgement *j);

/** Judge a finished run; fills all but j->seconds. */
void wb_judge_read(const struct wb_guard *g, int seconds,
                   struct wb_judgement *j);

/** Take the first error from what the compiler said; fills j. */
void wb_judge_read_compiler(const struct wb_guard *g, struct wb_judgement *j);

/* What the head comment of a wrong answer declares:
 * rejected: KIND|KIND "text that must stand in the reason" */
struct wb_expectation {
    bool kinds[WB_VERDICT_COUNT];
    char text[256]; /* "" when any reason will do */
};

/**
 * @return 0; -ENOENT when nothing is declared; -EINVAL with what is wrong
 * with the declaration in e->text
 */
int wb_expectation_parse(const char *source, struct wb_expectation *e);

/** @return whether j is the rejection e expects */
bool wb_expectation_met(const struct wb_expectation *e,
                        const struct wb_judgement *j);

#endif
