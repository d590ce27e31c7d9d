#ifndef WB_EXPLORE_H
#define WB_EXPLORE_H

/**
 * @file explore.h
 * Run every interleaving of a C program and report what can go wrong.
 *
 *     const char *files[] = { "bank.c" };
 *     struct wbx_options opt = { .files = files, .nfiles = 1 };
 *     struct wbx_report rep;
 *     wbx_explore(&opt, &rep);
 *     wbx_print(stdout, &rep, &(struct wbx_style){ .colour = true });
 *     wbx_report_free(&rep);
 *
 * This side compiles the program, starts it under the runtime
 * (libwb_explore_rt.so) in a process of its own, and turns the raw steps the
 * runtime recorded into names, lines and sentences.
 *
 * Thread-safety: calls with distinct reports may run at the same time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "wb/verdict.h"

/** The exit codes of `workbook explore`, and what wbx_explore() returns. */
enum wbx_status {
    WBX_CLEAN = 0,          /**< every interleaving ran, nothing found */
    WBX_FAULT = 1,          /**< a fault was found */
    WBX_USAGE = 2,          /**< bad options, unreadable file, bad token */
    WBX_NOT_EXHAUSTIVE = 3, /**< budget spent or circles cut, nothing found */
    WBX_CANNOT = 4          /**< something the explorer cannot handle */
};

/** What to explore. Zero is the default of every field but files. */
struct wbx_options {
    const char *const *files; /**< sources, compiled together */
    size_t nfiles;
    const char *const *cflags; /**< -D, -I and -U options for the compiler */
    size_t ncflags;
    const char *const *args; /**< the program's argv[1]... */
    size_t nargs;
    const char *compiler; /**< default: the one this build was made with */
    const char *shown_as; /**< command named for replays, such as
                               "./workbook explore 03 bad"; default: with
                               every file and option */
    const char *replay;   /**< a token: run that schedule only */
    uint64_t budget;      /**< executions at most; 0 is the default */
    unsigned workers;     /**< processes that search at a time; 0: as many as
                               WB_EXPLORE_WORKERS or the processors say */
    unsigned split_after; /**< executions by the first alone; 0: the default */
    int bound;            /**< > 0: only up to this many preemptions */
    bool all;             /**< go on after the first failure */
    unsigned map;         /**< enum wbx_map, which graph.h sets */
    bool naive;           /**< every order of steps, reducing nothing: slow */
    /** Called now and then from the calling thread; may be NULL. */
    void (*progress)(void *arg, uint64_t executions);
    void *progress_arg;
};

/** One step of a schedule. Strings belong to the report. */
struct wbx_event {
    int thread;         /**< 0 is main */
    const char *file;   /**< as given by the compiler; NULL when unknown */
    int line;           /**< 0 when unknown */
    const char *source; /**< text of that line, trimmed; NULL when unreadable */
    const char *op;     /**< "read", "write", "lock", "wait", "signal"... */
    const char *object; /**< "counter", "accounts[1].balance", "mu"... */
    int stack;          /**< thread on whose stack it lies; -1: on none */
    bool has_values;    /**< before and after are meaningful */
    int64_t before, after;
    const char *before_text; /**< as C would write it: "NULL", "true", "-1" */
    const char *after_text;
    const char *object2; /**< the mutex of a wait; NULL for most */
    bool failed;         /**< trylock that was busy, wait that timed out... */
    bool preempted;      /**< the scheduler took over from a runnable thread */
    bool marked; /**< one of the racing pair, or on the wait-for cycle */
};

/** What a thread was doing when the failing execution ended. */
struct wbx_thread {
    const char *name;       /**< "main", "T1"... */
    const char *entry;      /**< start function, NULL when unknown */
    const char *created;    /**< "file:line" where it was created, or NULL */
    const char *state;      /**< "ended", "ready", "blocked" */
    const char *blocked_op; /**< "lock", "join", "wait"; NULL unless blocked */
    const char *blocked_object; /**< its name, NULL unless blocked */
    const char *file;           /**< where it stands */
    int line;
    const char *source;      /**< text of that line, or NULL */
    int waits_for;           /**< thread it waits for, -1 for none or unknown */
    const char *const *held; /**< names of locks held */
    const char *const *held_where; /**< "file:line" of each acquisition */
    size_t nheld;
};

struct wbx_instead;

/** One way in which the program fails. Strings belong to the report. */
struct wbx_failure {
    enum wb_verdict kind;
    int thread;       /**< that failed */
    const char *file; /**< where it failed, NULL when nowhere */
    int line;
    const char *source;  /**< text of that line, or NULL */
    const char *cause;   /**< one sentence */
    const char *replay;  /**< token for wbx_options.replay */
    const char *command; /**< shell command that replays it */
    uint64_t skipped;    /**< steps before the first event, not kept */
    int preemptions;
    struct wbx_event *events;
    size_t nevents;
    struct wbx_thread *threads;
    size_t nthreads;
    const char *output; /**< what the program had printed by then */
    const struct wbx_instead *instead; /**< what another program does on
                                            this schedule: follow.h */
};

/** What an exploration found; free it with wbx_report_free(). */
struct wbx_report {
    enum wbx_status status;
    enum wb_verdict verdict; /**< kind of the first failure, or WB_CLEAN */
    bool exhaustive;
    uint64_t traces;      /**< complete executions, failing ones included */
    uint64_t samples;     /**< executions drawn at random, over budget */
    uint64_t blocked;     /**< executions cut short as redundant */
    uint64_t failing;     /**< of the traces: those in which something failed */
    uint64_t states;      /**< distinct outputs of complete executions */
    uint64_t states_sum;  /**< of their hashes: compares two searches */
    double seconds;       /**< of the search, compilation not included */
    double build_seconds; /**< compiling and linking */
    struct wbx_failure *failures; /**< the simplest first */
    size_t nfailures;
    const char *message; /**< why status is USAGE or CANNOT, what to do */
    const char *warning; /**< e.g. the program changed since the token */
    const char *output;  /**< what the program printed in the failing run */
    void *owner;         /**< private */
};

/** How to print. */
struct wbx_style {
    bool colour;
    bool ascii; /**< no box drawing, no arrows outside ASCII */
    int width;  /**< columns; 0 is 100 */
};

/**
 * Explore, fill *rep, return rep->status. Never fails to fill it; free it
 * with wbx_report_free() whatever is returned. Blocks until the search ends;
 * leaves no process, descriptor or temporary file behind.
 */
enum wbx_status wbx_explore(const struct wbx_options *opt,
                            struct wbx_report *rep);

/** Free what the report points to. A zeroed report is allowed. */
void wbx_report_free(struct wbx_report *rep);

/** Print for people: cause, columns, cycle or pair, token. */
void wbx_print(FILE *out, const struct wbx_report *rep,
               const struct wbx_style *style);

/** Print one JSON object and a newline; the keys are in explore.md. */
void wbx_print_json(FILE *out, const struct wbx_report *rep);

/** @return the failure of that kind, or NULL. */
const struct wbx_failure *wbx_find(const struct wbx_report *rep,
                                   enum wb_verdict kind);

#endif
