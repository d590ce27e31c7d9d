/*
 * Deadlines of waiting coroutines: a binary heap in one array, which is
 * looked through without touching the coroutines, each on a page of its own.
 *
 * A coroutine that is woken by something else leaves its entry behind. Such
 * an entry is known by its number, which is no longer that of the coroutine,
 * and all of them are thrown out when they are more than half of the heap.
 *
 * Source of the heap: J. W. J. Williams, "Algorithm 232: Heapsort", 1964; and
 * of building one bottom up: R. W. Floyd, "Algorithm 245: Treesort 3", 1964.
 */

#include <stdlib.h>

#include "coro_impl.h"
#include "wb/base.h"

enum { FIRST_ROOM = 64 };

static bool before(const struct wbc_timer *a, const struct wbc_timer *b)
{
    return a->when < b->when || (a->when == b->when && a->number < b->number);
}

static bool is_stale(const struct wbc_timer *t)
{
    return t->c->timer != t->number;
}

static void sift_up(struct wbc_heap *h, size_t at)
{
    struct wbc_timer moving = h->items[at];
    while (at > 0 && before(&moving, &h->items[(at - 1) / 2])) {
        h->items[at] = h->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->items[at] = moving;
}

static void sift_down(struct wbc_heap *h, size_t at)
{
    struct wbc_timer moving = h->items[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < h->size &&
            before(&h->items[child + 1], &h->items[child]))
            child++;
        if (child >= h->size || !before(&h->items[child], &moving))
            break;
        h->items[at] = h->items[child];
        at = child;
    }
    h->items[at] = moving;
}

/* The next to be taken is one of the first three. With many, its memory has
 * left the processor's cache. */
static void fetch_ahead(const struct wbc_heap *h)
{
    for (size_t i = 0; i < 3 && i < h->size; i++) {
        __builtin_prefetch(&h->items[i].c->link, 1);
        __builtin_prefetch(&h->items[i].c->timer, 1);
    }
}

static void remove_first(struct wbc_heap *h)
{
    h->items[0] = h->items[--h->size];
    if (h->size > 0)
        sift_down(h, 0);
    fetch_ahead(h);
}

static void throw_out_stale(struct wbc_heap *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->size; i++)
        if (!is_stale(&h->items[i]))
            h->items[kept++] = h->items[i];
    h->size = kept;
    h->stale = 0;
    for (size_t i = kept / 2; i-- > 0;)
        sift_down(h, i);
}

void wbc_timer_arm(struct wbc_heap *h, struct wb_coro *c, int64_t when)
{
    if (h->size == h->room) {
        size_t room = h->room > 0 ? 2 * h->room : FIRST_ROOM;
        struct wbc_timer *items = realloc(h->items, room * sizeof(*items));
        if (items == NULL)
            wb_die("no memory for %zu deadlines", room);
        h->items = items;
        h->room = room;
    }
    c->timer = ++h->last_number;
    h->items[h->size] = (struct wbc_timer){ when, c->timer, c };
    sift_up(h, h->size++);
}

void wbc_timer_disarm(struct wbc_heap *h, struct wb_coro *c)
{
    if (c->timer == 0)
        return;
    c->timer = 0;
    h->stale++;
    if (h->stale > FIRST_ROOM && h->stale > h->size / 2)
        throw_out_stale(h);
}

int64_t wbc_timer_next(struct wbc_heap *h)
{
    while (h->size > 0 && is_stale(&h->items[0])) {
        remove_first(h);
        h->stale--;
    }
    return h->size > 0 ? h->items[0].when : WB_FOREVER;
}

struct wb_coro *wbc_timer_pop(struct wbc_heap *h, int64_t now)
{
    if (wbc_timer_next(h) > now || h->size == 0)
        return NULL;
    struct wb_coro *c = h->items[0].c;
    c->timer = 0;
    remove_first(h);
    return c;
}
