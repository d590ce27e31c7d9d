/* One airline that fails ends the wait for all the others.
 *
 * rejected: wrong-answer "the offer of airline" */
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
    return offer;
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
    int rc = wb_coro_gather_until(c, (size_t)n, deadline);
    for (int i = 0; i < n; i++)
        prices += offers[i] >= 0;
    free(c);
    free(inquiry);
    return rc == -ECANCELED ? rc : prices;
}
