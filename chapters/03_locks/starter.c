/* Exercise 03: sell every seat once.
 *
 * rejected: wrong-answer "both customers were sold seat 1"
 *
 * Every access to the row is locked here, and no data race is left. Still two
 * customers can end up on one seat. Find out how:
 *
 *     ./workbook check 03
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_free(struct row *r, int seat)
{
    pthread_mutex_lock(&r->mu);
    bool result = r->owner[seat] == NOBODY;
    pthread_mutex_unlock(&r->mu);
    return result;
}

static void take(struct row *r, int seat, int customer)
{
    pthread_mutex_lock(&r->mu);
    r->owner[seat] = customer;
    r->sold++;
    pthread_mutex_unlock(&r->mu);
}

int row_init(struct row *r)
{
    memset(r, 0, sizeof(*r));
    return -pthread_mutex_init(&r->mu, NULL);
}

void row_destroy(struct row *r)
{
    pthread_mutex_destroy(&r->mu);
}

int row_book(struct row *r, int seat, int customer)
{
    if (seat < 0 || seat >= SEATS)
        return -EINVAL;
    if (!is_free(r, seat))
        return -EBUSY;
    take(r, seat, customer);
    return 0;
}

int row_book_pair(struct row *r, int left, int customer)
{
    if (left < 0 || left + 1 >= SEATS)
        return -EINVAL;
    if (!is_free(r, left) || !is_free(r, left + 1))
        return -EBUSY;
    take(r, left, customer);
    take(r, left + 1, customer);
    return 0;
}

int row_sold(struct row *r)
{
    pthread_mutex_lock(&r->mu);
    int sold = r->sold;
    pthread_mutex_unlock(&r->mu);

    return sold;
}
