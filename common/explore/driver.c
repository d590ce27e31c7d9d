/* driver.c: build, run, translate. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "build.h"
#include "record.h"
#include "report.h"
#include "run.h"
#include "unmodelled.h"

/* One call of wbx_explore(). */
struct exploration {
    const struct wbx_options *opt;
    struct wbx_report *rep;
    struct wbx_arena *arena;
    struct wbx_token token;
    struct wbx_program program;
    struct wbx_run run;
    struct wbx_symbols *symbols;
    struct wbx_sources sources;
};

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int end_with(struct exploration *x, enum wbx_status status,
                    const char *message)
{
    x->rep->status = status;
    x->rep->verdict = WB_CLEAN;
    x->rep->message = message;
    return -1;
}

static int read_token(struct exploration *x)
{
    int rc;

    if (x->opt->replay == NULL)
        return 0;
    rc = wbx_token_decode(x->opt->replay, &x->token);
    if (rc == 0)
        return 0;
    if (rc == -EPROTO)
        return end_with(x, WBX_USAGE,
                        "the replay token was made by another version of the "
                        "explorer: explore again to get a new one");
    return end_with(x, WBX_USAGE,
                    "the replay token is damaged: copy all of it, from \"w1\" "
                    "to the end");
}

static void compare_programs(struct exploration *x)
{
    if (x->opt->replay == NULL)
        return;
    if (x->token.clang != x->program.clang)
        x->rep->warning = wbx_arena_format(
            x->arena,
            "the token was made with %s and this is %s: the two number their "
            "steps differently, so the schedule may lead elsewhere",
            x->token.clang ? "clang" : "gcc",
            x->program.clang ? "clang" : "gcc");
    else if (x->token.program != x->program.hash)
        x->rep->warning = wbx_arena_format(
            x->arena, "THE PROGRAM HAS CHANGED since this token was made "
                      "(its sources, flags or arguments): the schedule may "
                      "lead elsewhere");
}

/* A program that judges itself says what is wrong before it exits. */
static void hear_verdict(struct exploration *x, struct wbx_failure *f)
{
    char message[WBX_TEXT];
    enum wb_verdict kind;

    if (f->kind != WB_WRONG_ANSWER ||
        wb_verdict_in(f->output, &kind, message, sizeof(message)) != 0)
        return;
    f->kind = kind;
    f->cause = wbx_arena_copy(x->arena, message, strlen(message));
}

static void add_failure(struct exploration *x,
                        const struct wbx_failure_record *record)
{
    struct wbx_report *rep = x->rep;
    struct wbx_failure *f = &rep->failures[rep->nfailures++];
    struct wbx_naming n = { .arena = x->arena,
                            .symbols = x->symbols,
                            .sources = &x->sources,
                            .record = record };
    struct wbx_token token = { .clang = x->program.clang,
                               .kind = (uint8_t)record->kind,
                               .program = x->program.hash,
                               .choices = (struct wbx_choice *)record->choices,
                               .nchoices = record->nchoices };
    char *word;

    if (token.nchoices > WBX_MAX_STEPS)
        token.nchoices = WBX_MAX_STEPS;
    wbx_record_translate(&n, f);
    word = wbx_token_encode(&token);
    f->replay = wbx_arena_copy(x->arena, word, strlen(word));
    f->command = wbx_report_command(x->opt, word, x->arena);
    free(word);
    f->output = wbx_arena_copy(x->arena, record->output,
                               record->noutput < WBX_OUTPUT ? record->noutput
                                                            : WBX_OUTPUT);
    hear_verdict(x, f);
}

static int by_simplicity(const void *a, const void *b)
{
    const struct wbx_failure *x = a, *y = b;

    return x->preemptions != y->preemptions
               ? x->preemptions - y->preemptions
               : (x->nevents > y->nevents) - (x->nevents < y->nevents);
}

static void conclude(struct exploration *x)
{
    struct wbx_report *rep = x->rep;

    if (rep->nfailures > 0) {
        rep->status = WBX_FAULT;
        rep->verdict = rep->failures[0].kind;
        rep->output = rep->failures[0].output;
    } else {
        rep->status = rep->exhaustive ? WBX_CLEAN : WBX_NOT_EXHAUSTIVE;
    }
}

/* The runtime has said all it had to say. */
static void read_answer(struct exploration *x)
{
    const struct wbx_shared *s = x->run.shared;
    uint32_t n =
        s->nfailures < WBX_MAX_FAILURES ? s->nfailures : WBX_MAX_FAILURES;

    x->rep->exhaustive = s->exhaustive;
    x->rep->failing = s->failing;
    x->rep->states = s->nstates;
    x->rep->states_sum = s->states_sum;
    x->rep->failures =
        wbx_arena_alloc(x->arena, (n + 1) * sizeof(*x->rep->failures));
    for (uint32_t i = 0; i < n; i++)
        add_failure(x, &s->failures[i]);
    if (n > 1)
        qsort(x->rep->failures, n, sizeof(*x->rep->failures), by_simplicity);
    if (x->opt->replay != NULL && n == 0)
        end_with(x, WBX_NOT_EXHAUSTIVE,
                 "this schedule no longer fails: explore again without "
                 "--replay to look at all of them");
    else
        conclude(x);
}

/* "the last step was at f.c:12", or "". */
static const char *last_step(struct exploration *x)
{
    const struct wbx_live *l = &x->run.shared->live;
    struct wbx_naming n = { .arena = x->arena,
                            .symbols = x->symbols,
                            .sources = &x->sources };
    const char *at = l->nsteps > 0 ? wbx_name_pc(&n, l->pc) : NULL;

    return at ? wbx_arena_format(x->arena, "; its last step was at %s", at)
              : "";
}

static const char *said(struct exploration *x)
{
    return x->run.output[0]
               ? wbx_arena_format(x->arena, "\nIt said: %s", x->run.output)
               : "";
}

/* The execution under way when the process died, once more and recorded. It
 * is the program's doing if it dies in the same way. */
static bool die_again(struct exploration *x, struct wbx_run *again)
{
    const struct wbx_live *l = &x->run.shared->live;
    struct wbx_options quiet = *x->opt;
    struct wbx_token token = { .choices = (struct wbx_choice *)l->choices,
                               .nchoices = l->nsteps };

    quiet.progress = NULL;
    if (l->nsteps == 0 || l->nsteps > WBX_MAX_STEPS ||
        wbx_run(&quiet, &x->program, &token, x->arena, again) < 0)
        return false;
    if (again->end == WBX_RUN_ENDED && again->status == x->run.status &&
        again->shared->live.nsteps == l->nsteps)
        return true;
    wbx_run_close(again);
    return false;
}

/* Nobody was left to describe the threads: as far as the steps tell. */
static void describe_threads(struct wbx_failure_record *r)
{
    for (uint32_t i = 0; i < r->nsteps; i++) {
        const struct wbx_step *s = &r->steps[i];

        while (r->nthreads <= s->thread)
            r->threads[r->nthreads++] =
                (struct wbx_thread_end){ .state = WBX_READY, .waits_for = -1 };
        r->threads[s->thread].pc = s->pc;
    }
}

/* The process broke in a way the runtime could not catch. */
static void read_crash(struct exploration *x, struct wbx_run *again)
{
    struct wbx_failure_record *r = &again->shared->failures[0];
    const struct wbx_live *l = &again->shared->live;
    const char *name = sigabbrev_np(WTERMSIG(again->status));

    r->kind = WB_CRASH;
    r->nsteps = l->nsteps - r->first_step;
    r->thread = l->choices[l->nsteps - 1].thread;
    r->pc = l->pc;
    describe_threads(r);
    snprintf(r->text, sizeof(r->text), "is killed by SIG%s", name ? name : "?");
    x->rep->failures = wbx_arena_alloc(x->arena, sizeof(*x->rep->failures));
    add_failure(x, r);
    x->rep->traces++; /* the one it died of */
    x->rep->failing++;
    conclude(x);
}

static void read_death(struct exploration *x)
{
    int status = x->run.status;
    bool killed = status != -1 && WIFSIGNALED(status);
    const char *name = killed ? sigabbrev_np(WTERMSIG(status)) : NULL;
    struct wbx_run again;

    if (killed && die_again(x, &again)) {
        read_crash(x, &again);
        wbx_run_close(&again);
    } else if (killed) {
        end_with(x, WBX_CANNOT,
                 wbx_arena_format(
                     x->arena,
                     "the explored process was killed by SIG%s%s"
                     "%s",
                     name ? name : "?",
                     WTERMSIG(status) == SIGKILL ? ": was memory short?" : "",
                     said(x)));
    } else {
        end_with(x, WBX_CANNOT,
                 wbx_arena_format(x->arena,
                                  "the program ended in the middle of the "
                                  "search%s%s",
                                  last_step(x), said(x)));
    }
}

/* Why the runtime refused to go on, and the line if that is known. */
static const char *refusal(struct exploration *x)
{
    const struct wbx_shared *s = x->run.shared;
    struct wbx_naming n = { .arena = x->arena,
                            .symbols = x->symbols,
                            .sources = &x->sources };
    const char *at = wbx_name_pc(&n, s->refusal_pc);

    if (s->unmodelled[0] != '\0')
        return wbx_unmodelled_explain(x->arena, x->program.fd, s->unmodelled,
                                      at);
    return wbx_arena_format(x->arena, "%s%s%.*s", at ? at : "", at ? ": " : "",
                            WBX_TEXT, s->refusal);
}

static void read_run(struct exploration *x)
{
    const struct wbx_shared *s = x->run.shared;
    uint32_t state = atomic_load(&s->state);

    x->rep->traces = atomic_load(&s->traces);
    x->rep->samples = s->samples;
    x->rep->blocked = atomic_load(&s->blocked);
    x->rep->seconds = (double)s->nanoseconds / 1e9;
    if (x->run.end == WBX_RUN_HUNG)
        end_with(x, WBX_CANNOT,
                 wbx_arena_format(x->arena,
                                  "the program made no progress for %.3g "
                                  "seconds and was stopped: it waits for "
                                  "something the explorer has no model of%s%s",
                                  (double)x->run.patience_ms / 1000,
                                  last_step(x), said(x)));
    else if (state == WBX_DONE)
        read_answer(x);
    else if (state == WBX_REFUSED)
        end_with(x, WBX_CANNOT, refusal(x));
    else if (state == WBX_DIVERGED)
        end_with(x, x->opt->replay ? WBX_USAGE : WBX_CANNOT,
                 x->opt->replay
                     ? "the token's schedule does not fit this program: "
                       "explore again to get a new one"
                     : "the program does something else when the same steps "
                       "are repeated: does it write where nothing of its own "
                       "is, or depend on what is outside of it?");
    else
        read_death(x);
}

static void explore(struct exploration *x)
{
    double start = now();
    int rc;

    if (read_token(x) < 0 ||
        wbx_build(x->opt, x->rep, x->arena, &x->program) < 0)
        return;
    x->rep->build_seconds = now() - start;
    compare_programs(x);
    rc = wbx_run(x->opt, &x->program, x->opt->replay ? &x->token : NULL,
                 x->arena, &x->run);
    if (rc < 0) {
        end_with(x, WBX_CANNOT,
                 wbx_arena_format(x->arena, "cannot start the program: %s",
                                  strerror(-rc)));
    } else {
        x->symbols = wbx_symbols_open(x->program.fd, x->arena);
        read_run(x);
        wbx_symbols_close(x->symbols);
        wbx_run_close(&x->run);
    }
    close(x->program.fd);
}

enum wbx_status wbx_explore(const struct wbx_options *opt,
                            struct wbx_report *rep)
{
    struct exploration x = { .opt = opt, .rep = rep };

    *rep = (struct wbx_report){ .verdict = WB_CLEAN };
    rep->owner = x.arena = wbx_report_arena();
    x.sources = (struct wbx_sources){ .arena = x.arena,
                                      .files = opt->files,
                                      .nfiles = opt->nfiles };
    explore(&x);
    free(x.token.choices);
    return rep->status;
}
