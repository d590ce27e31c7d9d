/* Runs the judge on one candidate after another, two at a time. */
#include "jury.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "wb/base.h"
#include "wb/subprocess.h"
#include "wb/verdict.h"

enum { AT_ONCE_MAX = 8, COMPILE_SECONDS = 120 };

/* What is left unused when a call is taken out must not keep a build with
 * -Werror from judging the rest. */
static const char prelude[] =
    "#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-variable\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-but-set-variable\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-function\"\n"
    "#pragma GCC diagnostic ignored \"-Wunused-value\"\n"
    "#pragma GCC diagnostic ignored \"-Wshadow\"\n"
    "#line 1\n";

struct slot {
    struct candidate *candidate;
    int64_t begun;
};

struct work {
    const struct jury *jury;
    char dir[PATH_MAX];
    struct slot slots[AT_ONCE_MAX];
    struct wb_subprocess *running[AT_ONCE_MAX];
};

static int put_source(const char *path, const char *source)
{
    size_t size = sizeof(prelude) + strlen(source);
    char *text = wb_alloc(size, 1);
    int n = snprintf(text, size, "%s%s", prelude, source);
    int rc = wb_file_replace(path, text, (size_t)n);
    free(text);
    return rc;
}

static int start(struct work *w, size_t slot, struct candidate *c, size_t index)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%.*s/%zu.c", PATH_MAX - 32, w->dir, index);
    int rc = put_source(path, c->source);
    if (rc < 0)
        return rc;
    const char *argv[] = { w->jury->workbook, "judge", w->jury->chapter, path,
                           NULL };
    w->slots[slot] = (struct slot){ c, wb_now() };
    /* The judge keeps its own time; this is for when it does not. */
    int64_t ms = 1000 * (int64_t)(2 * w->jury->seconds + COMPILE_SECONDS);
    return wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = argv,
                                         .deadline = wb_deadline_in_ms(ms) },
        &w->running[slot]);
}

/* What it said: "passed: ...", or the word of the verdict and a colon. */
static void read_judgement(const struct wb_subprocess_result *r,
                           struct candidate *c)
{
    int length = (int)strcspn(r->out, ":\n");
    snprintf(c->verdict, sizeof(c->verdict), "%.*s", length, r->out);
    int kind = wb_verdict_parse(c->verdict);
    if (r->outcome == WB_EXITED && r->code == 0 &&
        strcmp(c->verdict, "passed") == 0)
        c->fate = SURVIVED;
    else if (r->outcome == WB_EXITED && r->code == 1 && kind > WB_CLEAN)
        c->fate = kind == WB_DOES_NOT_COMPILE ? UNCOMPILED : CAUGHT;
    else {
        c->fate = BROKEN;
        snprintf(c->verdict, sizeof(c->verdict), "%.160s %.80s", r->message,
                 r->out);
    }
}

/* Wait until a slot's judge has ended, and make it free again. */
static int finish_any(struct work *w)
{
    int slot = wb_subprocess_wait_any(w->running, AT_ONCE_MAX, WB_FOREVER);
    if (slot < 0)
        return slot;
    struct candidate *c = w->slots[slot].candidate;
    c->seconds = (double)(wb_now() - w->slots[slot].begun) / 1e9;
    read_judgement(wb_subprocess_result(w->running[slot]), c);
    wb_subprocess_free(w->running[slot]);
    w->running[slot] = NULL;
    return slot;
}

static int judge_all(struct work *w, struct candidate *c, size_t n,
                     size_t at_once)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc >= 0; i++) {
        int slot = i < at_once ? (int)i : finish_any(w);
        rc = slot < 0 ? slot : start(w, (size_t)slot, &c[i], i);
    }
    for (size_t i = 0; i < n && i < at_once && rc >= 0; i++)
        rc = finish_any(w);
    for (size_t i = 0; i < AT_ONCE_MAX; i++)
        wb_subprocess_free(w->running[i]);
    return rc < 0 ? rc : 0;
}

int jury_judge(const struct jury *jury, struct candidate *c, size_t n,
               size_t at_once)
{
    char seconds[16];
    const char *tmp = getenv("TMPDIR");
    struct work w = { .jury = jury };
    int length = snprintf(w.dir, sizeof(w.dir), "%s/mutants-XXXXXX",
                          tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
    if (length >= (int)sizeof(w.dir))
        return -ENAMETOOLONG;
    if (mkdtemp(w.dir) == NULL)
        return -errno;
    snprintf(seconds, sizeof(seconds), "%d", jury->seconds);
    setenv("WB_JUDGE_SECONDS", seconds, 1);
    int rc = judge_all(&w, c, n, at_once < AT_ONCE_MAX ? at_once : AT_ONCE_MAX);
    wb_dir_remove(w.dir);
    return rc;
}
