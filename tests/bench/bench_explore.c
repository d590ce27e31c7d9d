/* How fast the explorer is, and how much memory it needs.
 *
 * Every program is compiled once and searched in each round to its end, with
 * race detection, in a process of its own. The rounds take turns, so that a
 * busy minute of the machine meets all programs alike. What a search needs in
 * processor time hardly depends on what else runs; seconds do. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "build.h"
#include "json.h"
#include "kept.h"
#include "run.h"
#include "series.h"

struct subject {
    const char *name, *file;
    const char *flags[2];
    size_t nflags;
    struct wbx_program program;
    uint64_t traces, blocked;
    long early_kib, end_kib; /* peak after a tenth of the traces, at the end */
    struct series seconds, rate, cpu_rate; /* of one process */
    struct series shared_rate;             /* of one for each processor */
};

static struct subject subjects[] = {
    { .name = "2 threads x 12 atomic operations", .file = HERE "/atomics.c" },
    { .name = "3 threads x 12 locks and writes", .file = HERE "/locked.c" },
    { .name = "sections, N=4 K=3",
      .file = SEARCH "/sections.c",
      .flags = { "-DN=4", "-DK=3" },
      .nflags = 2 },
    { .name = "load_store, N=5",
      .file = SEARCH "/load_store.c",
      .flags = { "-DN=5" },
      .nflags = 1 },
    { .name = "random, 3 threads x 6 operations",
      .file = HERE "/mixed.c",
      .flags = { "-DSEED=4" },
      .nflags = 1 },
};

enum { SUBJECTS = sizeof(subjects) / sizeof(subjects[0]) };

/* What one search was like. */
struct outcome {
    uint64_t traces, blocked;
    double seconds, cpu_seconds;
    long peak_kib;
    int error;
};

static _Noreturn void die(const char *name, const char *why)
{
    fprintf(stderr, "bench-explore: %s: %s\n", name, why);
    exit(1);
}

static struct wbx_options options_of(const struct subject *s)
{
    return (struct wbx_options){ .files = &s->file,
                                 .nfiles = 1,
                                 .cflags = s->flags,
                                 .ncflags = s->nflags,
                                 .all = true };
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* In a child, whose only child is the searching process. */
static struct outcome search_here(const struct subject *s, uint64_t budget,
                                  unsigned workers)
{
    struct wbx_options opt = options_of(s);
    struct wbx_arena arena = { 0 };
    struct outcome o = { 0 };
    struct wbx_run run;
    struct rusage used;

    opt.budget = budget;
    opt.workers = workers;
    o.error = -wbx_run(&opt, &s->program, NULL, &arena, &run);
    if (o.error != 0)
        return o;
    if (run.end != WBX_RUN_ENDED || run.shared->state != WBX_DONE ||
        run.shared->nfailures > 0 || run.shared->exhaustive != (budget == 0))
        o.error = EPROTO;
    getrusage(RUSAGE_CHILDREN, &used);
    o.traces = run.shared->traces;
    o.blocked = run.shared->blocked;
    o.seconds = (double)run.shared->nanoseconds / 1e9;
    o.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    o.peak_kib = used.ru_maxrss;
    return o;
}

static struct outcome search(const struct subject *s, uint64_t budget,
                             unsigned workers)
{
    struct outcome o;
    int fds[2];
    pid_t pid;

    if (pipe(fds) < 0 || (pid = fork()) < 0)
        die(s->name, strerror(errno));
    if (pid == 0) {
        o = search_here(s, budget, workers);
        _exit(write(fds[1], &o, sizeof(o)) != (ssize_t)sizeof(o));
    }
    close(fds[1]);
    if (read(fds[0], &o, sizeof(o)) != (ssize_t)sizeof(o))
        die(s->name, "the search was killed");
    close(fds[0]);
    waitpid(pid, NULL, 0);
    if (o.error != 0)
        die(s->name, o.error == EPROTO ? "it is not searched to a clean end"
                                       : strerror(o.error));
    return o;
}

static void build(struct subject *s)
{
    struct wbx_options opt = options_of(s);
    struct wbx_report rep = { 0 };
    struct wbx_arena arena = { 0 };

    if (wbx_build(&opt, &rep, &arena, &s->program) < 0)
        die(s->name, rep.message);
    wbx_arena_free(&arena);
}

static void measure(struct subject *s)
{
    struct outcome o = search(s, 0, 1);

    s->traces = o.traces;
    s->blocked = o.blocked;
    s->end_kib = o.peak_kib > s->end_kib ? o.peak_kib : s->end_kib;
    series_add(&s->seconds, o.seconds);
    series_add(&s->rate, (double)o.traces / o.seconds);
    series_add(&s->cpu_rate, (double)o.traces / o.cpu_seconds);
    o = search(s, 0, 0);
    series_add(&s->shared_rate, (double)o.traces / o.seconds);
}

static double now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The whole of `explore` for a small file: compile, search, name, report. */
static void measure_small(struct series *whole, struct series *compiling)
{
    const char *file = PROGRAMS "/lost.c";
    struct wbx_report rep;
    double start = now();

    wbx_kept_forget();
    wbx_explore(&(struct wbx_options){ .files = &file, .nfiles = 1 }, &rep);
    series_add(whole, now() - start);
    series_add(compiling, rep.build_seconds);
    if (rep.status != WBX_FAULT)
        die(file, rep.message ? rep.message : "no failure");
    wbx_report_free(&rep);
}

static void print_table(const struct series *whole,
                        const struct series *compiling)
{
    printf("%-33s %8s %7s  %-21s %-24s %-10s %-10s %s\n", "program", "traces",
           "blocked", "seconds", "traces/s", "/s of CPU", "/s shared",
           "peak KiB");
    for (int i = 0; i < SUBJECTS; i++) {
        const struct subject *s = &subjects[i];
        char seconds[40], rate[40];

        snprintf(seconds, sizeof(seconds), "%.3f (%.3f-%.3f)",
                 series_median(&s->seconds), series_least(&s->seconds),
                 series_most(&s->seconds));
        snprintf(rate, sizeof(rate), "%.0f (%.0f-%.0f)",
                 series_median(&s->rate), series_least(&s->rate),
                 series_most(&s->rate));
        printf("%-33s %8lu %7lu  %-21s %-24s %-10.0f %-10.0f %ld -> %ld\n",
               s->name, (unsigned long)s->traces, (unsigned long)s->blocked,
               seconds, rate, series_median(&s->cpu_rate),
               series_median(&s->shared_rate), s->early_kib, s->end_kib);
    }
    printf("explore of a small file: %.3f s (%.3f-%.3f), of which compiling "
           "%.3f s\n",
           series_median(whole), series_least(whole), series_most(whole),
           series_median(compiling));
    printf(
        "Medians of %d rounds, in brackets least and most. Shared: by as "
        "many processes\nas there are processors; all else by one. Peak memory "
        "after a tenth of the\ntraces -> at the end.\n",
        ROUNDS);
}

static void json_series(struct wb_json *j, const char *key,
                        const struct series *s, double unit)
{
    wb_json_open(j, key, '{');
    wb_json_int(j, "median", (int64_t)(series_median(s) * unit));
    wb_json_int(j, "least", (int64_t)(series_least(s) * unit));
    wb_json_int(j, "most", (int64_t)(series_most(s) * unit));
    wb_json_close(j, '}');
}

static void json_subject(struct wb_json *j, const struct subject *s)
{
    wb_json_open(j, NULL, '{');
    wb_json_string(j, "name", s->name);
    wb_json_int(j, "traces", (int64_t)s->traces);
    wb_json_int(j, "blocked", (int64_t)s->blocked);
    json_series(j, "microseconds", &s->seconds, 1e6);
    json_series(j, "traces_per_second", &s->rate, 1);
    json_series(j, "traces_per_cpu_second", &s->cpu_rate, 1);
    json_series(j, "traces_per_second_shared", &s->shared_rate, 1);
    wb_json_int(j, "peak_kib_after_a_tenth", s->early_kib);
    wb_json_int(j, "peak_kib", s->end_kib);
    wb_json_close(j, '}');
}

static void print_json(const struct series *whole,
                       const struct series *compiling, double load)
{
    struct wb_json j = { .to = stdout };

    wb_json_open(&j, NULL, '{');
    wb_json_string(&j, "build", BUILD_TYPE);
    wb_json_int(&j, "rounds", ROUNDS);
    wb_json_int(&j, "processors", sysconf(_SC_NPROCESSORS_ONLN));
    wb_json_seconds(&j, "load_before", load);
    wb_json_open(&j, "programs", '[');
    for (int i = 0; i < SUBJECTS; i++)
        json_subject(&j, &subjects[i]);
    wb_json_close(&j, ']');
    json_series(&j, "small_file_microseconds", whole, 1e6);
    json_series(&j, "small_file_compiling_microseconds", compiling, 1e6);
    wb_json_close(&j, '}');
}

static double warn(void)
{
    double load = 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (strcmp(BUILD_TYPE, "Release") != 0)
        fprintf(stderr,
                "bench-explore: this is a build of type %s; "
                "cmake --preset release gives the figures that count\n",
                *BUILD_TYPE ? BUILD_TYPE : "none");
    if (getloadavg(&load, 1) == 1 && load > 0.5)
        fprintf(stderr,
                "bench-explore: the load is %.1f on %ld processors: other "
                "work slows this down\n",
                load, processors);
    return load;
}

int main(int argc, char **argv)
{
    struct series whole = { 0 }, compiling = { 0 };
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    double load;

    if (argc > 1 && !json) {
        fputs("usage: bench-explore [--json]\n", stderr);
        return 2;
    }
    load = warn();
    for (int i = 0; i < SUBJECTS; i++)
        build(&subjects[i]);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < SUBJECTS; i++)
            measure(&subjects[i]);
        measure_small(&whole, &compiling);
    }
    for (int i = 0; i < SUBJECTS; i++)
        subjects[i].early_kib =
            search(&subjects[i], subjects[i].traces / 10, 1).peak_kib;
    if (json)
        print_json(&whole, &compiling, load);
    else
        print_table(&whole, &compiling);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
