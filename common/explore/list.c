/* list.c: one line per row and a column that names the thread, for more
 * threads than fit side by side. */
#include "print.h"

enum { MARGIN = 2, NAME = 5 };

static const char *name_of(const struct wbx_failure *f, int thread)
{
    return thread >= 0 && (size_t)thread < f->nthreads ? f->threads[thread].name
                                                       : "";
}

static void print_row(struct wbx_printer *p, const struct wbx_failure *f,
                      const struct wbx_row *r, int where)
{
    int room = p->style.width - MARGIN, used;

    wbx_text_pad(p, MARGIN);
    if (r->thread < 0) {
        wbx_text_put(p, WBX_DIM, r->text, room);
        return;
    }
    used = wbx_text_put(p, WBX_BOLD, name_of(f, r->thread), NAME);
    wbx_text_pad(p, NAME - used);
    room -= NAME;
    if (r->kind == WBX_ROW_SOURCE) {
        used = wbx_text_put(p, WBX_DIM, r->where, room);
        wbx_text_pad(p, where - used + 1);
        wbx_text_put(p, WBX_PLAIN, r->text, room - where - 1);
        return;
    }
    wbx_text_pad(p, where + 1);
    room -= where + 3;
    wbx_text_put(p, WBX_ALARM, r->marked ? "! " : "  ", 2);
    wbx_text_put(p,
                 r->marked                 ? WBX_ALARM
                 : r->kind == WBX_ROW_NOTE ? WBX_BOLD
                                           : WBX_PLAIN,
                 r->text, room);
}

void wbx_list_print(struct wbx_printer *p, const struct wbx_failure *f,
                    const struct wbx_rows *rows)
{
    int where = 1;

    for (size_t i = 0; i < rows->n; i++) {
        const struct wbx_row *r = &rows->at[i];
        int width = r->where ? wbx_text_width(r->where) : 0;

        if (width > where && width <= 24)
            where = width;
    }
    for (size_t i = 0; i < rows->n; i++) {
        print_row(p, f, &rows->at[i], where);
        putc('\n', p->out);
    }
}
