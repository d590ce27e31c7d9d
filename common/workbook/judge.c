/* Compiles a candidate with the flags of this build and runs the judge. */
#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "conf.h"
#include "desk.h"
#include "text.h"
#include "wb/base.h"

enum { COMPILE_SECONDS = 60 };

struct command {
    /* cflags, "-I" and a directory for each include, links, and our own. */
    const char *words[4 * WB_CONF_WORDS + 16];
    size_t count;
};

static void add(struct command *c, const char *word)
{
    if (c->count + 1 < sizeof c->words / sizeof *c->words)
        c->words[c->count++] = word;
}

static int compile(const struct wb_app *app, const struct wb_conf *conf,
                   const struct wb_chapter *chapter, const char *file,
                   const char *program, struct wb_guard *g)
{
    struct command c = { 0 };
    add(&c, conf->compiler);
    for (size_t i = 0; i < conf->ncflags; i++)
        add(&c, conf->cflags[i]);
    add(&c, "-I");
    add(&c, chapter->dir);
    for (size_t i = 0; i < conf->nincludes; i++) {
        add(&c, "-I");
        add(&c, conf->includes[i]);
    }
    add(&c, "-o");
    add(&c, program);
    add(&c, conf->judge);
    /* So the compiler's messages and assertions name the file as the learner
     * knows it. */
    add(&c, wb_desk_short(app, file));
    for (size_t i = 0; i < conf->nlinks; i++)
        add(&c, conf->links[i]);
    struct wb_subprocess_options opt = { .argv = c.words,
                                         .cwd = app->root,
                                         .output_max = WB_JUDGE_OUTPUT_MAX,
                                         .sweep = true };
    return wb_guard_run(g, &opt, COMPILE_SECONDS);
}

/* What the judge needs to know, and what would change how it runs. */
static void set_environment(const char *file, int seconds)
{
    const struct rlimit none = { 0, 0 };
    char watchdog[16];
    snprintf(watchdog, sizeof watchdog, "%d", seconds > 1 ? seconds / 2 : 1);
    setenv("WB_CANDIDATE", file, 1);
    setenv("WB_WATCHDOG_SECONDS", watchdog, 1);
    setenv("CMOCKA_MESSAGE_OUTPUT", "stdout", 1);
    unsetenv("CMOCKA_XML_FILE");
    setrlimit(RLIMIT_CORE, &none);
}

static int run(const char *program, const char *dir, int seconds,
               struct wb_judgement *j)
{
    const char *argv[] = { program, NULL };
    struct wb_subprocess_options opt = {
        .argv = argv,
        .cwd = dir,
        .output_max = WB_JUDGE_OUTPUT_MAX,
        .processes_max = WB_JUDGE_PROCESSES_MAX,
        .sweep = true,
    };
    struct wb_guard g;
    int rc = wb_guard_run(&g, &opt, seconds);
    if (rc == 0)
        wb_judge_read(&g, seconds, j);
    else
        snprintf(j->reason, sizeof j->reason, "cannot run the judge: %s",
                 strerror(-rc));
    wb_guard_free(&g);
    return rc;
}

/* A full disk is not the fault of the source. */
static bool has_no_room(const char *said)
{
    static const char *const signs[] = { "No space left on device",
                                         "Disk quota exceeded",
                                         "error writing to " };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(said, signs[i]) != NULL)
            return true;
    return false;
}

/* @return 1 when there is a program to run, 0 with a judgement, or -errno */
static int build(const struct wb_app *app, const struct wb_conf *conf,
                 const struct wb_chapter *chapter, const char *file,
                 const char *program, struct wb_judgement *j)
{
    struct wb_guard g;
    int rc = compile(app, conf, chapter, file, program, &g);
    if (rc < 0)
        snprintf(j->reason, sizeof j->reason, "cannot run the compiler %s: %s",
                 conf->compiler, strerror(-rc));
    else if (!g.timed_out && g.result->outcome == WB_EXITED &&
             g.result->code == 0)
        rc = 1;
    else if (has_no_room(g.result->err)) {
        rc = -ENOSPC;
        snprintf(j->reason, sizeof j->reason,
                 "the compiler has no room for its files: make some in /tmp, "
                 "or set TMPDIR to a directory that has");
    } else
        wb_judge_read_compiler(&g, j);
    wb_guard_free(&g);
    return rc;
}

static int judge_in(const char *dir, const struct wb_app *app,
                    const struct wb_conf *conf,
                    const struct wb_chapter *chapter, const char *file,
                    int seconds, struct wb_judgement *j)
{
    char program[PATH_MAX];
    wb_path(program, "%s/judge", dir);
    set_environment(file, seconds);
    int rc = build(app, conf, chapter, file, program, j);
    return rc == 1 ? run(program, dir, seconds, j) : rc;
}

static int load_conf(struct wb_conf *conf, const struct wb_app *app,
                     const struct wb_chapter *chapter, struct wb_judgement *j)
{
    int rc = wb_conf_load(conf, app->build, chapter->name);
    if (rc == 0 && !wb_file_exists(conf->judge))
        rc = -ENOENT;
    if (rc == -ENOENT)
        snprintf(j->reason, sizeof j->reason,
                 "the judge of %s is not built; run: cmake --build %s",
                 chapter->name, app->build);
    else if (rc < 0)
        snprintf(j->reason, sizeof j->reason,
                 "%s cannot be used (%s); run: cmake --preset dev", conf->path,
                 strerror(-rc));
    return rc;
}

int wb_judge(const struct wb_app *app, const struct wb_chapter *chapter,
             const char *file, int seconds, struct wb_judgement *j)
{
    char dir[PATH_MAX];
    const char *own = getenv("WB_JUDGE_SECONDS");
    struct wb_conf conf;
    int64_t begun = wb_now();
    *j = (struct wb_judgement){ 0 };
    int rc = load_conf(&conf, app, chapter, j);
    if (rc < 0)
        goto out_free;
    if (seconds < conf.seconds)
        seconds = conf.seconds;
    if (own != NULL && atoi(own) > 0)
        seconds = atoi(own);
    rc = wb_guard_directory(dir);
    if (rc < 0) {
        snprintf(j->reason, sizeof j->reason,
                 "cannot make a temporary directory %s: %s", dir,
                 strerror(-rc));
        goto out_free;
    }
    rc = judge_in(dir, app, &conf, chapter, file, seconds, j);
    wb_guard_directory_remove();
    j->seconds = (double)(wb_now() - begun) / 1e9;
out_free:
    wb_conf_free(&conf);
    return rc;
}

void wb_judgement_free(struct wb_judgement *j)
{
    free(j->detail);
    free(j->proved);
    *j = (struct wb_judgement){ 0 };
}
