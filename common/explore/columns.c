/* columns.c: one column per thread, time going down. */
#include <string.h>

#include "print.h"

enum { MARGIN = 2, GAP = 3, NARROWEST = 22, MOST_COLUMNS = 4, INDENT = 2 };

struct layout {
    int width[MOST_COLUMNS];
    int least[MOST_COLUMNS]; /* what the steps need: their values must show */
    int n;
};

static const char *title(struct wbx_printer *p, const struct wbx_thread *t)
{
    if (t->entry == NULL || strcmp(t->entry, t->name) == 0)
        return t->name;
    return wbx_arena_format(p->arena, "%s %s()", t->name, t->entry);
}

static int row_width(const struct wbx_row *r)
{
    int text = wbx_text_width(r->text);

    return r->kind == WBX_ROW_SOURCE ? wbx_text_width(r->where) + 1 + text
                                     : INDENT + text;
}

/* Make room for row r in the column of its thread. Source text may be cut. */
static void widen(struct layout *l, const struct wbx_row *r)
{
    int wanted = row_width(r), i = r->thread;

    if (wanted > l->width[i])
        l->width[i] = wanted;
    if (r->kind == WBX_ROW_SOURCE)
        wanted = NARROWEST;
    if (wanted > l->least[i])
        l->least[i] = wanted;
}

/* The column with the most to spare, or -1. */
static int most_spare(const struct layout *l)
{
    int best = -1, spare = 0;

    for (int i = 0; i < l->n; i++)
        if (l->width[i] - l->least[i] > spare) {
            spare = l->width[i] - l->least[i];
            best = i;
        }
    return best;
}

/* Every column gets what it wants; while that is too much, the one that can
 * best spare it gives way. */
static bool lay_out(struct wbx_printer *p, const struct wbx_failure *f,
                    const struct wbx_rows *rows, struct layout *l)
{
    int total, room = p->style.width - MARGIN;

    l->n = (int)f->nthreads;
    if (l->n > MOST_COLUMNS || l->n == 0)
        return false;
    total = GAP * (l->n - 1);
    for (int i = 0; i < l->n; i++)
        l->width[i] = l->least[i] = wbx_text_width(title(p, &f->threads[i]));
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->at[i].thread >= l->n)
            return false;
        if (rows->at[i].thread >= 0)
            widen(l, &rows->at[i]);
    }
    for (int i = 0; i < l->n; i++)
        total += l->width[i];
    for (; total > room; total--) {
        int spare = most_spare(l);

        if (spare < 0)
            return false;
        l->width[spare]--;
    }
    return true;
}

/* Nothing after the last mark: no line ends in blanks. */
static void put_bar(struct wbx_printer *p, bool last)
{
    wbx_text_put(p, WBX_DIM, p->style.ascii ? " |" : " \u2502", GAP - 1);
    if (!last)
        putc(' ', p->out);
}

static void print_titles(struct wbx_printer *p, const struct wbx_failure *f,
                         const struct layout *l)
{
    const char *line = p->style.ascii ? "-" : "\u2500";

    wbx_text_pad(p, MARGIN);
    for (int i = 0; i < l->n; i++) {
        int used =
            wbx_text_put(p, WBX_BOLD, title(p, &f->threads[i]), l->width[i]);

        if (i + 1 == l->n)
            break;
        wbx_text_pad(p, l->width[i] - used);
        put_bar(p, false);
    }
    putc('\n', p->out);
    wbx_text_pad(p, MARGIN);
    if (p->style.colour)
        fputs("\033[2m", p->out);
    for (int i = 0; i < l->n; i++) {
        if (i > 0)
            fputs(p->style.ascii ? "-+-" : "\u2500\u253c\u2500", p->out);
        for (int c = 0; c < l->width[i]; c++)
            fputs(line, p->out);
    }
    fputs(p->style.colour ? "\033[0m\n" : "\n", p->out);
}

static int put_cell(struct wbx_printer *p, const struct wbx_row *r, int width)
{
    int used;

    switch (r->kind) {
    case WBX_ROW_SOURCE:
        used = wbx_text_put(p, WBX_DIM, r->where, width);
        if (used < width) {
            wbx_text_pad(p, 1);
            used += 1 + wbx_text_put(p, WBX_PLAIN, r->text, width - used - 1);
        }
        return used;
    case WBX_ROW_NOTE: return wbx_text_put(p, WBX_BOLD, r->text, width);
    default:
        used = wbx_text_put(p, WBX_ALARM, r->marked ? "! " : "  ", INDENT);
        return used + wbx_text_put(p, r->marked ? WBX_ALARM : WBX_PLAIN,
                                   r->text, width - used);
    }
}

static void print_row(struct wbx_printer *p, const struct wbx_row *r,
                      const struct layout *l)
{
    wbx_text_pad(p, MARGIN);
    for (int i = 0; i < l->n; i++) {
        int used = i == r->thread ? put_cell(p, r, l->width[i]) : 0;

        if (i + 1 == l->n)
            break;
        wbx_text_pad(p, l->width[i] - used);
        put_bar(p, i + 2 == l->n && r->thread != i + 1);
    }
    putc('\n', p->out);
}

bool wbx_columns_print(struct wbx_printer *p, const struct wbx_failure *f,
                       const struct wbx_rows *rows)
{
    struct layout l;

    if (!lay_out(p, f, rows, &l))
        return false;
    print_titles(p, f, &l);
    for (size_t i = 0; i < rows->n; i++) {
        const struct wbx_row *r = &rows->at[i];

        if (r->thread >= 0) {
            print_row(p, r, &l);
            continue;
        }
        wbx_text_pad(p, MARGIN);
        wbx_text_put(p, WBX_DIM, r->text, p->style.width - MARGIN);
        putc('\n', p->out);
    }
    return true;
}
