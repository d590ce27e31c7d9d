/* print.c: the report around the trace. */
#include "print.h"
#include "follow.h"
#include "source.h"

#include <string.h>

#include "report.h"

/* Break at blanks, so that a long sentence stays readable. */
static void print_sentence(struct wbx_printer *p, const char *text, int column)
{
    int at = column;

    while (*text != '\0') {
        size_t n = strcspn(text, " \n");
        const char *word = wbx_arena_copy(p->arena, text, n);
        int width = wbx_text_width(word);

        if (at > column && at + 1 + width > p->style.width) {
            fprintf(p->out, "\n%*s", column < 20 ? column : 4, "");
            at = column < 20 ? column : 4;
        } else if (at > column) {
            putc(' ', p->out);
            at++;
        }
        wbx_text_put(p, WBX_PLAIN, word, width);
        at += width;
        text += n;
        if (*text == '\n') {
            fprintf(p->out, "\n%*s", column, "");
            at = column;
        }
        text += *text != '\0';
    }
    putc('\n', p->out);
}

static void print_verdict(struct wbx_printer *p, const char *word,
                          enum wbx_paint paint, const char *text)
{
    wbx_text_put(p, paint, word, 80);
    fputs(": ", p->out);
    print_sentence(p, text, 2);
}

static void print_heading(struct wbx_printer *p, const char *text)
{
    fputs("\n  ", p->out);
    wbx_text_put(p, WBX_BOLD, text, p->style.width);
    putc('\n', p->out);
}

static void print_held(struct wbx_printer *p, const struct wbx_thread *t)
{
    for (size_t i = 0; i < t->nheld; i++)
        fprintf(p->out, "%s%s, locked at %s", i ? "; " : "; holds ", t->held[i],
                t->held_where[i]);
}

/* The start of a line about a thread: its name and where it stands. */
static void print_thread(struct wbx_printer *p, const char *name,
                         const char *file, int line)
{
    int used;

    fputs("    ", p->out);
    used = wbx_text_put(p, WBX_BOLD, name, 8);
    wbx_text_pad(p, 5 - used);
    if (file != NULL)
        fprintf(p->out, "%s:%d  ", wbx_source_base(file), line);
}

static void print_standing(struct wbx_printer *p, const struct wbx_failure *f)
{
    print_heading(p, "where the threads stand");
    for (size_t i = 0; i < f->nthreads; i++) {
        const struct wbx_thread *t = &f->threads[i];
        bool ended = strcmp(t->state, "ended") == 0;

        print_thread(p, t->name, ended ? NULL : t->file, t->line);
        fputs(wbx_rows_blocked(p, f, t), p->out);
        print_held(p, t);
        putc('\n', p->out);
    }
}

static bool takes(const struct wbx_event *e)
{
    return (strcmp(e->op, "lock") == 0 || strcmp(e->op, "trylock") == 0 ||
            strcmp(e->op, "woken, lock") == 0 ||
            strcmp(e->op, "read-lock") == 0 ||
            strcmp(e->op, "write-lock") == 0) &&
           !e->failed;
}

static bool gives(const struct wbx_event *e, const char *lock)
{
    return (strcmp(e->op, "unlock") == 0 && strcmp(e->object, lock) == 0) ||
           (strcmp(e->op, "wait") == 0 && e->object2 != NULL &&
            strcmp(e->object2, lock) == 0);
}

/* The locks that the thread of event number `at` holds there. */
static const char *locks_at(struct wbx_printer *p, const struct wbx_failure *f,
                            size_t at)
{
    const char *locks = "";
    int thread = f->events[at].thread;

    for (size_t i = 0; i < at; i++) {
        const struct wbx_event *e = &f->events[i];
        bool held = e->thread == thread && takes(e) && e->object != NULL;

        for (size_t k = i + 1; held && k < at; k++)
            held = f->events[k].thread != thread ||
                   !gives(&f->events[k], e->object);
        if (held)
            locks = wbx_arena_format(p->arena, "%s%s%s", locks,
                                     *locks ? ", " : "", e->object);
    }
    return *locks ? locks : "no lock";
}

/* For a race: which locks each of the two held. */
static void print_race_locks(struct wbx_printer *p, const struct wbx_failure *f)
{
    print_heading(p, "locks held at the two accesses");
    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];

        if (!e->marked || (size_t)e->thread >= f->nthreads)
            continue;
        print_thread(p, f->threads[e->thread].name, e->file, e->line);
        fprintf(p->out, "%s\n", locks_at(p, f, i));
    }
}

static void print_instead(struct wbx_printer *p, const struct wbx_instead *w)
{
    print_heading(
        p, wbx_arena_format(p->arena, "%s on the same schedule", w->program));
    fputs("    ", p->out);
    print_sentence(p, w->text, 4);
    if (w->waits && w->source != NULL)
        fprintf(p->out, "      %s\n", w->source);
}

static void print_failure(struct wbx_printer *p, const struct wbx_failure *f)
{
    struct wbx_rows rows = { 0 };

    print_verdict(p, wb_verdict_name(f->kind), WBX_ALARM, f->cause);
    putc('\n', p->out);
    wbx_rows_make(p, f, &rows);
    if (!wbx_columns_print(p, f, &rows))
        wbx_list_print(p, f, &rows);
    if (f->kind == WB_DEADLOCK || f->kind == WB_LOST_WAKEUP ||
        f->kind == WB_LIVELOCK)
        print_standing(p, f);
    if (f->kind == WB_DATA_RACE)
        print_race_locks(p, f);
    if (f->instead != NULL)
        print_instead(p, f->instead);
    if (f->output != NULL && *f->output != '\0') {
        print_heading(p, "the program had printed");
        wbx_text_block(p, p->style.ascii ? "    | " : "    \u2502 ", f->output);
    }
    if (f->command != NULL) {
        print_heading(p, "replay this schedule");
        fprintf(p->out, "    %s\n", f->command);
    }
}

static const char *plural(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

static void print_clean(struct wbx_printer *p, const struct wbx_report *rep)
{
    char n[32];

    wbx_report_number(n, rep->traces);
    if (rep->exhaustive) {
        wbx_text_put(p, WBX_GOOD, "clean", 5);
        if (rep->traces == 1)
            fputs(": the only interleaving there is, 0 failures\n", p->out);
        else
            fprintf(p->out, ": all %s interleavings, 0 failures\n", n);
    } else {
        wbx_text_put(p, WBX_BOLD, "NOT exhaustive", 14);
        fprintf(p->out, ": %s %s tried", n,
                plural(rep->traces, "execution", "executions"));
        wbx_report_number(n, rep->samples);
        if (rep->samples > 0)
            fprintf(p->out, " in order and %s sampled at random", n);
        fputs(", 0 failures\n", p->out);
    }
}

static void print_summary(struct wbx_printer *p, const struct wbx_report *rep)
{
    char n[32];

    wbx_report_number(n, rep->traces);
    if (rep->exhaustive)
        fprintf(p->out, "\n%zu %s in all %s %s\n", rep->nfailures,
                plural(rep->nfailures, "failure", "failures"), n,
                plural(rep->traces, "interleaving", "interleavings"));
    else
        fprintf(p->out, "\n%zu %s after %s %s; NOT exhaustive, --all goes on\n",
                rep->nfailures, plural(rep->nfailures, "failure", "failures"),
                n, plural(rep->traces, "execution", "executions"));
}

static void print_message(struct wbx_printer *p, const struct wbx_report *rep)
{
    const char *word = rep->status == WBX_CANNOT           ? "cannot explore"
                       : rep->status == WBX_NOT_EXHAUSTIVE ? "not reproduced"
                                                           : "error";

    if (rep->verdict == WB_DOES_NOT_COMPILE) {
        wbx_text_put(p, WBX_ALARM, wb_verdict_name(rep->verdict), 80);
        fputs(":\n", p->out);
        wbx_text_block(p, "", rep->message);
        return;
    }
    wbx_text_put(p, WBX_ALARM, word, 80);
    fputs(": ", p->out);
    wbx_text_block(p, "", rep->message);
}

void wbx_print(FILE *out, const struct wbx_report *rep,
               const struct wbx_style *style)
{
    struct wbx_arena arena = { 0 };
    struct wbx_printer p = { .out = out, .style = *style, .arena = &arena };

    if (p.style.width <= 0)
        p.style.width = 100;
    if (p.style.width < 40)
        p.style.width = 40;
    if (rep->warning != NULL)
        print_verdict(&p, "warning", WBX_ALARM, rep->warning);
    if (rep->message != NULL)
        print_message(&p, rep);
    else if (rep->nfailures == 0)
        print_clean(&p, rep);
    for (size_t i = 0; i < rep->nfailures; i++) {
        if (i > 0)
            putc('\n', out);
        print_failure(&p, &rep->failures[i]);
    }
    if (rep->nfailures > 0)
        print_summary(&p, rep);
    wbx_arena_free(&arena);
}
