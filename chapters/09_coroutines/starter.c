/* Exercise 09: many offers, one customer, little time.
 *
 * rejected: not-concurrent "never more than 1 airline was being asked"
 *
 * The offers come, one after the other, and the customer has to wait for the
 * last of them, however long that takes:
 *
 *     ./workbook check 09
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include "wb/base.h"
#include "wb/coro.h"

int collect_offers(ask_fn ask, void *desk, int n, int64_t deadline, int *offers)
{
    int prices = 0;

    (void)deadline;
    for (int i = 0; i < n; i++) {
        offers[i] = ask(desk, i);
        prices += offers[i] >= 0;
    }
    return prices;
}
