/* select.c: what of a trace to show.
 *
 * A plain access to what no other thread touches, or to what nobody changes,
 * cannot go wrong by the order of steps: it is left out. Of a long trace so is
 * the middle. What is marked is always shown. */
#include <stdlib.h>
#include <string.h>

#include "print.h"

enum {
    SHORT = 40,  /* so few may also show where memory comes and goes */
    MOST = 90,   /* that are shown of a long one, besides the marked */
    OPENING = 10 /* of which at the beginning */
};

static bool is_one_of(const char *op, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(op, words[i]) == 0)
            return true;
    return false;
}

/* What the operation does concerns its own thread alone when no other thread
 * touches the object. */
static bool is_quiet(const struct wbx_event *e, bool is_long)
{
    static const char *const always[] = { "read", "write" };
    static const char *const in_long[] = { "malloc", "free", "init",
                                           "destroy" };

    return !e->marked && (is_one_of(e->op, always, 2) ||
                          (is_long && is_one_of(e->op, in_long, 4)));
}

static int by_object(const void *a, const void *b)
{
    const struct wbx_event *x = *(const struct wbx_event *const *)a;
    const struct wbx_event *y = *(const struct wbx_event *const *)b;

    int order = strcmp(x->object, y->object);

    return order != 0 ? order : x->stack - y->stack;
}

/* run: all the events on one object. */
static void judge_object(const struct wbx_failure *f,
                         const struct wbx_event **run, size_t n,
                         enum wbx_shown *shown)
{
    bool shared = false, changes = false;

    for (size_t i = 0; i < n; i++) {
        shared |= run[i]->thread != run[0]->thread;
        changes |= strcmp(run[i]->op, "read") != 0;
    }
    for (size_t i = 0; i < n && !(shared && changes); i++)
        if (is_quiet(run[i], f->nevents > SHORT))
            shown[run[i] - f->events] = WBX_PRIVATE;
}

static void hide_private(const struct wbx_failure *f, struct wbx_arena *a,
                         enum wbx_shown *shown)
{
    const struct wbx_event **all =
        wbx_arena_alloc(a, (f->nevents + 1) * sizeof(*all));
    size_t n = 0;

    for (size_t i = 0; i < f->nevents; i++)
        if (f->events[i].object != NULL)
            all[n++] = &f->events[i];
    if (n > 0)
        qsort(all, n, sizeof(*all), by_object);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n; to++)
            if (by_object(&all[from], &all[to]) != 0)
                break;
        judge_object(f, all + from, to - from, shown);
    }
}

/* Of too many, keep the beginning and the end. */
static void cut_middle(const struct wbx_failure *f, enum wbx_shown *shown)
{
    size_t count = 0, seen = 0;

    for (size_t i = 0; i < f->nevents; i++)
        count += shown[i] == WBX_SHOWN;
    if (count <= MOST)
        return;
    for (size_t i = 0; i < f->nevents; i++)
        if (shown[i] == WBX_SHOWN && ++seen > OPENING &&
            seen <= count - (MOST - OPENING) && !f->events[i].marked)
            shown[i] = WBX_CUT;
}

enum wbx_shown *wbx_select(const struct wbx_failure *f, struct wbx_arena *a)
{
    enum wbx_shown *shown =
        wbx_arena_alloc(a, (f->nevents + 1) * sizeof(*shown));

    hide_private(f, a, shown);
    cut_middle(f, shown);
    return shown;
}
