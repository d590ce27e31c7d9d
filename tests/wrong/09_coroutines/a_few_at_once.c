/* No more than eight airlines are asked at the same time.
 *
 * rejected: not-concurrent "never more than 8 airlines were" */
#include "exercise.h"

#include <errno.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_sync.h"

struct inquiry {
    ask_fn ask;
    void *desk;
    int airline;
    int *offer;
    struct wb_coro_semaphore *slots;
};

static int inquire(void *arg)
{
    struct inquiry *q = arg;
    int offer = wb_coro_semaphore_acquire(q->slots, WB_FOREVER);

    if (offer == 0) {
        offer = q->ask(q->desk, q->airline);
        wb_coro_semaphore_release(q->slots);
    }

    *q->offer = offer == -ECANCELED ? -ETIMEDOUT : offer;
    return 0;
}

int collect_offers(ask_fn ask, void *desk, int n, int64_t deadline, int *offers)
{
    struct inquiry *inquiry = wb_alloc((size_t)n + 1, sizeof(*inquiry));
    struct wb_coro **c = wb_alloc((size_t)n + 1, sizeof(struct wb_coro *));
    struct wb_coro_semaphore slots = WB_CORO_SEMAPHORE_INIT(slots, 8);
    int prices = 0;

    for (int i = 0; i < n; i++) {
        inquiry[i] = (struct inquiry){ ask, desk, i, &offers[i], &slots };
        c[i] = wb_coro_spawn(inquire, &inquiry[i]);
    }
    int rc = wb_coro_gather_until(c, (size_t)n, deadline);
    for (int i = 0; i < n; i++)
        prices += offers[i] >= 0;
    free(c);
    free(inquiry);
    return rc == -ECANCELED ? rc : prices;
}
