/* bench [--json FILE|-] [--only NAME] [--rounds N] [--tiny]
 *
 * Compares our modules with what one would use instead. `./workbook bench`
 * builds this, optimised, and runs it. Exit status: 0 all that is wanted was
 * met; 1 something was not; 2 usage; 4 a file cannot be written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"
#include "wb/base.h"
#include "wb/procpool.h"

enum { USAGE = 2, CANNOT = 4 };

struct options {
    const char *json, *only;
    int rounds;
    bool tiny;
};

static int usage(const char *why)
{
    fprintf(stderr,
            "bench: %s\n"
            "usage: bench [--json FILE|-] [--only NAME] [--rounds 1-%d] "
            "[--tiny]\n",
            why, ROUNDS_MAX);
    return USAGE;
}

static const char *parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--tiny") == 0) {
            o->tiny = true;
            continue;
        }
        if (value == NULL)
            return "an option without its value, or an unknown one";
        if (strcmp(argv[i], "--json") == 0)
            o->json = value;
        else if (strcmp(argv[i], "--only") == 0)
            o->only = value;
        else if (strcmp(argv[i], "--rounds") == 0)
            o->rounds = (int)strtol(value, NULL, 10);
        else
            return "an unknown option";
        i++;
    }
    return o->rounds < 1 || o->rounds > ROUNDS_MAX ? "not so many rounds"
                                                   : NULL;
}

/* Each row, of whatever group. */
static const struct bench_row *next_row(const struct bench_row *row, int *group)
{
    row = row == NULL ? bench_groups[0] : row + 1;
    while (row != NULL && row->name == NULL)
        row = bench_groups[++*group];
    return row;
}

static void choose(struct bench_suite *s, const char *only)
{
    const struct bench_row *row = NULL;
    int group = 0;

    while ((row = next_row(row, &group)) != NULL) {
        if (only != NULL && strncmp(row->name, only, strlen(only)) != 0)
            continue;
        s->chosen =
            realloc(s->chosen, (size_t)(s->nchosen + 1) * sizeof(*s->chosen));
        if (s->chosen == NULL)
            wb_die("no memory for the rows");
        s->chosen[s->nchosen++] = (struct bench_chosen){ .row = row };
    }
}

static const struct bench_row *find(const char *name)
{
    const struct bench_row *row = NULL;
    int group = 0;

    while ((row = next_row(row, &group)) != NULL)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static int measure_here(char **argv)
{
    const struct bench_row *row = find(argv[2]);
    int run = (int)strtol(argv[3], NULL, 10);

    if (row == NULL || run < 0 || run >= bench_count(row))
        return usage("there is no such run");
    int status = bench_measure_here(row, run, strtol(argv[4], NULL, 10));
    fflush(stdout);
    _exit(status); /* what the run has left behind is not looked at */
}

static int list_rows(const char *only)
{
    const struct bench_row *row = NULL;
    int group = 0;

    fprintf(stderr, "bench: no row's name begins with %s; there are:\n", only);
    while ((row = next_row(row, &group)) != NULL)
        fprintf(stderr, "  %-20s %s\n", row->name, row->what);
    return USAGE;
}

/* One row after the other, but in each the runs take turns. */
static void run_all(struct bench_suite *s, bool print)
{
    for (int i = 0; i < s->nchosen; i++) {
        struct bench_chosen *c = &s->chosen[i];

        for (int round = 0; round < s->rounds; round++) {
            if (isatty(STDERR_FILENO))
                fprintf(stderr, "\r%s: round %d of %d\033[K", c->row->name,
                        round + 1, s->rounds);
            for (int run = 0; run < bench_count(c->row); run++)
                bench_measure(c, run, s->tiny);
        }
        if (isatty(STDERR_FILENO))
            fputs("\r\033[K", stderr);
        if (print)
            bench_print_row(c);
    }
}

static void warn(const struct bench_suite *s)
{
    double load;

    if (strcmp(BUILD_TYPE, "Release") != 0 && !s->tiny)
        fputs("bench: this build is not optimised: its figures say nothing\n",
              stderr);
    if (getloadavg(&load, 1) == 1 && load > 0.5 && !s->tiny)
        fprintf(stderr,
                "bench: the load is %.1f: other work disturbs the figures\n",
                load);
}

/* To json, unless NULL, and as a table unless that is stdout. */
static int compare(struct bench_suite *s, FILE *json)
{
    warn(s);
    run_all(s, json != stdout);
    if (json != stdout)
        bench_print_end(s);
    if (json != NULL)
        bench_print_json(s, json);
    if (fflush(stdout) != 0 || (json != NULL && fflush(json) != 0)) {
        fprintf(stderr, "bench: cannot write: %s\n", strerror(errno));
        return CANNOT;
    }
    return bench_all_met(s) ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options o = { .rounds = ROUNDS };
    struct bench_suite s = { 0 };
    FILE *json = NULL;

    wb_procpool_serve(argc, argv);
    if (argc == 5 && strcmp(argv[1], "--measure") == 0)
        return measure_here(argv);
    const char *wrong = parse(&o, argc, argv);
    if (wrong != NULL)
        return usage(wrong);
    if (o.json != NULL)
        json = strcmp(o.json, "-") == 0 ? stdout : fopen(o.json, "w");
    if (o.json != NULL && json == NULL) {
        fprintf(stderr, "bench: %s: %s\n", o.json, strerror(errno));
        return CANNOT;
    }
    s.rounds = o.rounds;
    s.tiny = o.tiny;
    choose(&s, o.only);
    int status = s.nchosen > 0 ? compare(&s, json) : list_rows(o.only);
    if (json != NULL && json != stdout)
        fclose(json);
    free(s.chosen);
    return status;
}
