/*
 * How many are inside, and how many ever were at once. See wb/gauge.h.
 *
 * Every operation keeps the default order, sequentially consistent. A weaker
 * one would count as exactly, but a reader would then have to ask what else
 * the gauge may be seen to run ahead of.
 */

#include "wb/gauge.h"

#include "wb/base.h"

/* region: gauge */
/*
 * Raise the peak to n unless it is there already. When the exchange fails,
 * somebody else has moved the peak and `seen` holds where to: look again,
 * because that may still be below n.
 */
static void raise_peak(struct wb_gauge *g, int n)
{
    int seen = atomic_load(&g->peak);
    while (seen < n && !atomic_compare_exchange_weak(&g->peak, &seen, n))
        ;
}

int wb_gauge_enter(struct wb_gauge *g)
{
    int inside = atomic_fetch_add(&g->inside, 1) + 1;
    raise_peak(g, inside);
    return inside;
}

int wb_gauge_leave(struct wb_gauge *g)
{
    int inside = atomic_fetch_sub(&g->inside, 1) - 1;
    if (inside < 0)
        wb_misuse("wb_gauge_leave: left once more than entered");
    return inside;
}
/* endregion: gauge */

int wb_gauge_inside(const struct wb_gauge *g)
{
    return atomic_load(&g->inside);
}

int wb_gauge_peak(const struct wb_gauge *g)
{
    return atomic_load(&g->peak);
}

void wb_gauge_reset(struct wb_gauge *g)
{
    atomic_store(&g->peak, atomic_load(&g->inside));
}
