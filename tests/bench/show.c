/* Judges what was measured, and shows it as a table or as JSON. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "json.h"
#include "suite.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static bool measured(const struct bench_result *r)
{
    return r->rate.count > 0 && r->failed[0] == '\0';
}

static struct bench_verdict judge_extra(const struct bench_chosen *c)
{
    const struct bench_result *ours = &c->results[0];
    double most = c->row->extra_most;
    struct bench_verdict v = { .ratio = 1, .worst = 1, .met = true };

    v.asked = most > 0 && measured(ours);
    if (v.asked)
        v.met = series_median(&ours->extra) <= most;
    return v;
}

struct bench_verdict bench_judge(const struct bench_chosen *c, int run)
{
    const struct bench_run *r = &c->row->runs[run];
    const struct bench_result *ours = &c->results[0], *peer = &c->results[run];
    struct bench_verdict v = { 0 };

    if (run == 0)
        return judge_extra(c);
    if (!measured(ours) || !measured(peer))
        return v;
    v.asked = r->wanted > 0 || r->wanted_worst > 0;
    v.ratio = series_median(&ours->rate) / series_median(&peer->rate);
    v.worst = series_least(&ours->rate) / series_median(&peer->rate);
    v.met = v.ratio >= r->wanted && v.worst >= r->wanted_worst;
    return v;
}

bool bench_all_met(const struct bench_suite *s)
{
    for (int i = 0; i < s->nchosen; i++) {
        const struct bench_chosen *c = &s->chosen[i];

        for (int run = 0; run < bench_count(c->row); run++) {
            struct bench_verdict v = bench_judge(c, run);

            if (c->results[run].failed[0] != '\0' || (v.asked && !v.met))
                return false;
        }
    }
    return true;
}

/* -- a table ----------------------------------------------------------------
 */

static const char *human(char *to, size_t size, double value)
{
    if (value >= 1e6)
        snprintf(to, size, "%.2f M", value / 1e6);
    else if (value >= 1e3)
        snprintf(to, size, "%.1f k", value / 1e3);
    else
        snprintf(to, size, "%.3g", value);
    return to;
}

static void print_wanted(const struct bench_run *r, struct bench_verdict v)
{
    if (v.ratio > 0)
        printf("  %5.2fx", v.ratio);
    if (r->wanted > 0)
        printf(" wanted %gx", r->wanted);
    if (r->wanted_worst > 0)
        printf(" worst %.2fx wanted %gx", v.worst, r->wanted_worst);
    if (v.asked)
        printf(": %s", v.met ? "met" : "NOT MET");
}

static void print_extra(const struct bench_chosen *c, int run)
{
    const struct bench_row *row = c->row;
    char value[32];

    if (row->extra == NULL)
        return;
    printf("\n  %-20s %10s %s", "",
           human(value, sizeof(value), series_median(&c->results[run].extra)),
           row->extra);
    if (run == 0 && row->extra_most > 0)
        printf(", wanted at most %g: %s", row->extra_most,
               bench_judge(c, 0).met ? "met" : "NOT MET");
}

static void print_run(const struct bench_chosen *c, int run)
{
    const struct bench_result *r = &c->results[run];
    char median[32], least[32], most[32];

    printf("  %-20s ", c->row->runs[run].name);
    if (r->skipped[0] != '\0') {
        printf("skipped: needs %s\n", r->skipped);
        return;
    }
    if (!measured(r)) {
        printf("FAILED: %s\n", r->failed);
        return;
    }
    printf("%10s (%s - %s)",
           human(median, sizeof(median), series_median(&r->rate)),
           human(least, sizeof(least), series_least(&r->rate)),
           human(most, sizeof(most), series_most(&r->rate)));
    if (run > 0)
        print_wanted(&c->row->runs[run], bench_judge(c, run));
    print_extra(c, run);
    putchar('\n');
}

void bench_print_row(const struct bench_chosen *c)
{
    printf("%s: %s%s, %s\n", c->row->name, c->row->what,
           c->row->pinned ? ", on one processor" : "", c->row->unit);
    for (int run = 0; run < bench_count(c->row); run++)
        print_run(c, run);
    fflush(stdout);
}

void bench_print_end(const struct bench_suite *s)
{
    printf("\nMedians of %d rounds, in brackets the least and the most. %s\n",
           s->rounds,
           bench_all_met(s) ? "All that is wanted was met."
                            : "Not all that is wanted was met.");
}

/* -- JSON -------------------------------------------------------------------
 */

static void json_series(struct wb_json *j, const char *key,
                        const struct series *s)
{
    wb_json_open(j, key, '{');
    wb_json_seconds(j, "median", series_median(s));
    wb_json_seconds(j, "least", series_least(s));
    wb_json_seconds(j, "most", series_most(s));
    wb_json_close(j, '}');
}

static void json_run(struct wb_json *j, const struct bench_chosen *c, int run)
{
    const struct bench_run *r = &c->row->runs[run];
    const struct bench_result *result = &c->results[run];
    struct bench_verdict v = bench_judge(c, run);

    wb_json_open(j, NULL, '{');
    wb_json_string(j, "name", r->name);
    wb_json_string(j, "skipped", result->skipped[0] ? result->skipped : NULL);
    wb_json_string(j, "failed", result->failed[0] ? result->failed : NULL);
    if (measured(result)) {
        json_series(j, "rate", &result->rate);
        if (c->row->extra != NULL)
            json_series(j, "extra", &result->extra);
    }
    if (v.asked) {
        wb_json_seconds(j, "ratio", v.ratio);
        wb_json_seconds(j, "wanted", r->wanted);
        wb_json_seconds(j, "worst", v.worst);
        wb_json_seconds(j, "wanted_worst", r->wanted_worst);
        wb_json_bool(j, "met", v.met);
    }
    wb_json_close(j, '}');
}

static void json_row(struct wb_json *j, const struct bench_chosen *c)
{
    wb_json_open(j, NULL, '{');
    wb_json_string(j, "name", c->row->name);
    wb_json_string(j, "what", c->row->what);
    wb_json_string(j, "unit", c->row->unit);
    wb_json_string(j, "extra", c->row->extra);
    wb_json_seconds(j, "extra_most", c->row->extra_most);
    wb_json_bool(j, "pinned", c->row->pinned);
    wb_json_open(j, "runs", '[');
    for (int run = 0; run < bench_count(c->row); run++)
        json_run(j, c, run);
    wb_json_close(j, ']');
    wb_json_close(j, '}');
}

/* The model of the first processor, as the kernel calls it; or NULL. */
static const char *processor_model(char *line, int size)
{
    FILE *in = fopen("/proc/cpuinfo", "re");
    const char *model = NULL;

    while (in != NULL && model == NULL && fgets(line, size, in) != NULL)
        if (strncmp(line, "model name", 10) == 0)
            model = strchr(line, ':');
    if (in != NULL)
        fclose(in);
    if (model == NULL)
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return model + 1 + strspn(model + 1, " ");
}

/* Where the figures come from: without it they say nothing. */
static void json_origin(struct wb_json *j)
{
    char line[256];
    struct utsname system;

    uname(&system);
    wb_json_string(j, "build", BUILD_TYPE);
    wb_json_string(j, "compiler", COMPILER);
    wb_json_string(j, "flags", BENCH_FLAGS);
    wb_json_string(j, "machine", system.machine);
    wb_json_string(j, "model", processor_model(line, sizeof(line)));
    wb_json_int(j, "processors", sysconf(_SC_NPROCESSORS_ONLN));
}

void bench_print_json(const struct bench_suite *s, FILE *to)
{
    struct wb_json j = { .to = to };

    wb_json_open(&j, NULL, '{');
    json_origin(&j);
    wb_json_int(&j, "rounds", s->rounds);
    wb_json_bool(&j, "met", bench_all_met(s));
    wb_json_open(&j, "rows", '[');
    for (int i = 0; i < s->nchosen; i++)
        json_row(&j, &s->chosen[i]);
    wb_json_close(&j, ']');
    wb_json_close(&j, '}');
}
