/* select.c: what of a long trace to show.
 *
 * A step counts when it is marked, when it synchronises, or when it touches
 * what another thread touches too. Everything else belongs to one thread alone
 * and cannot have gone wrong by the order of steps. */
#include <stdlib.h>
#include <string.h>

#include "print.h"

enum {
    SHORT = 24,  /* so few are all shown */
    MOST = 90,   /* that are shown of a long one, besides the marked */
    OPENING = 10 /* of which at the beginning */
};

static bool is_quiet_op(const char *op)
{
    static const char *const quiet[] = { "read", "write", "malloc", "free",
                                         "init" };

    for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
        if (strcmp(op, quiet[i]) == 0)
            return true;
    return false;
}

static int by_object(const void *a, const void *b)
{
    const struct wbx_event *x = *(const struct wbx_event *const *)a;
    const struct wbx_event *y = *(const struct wbx_event *const *)b;

    return strcmp(x->object, y->object);
}

/* One object's events: those of one thread alone are not shown. */
static void judge_object(const struct wbx_failure *f,
                         const struct wbx_event **run, size_t n, bool *shown)
{
    bool shared = false;

    for (size_t i = 1; i < n; i++)
        shared |= run[i]->thread != run[0]->thread;
    for (size_t i = 0; i < n && !shared; i++)
        if (is_quiet_op(run[i]->op) && !run[i]->marked)
            shown[run[i] - f->events] = false;
}

static void hide_private(const struct wbx_failure *f, struct wbx_arena *a,
                         bool *shown)
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
            if (strcmp(all[from]->object, all[to]->object) != 0)
                break;
        judge_object(f, all + from, to - from, shown);
    }
}

/* Of too many, keep the beginning and the end. */
static void hide_middle(const struct wbx_failure *f, bool *shown)
{
    size_t count = 0, seen = 0;

    for (size_t i = 0; i < f->nevents; i++)
        count += shown[i];
    for (size_t i = 0; count > MOST && i < f->nevents; i++) {
        if (!shown[i])
            continue;
        if (++seen > OPENING && seen <= count - (MOST - OPENING) &&
            !f->events[i].marked)
            shown[i] = false;
    }
}

/* The note that one step is missing would take as much room as the step. */
static void show_singles(const struct wbx_failure *f, bool *shown)
{
    for (size_t i = 0; i < f->nevents; i++)
        if (!shown[i] && (i == 0 || shown[i - 1]) &&
            (i + 1 == f->nevents || shown[i + 1]))
            shown[i] = true;
}

void wbx_select(const struct wbx_failure *f, struct wbx_arena *a, bool *shown)
{
    memset(shown, true, f->nevents);
    if (f->nevents <= SHORT)
        return;
    hide_private(f, a, shown);
    hide_middle(f, shown);
    show_singles(f, shown);
}
