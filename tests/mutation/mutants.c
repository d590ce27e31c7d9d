/* mutants WORKBOOK CHAPTER SOLUTION STARTER EQUIVALENT
 *
 * Takes the calls that synchronise out of a solution, one at a time, and has
 * each such file judged: a judge that lets one pass would let a learner's
 * mistake pass. The starter, which is the solution with all of it missing, is
 * judged too. EQUIVALENT lists the changes that make no difference.
 *
 * Ends with 0 if the judge caught all others, 1 if not, 2 if nothing can be
 * said; the table on stdout shows which. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "equivalent.h"
#include "jury.h"
#include "mutate.h"
#include "text.h"
#include "wb/base.h"

/* A judgement may take so many times what that of the solution took, and at
 * least so many seconds: far more than a slow moment of the machine explains.
 * One that takes longer hangs. The solution itself may take SOLUTION_SECONDS:
 * a clock must not reject what is right, however slow the machine is. */
enum { TIMES = 20, SECONDS_MIN = 12, SOLUTION_SECONDS = 250, AT_ONCE = 2 };

struct mutants {
    const char *chapter;
    char *solution, *starter;
    struct equivalents equivalents;
    struct mutation all[MUTATIONS_MAX];
    size_t n;
    struct candidate *candidates; /* one for each in all, then the starter */
    size_t ncandidates;
    unsigned caught, equivalent, skipped, faults;
};

/* -- reading -------------------------------------------------------------- */

static char *read_file(const char *path)
{
    char *text;
    int rc = wb_file_read(path, &text, NULL);
    if (rc < 0) {
        fprintf(stderr, "mutants: cannot read %s: %s\n", path, strerror(-rc));
        exit(2);
    }
    return text;
}

static void read_equivalents(struct mutants *m, const char *path)
{
    int line = equivalents_parse(&m->equivalents, read_file(path));
    if (line == 0)
        return;
    fprintf(stderr,
            "mutants: %s:%d: this is no \"NN_name | source line | reason\"\n",
            path, line);
    exit(2);
}

static void collect(struct mutants *m)
{
    m->n = mutation_find(m->solution, m->all, MUTATIONS_MAX);
    if (m->n > MUTATIONS_MAX) {
        fprintf(stderr, "mutants: %zu places to change; raise MUTATIONS_MAX\n",
                m->n);
        exit(2);
    }
    m->candidates = wb_alloc(m->n + 1, sizeof(struct candidate));
    for (size_t i = 0; i < m->n; i++)
        if (m->all[i].text != NULL)
            m->candidates[m->ncandidates++].source =
                mutation_apply(m->solution, &m->all[i]);
    m->candidates[m->ncandidates++].source = strdup(m->starter);
}

/* -- judging -------------------------------------------------------------- */

static void judge(const struct jury *jury, struct candidate *c, size_t n)
{
    int rc = jury_judge(jury, c, n, AT_ONCE);
    if (rc < 0) {
        fprintf(stderr, "mutants: cannot judge: %s\n", strerror(-rc));
        exit(2);
    }
}

/* Judge the solution itself, which must pass, and give the others time. */
static void judge_solution(struct jury *jury, char *solution)
{
    struct candidate c = { .source = solution };
    jury->seconds = SOLUTION_SECONDS;
    judge(jury, &c, 1);
    if (c.fate != SURVIVED) {
        fprintf(stderr, "mutants: the solution itself: %s\n", c.verdict);
        exit(2);
    }
    int seconds = (int)(TIMES * c.seconds) + 1;
    jury->seconds = seconds > SECONDS_MIN ? seconds : SECONDS_MIN;
    printf("the solution passes in %.1f s; a mutant may take %d s\n\n",
           c.seconds, jury->seconds);
}

/* -- telling -------------------------------------------------------------- */

/* The line of text that holds at, without blanks around it, to free(). */
static char *line_at(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    text += at + strspn(text + at, " \t");
    return strndup(text, strcspn(text, "\n"));
}

/* Which of the changes to lines that read so this is, from 1. */
static int occurrence(const struct mutants *m, size_t index, const char *line)
{
    int count = 1;
    for (size_t i = 0; i < index; i++) {
        char *other = line_at(m->solution, m->all[i].begin);
        count += strcmp(other, line) == 0;
        free(other);
    }
    return count;
}

static void print_lines(char mark, const char *text, size_t begin, size_t end)
{
    while (begin > 0 && text[begin - 1] != '\n')
        begin--;
    end += strcspn(text + end, "\n");
    while (begin < end) {
        int length = (int)strcspn(text + begin, "\n");
        printf("       %c%.*s\n", mark, length, text + begin);
        begin += (size_t)length + 1;
    }
}

static void print_difference(const struct mutants *m, const struct mutation *a,
                             const char *wrong)
{
    print_lines('-', m->solution, a->begin, a->end);
    print_lines('+', wrong, a->begin, a->begin + strlen(a->text));
}

static void row(int line, const char *what, const char *verdict, double seconds)
{
    printf("%5d  %-36s %-26s %5.1f\n", line, what, verdict, seconds);
}

/* Hold the outcome against what is declared. @return what is wrong, or NULL */
static const char *compare(struct mutants *m, const struct candidate *c,
                           bool declared)
{
    if (c->fate == BROKEN)
        return "there was no judgement";
    if (declared && c->fate != SURVIVED)
        return "declared to make no difference, but it does";
    if (!declared && c->fate == SURVIVED)
        return "SURVIVED: the judge lets this pass";
    m->caught += c->fate == CAUGHT;
    m->skipped += c->fate == UNCOMPILED;
    m->equivalent += declared;
    return NULL;
}

static void tell_one(struct mutants *m, size_t index, const struct candidate *c)
{
    const struct mutation *a = &m->all[index];
    char *line = line_at(m->solution, a->begin);
    const struct equivalent *e = equivalents_find(
        &m->equivalents, m->chapter, line, occurrence(m, index, line));
    row(a->line, a->what, e != NULL ? "equivalent" : c->verdict, c->seconds);
    const char *fault = compare(m, c, e != NULL);
    if (fault != NULL) {
        m->faults++;
        printf("       %s\n", fault);
        print_difference(m, a, c->source);
    }
    free(line);
}

static void tell_starter(struct mutants *m, const struct candidate *c)
{
    row(1, "the starter in its place", c->verdict, c->seconds);
    const char *fault = compare(m, c, false);
    if (fault == NULL && c->fate == UNCOMPILED)
        fault = "the starter must compile";
    if (fault != NULL) {
        m->faults++;
        printf("       %s\n", fault);
    }
}

static void tell(struct mutants *m)
{
    const struct candidate *c = m->candidates;
    printf(" line  %-36s %-26s %s\n", "mutant", "verdict", "seconds");
    for (size_t i = 0; i < m->n; i++) {
        if (m->all[i].text != NULL) {
            tell_one(m, i, c++);
            continue;
        }
        m->skipped++;
        row(m->all[i].line, m->all[i].what, "not made", 0);
    }
    tell_starter(m, c);
}

static void tell_unused(struct mutants *m, const char *path)
{
    const struct equivalent *e =
        equivalents_unused(&m->equivalents, m->chapter);
    if (e == NULL)
        return;
    m->faults++;
    printf("\n%s:%d: no change of that line: %s\n", path, e->line, e->source);
}

/* Without this, a build in which nothing compiles would pass. */
static void tell_nothing_judged(struct mutants *m)
{
    if (m->n == 0 || m->skipped < m->n)
        return;
    m->faults++;
    printf("\nnot one of the mutants could be judged\n");
}

static void release(struct mutants *m)
{
    for (size_t i = 0; i < m->ncandidates; i++)
        free(m->candidates[i].source);
    free(m->candidates);
    mutation_free(m->all, m->n);
    equivalents_free(&m->equivalents);
    free(m->solution);
    free(m->starter);
}

int main(int argc, char **argv)
{
    static struct mutants m;
    if (argc != 6) {
        fprintf(stderr, "usage: mutants WORKBOOK CHAPTER SOLUTION STARTER "
                        "EQUIVALENT\n");
        return 2;
    }
    struct jury jury = { .workbook = argv[1], .chapter = argv[2] };
    m.chapter = argv[2];
    m.solution = read_file(argv[3]);
    m.starter = read_file(argv[4]);
    read_equivalents(&m, argv[5]);
    collect(&m);
    judge_solution(&jury, m.solution);
    judge(&jury, m.candidates, m.ncandidates);
    tell(&m);
    tell_unused(&m, argv[5]);
    tell_nothing_judged(&m);
    printf("\n%s: %u caught, %u equivalent, %u skipped, %u wrong\n", m.chapter,
           m.caught, m.equivalent, m.skipped, m.faults);
    bool good = m.faults == 0;
    release(&m);
    return good ? 0 : 1;
}
