/* Who is late is told to stop, and nobody waits until that is done.
 *
 * rejected: leaked-thread "collect_offers returned" */
#include "exercise.h"

#include <errno.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/coro.h"

struct inquiry {
    ask_fn ask;
    void *desk;
    int airline;
    int *offer;
};

static int inquire(void *arg)
{
    struct inquiry *q = arg;
    int offer = q->ask(q->desk, q->airline);

    *q->offer = offer == -ECANCELED ? -ETIMEDOUT : offer;
    return 0;
}

int collect_offers(ask_fn ask, void *desk, int n, int64_t deadline, int *offers)
{
    struct inquiry *inquiry = wb_alloc((size_t)n + 1, sizeof(*inquiry));
    struct wb_coro **c = wb_alloc((size_t)n + 1, sizeof(struct wb_coro *));
    int prices = 0;

    for (int i = 0; i < n; i++) {
        inquiry[i] = (struct inquiry){ ask, desk, i, &offers[i] };
        c[i] = wb_coro_spawn(inquire, &inquiry[i]);
    }
    int rc = 0;
    for (int i = 0; i < n; i++) {
        while (rc == 0 && !wb_coro_done(c[i]) && wb_coro_now() < deadline)
            rc = wb_coro_sleep_ms(1);
        if (!wb_coro_done(c[i]))
            wb_coro_cancel(c[i]);
        wb_coro_detach(c[i]);
    }
    for (int i = 0; i < n; i++)
        prices += offers[i] >= 0;
    free(c);
    return rc == -ECANCELED ? rc : prices;
}
