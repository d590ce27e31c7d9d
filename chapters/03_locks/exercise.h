#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A row of seats that several box offices sell at the same time.
 *
 * Implement the five functions in exercise.c. Each may be called by any
 * thread at any time between row_init() and row_destroy(), and must look to
 * every other thread as if it happened all at once: nobody may see, or sell,
 * a row that is half changed.
 *
 * A row starts with every seat free. Customers are numbered from 1; a free
 * seat belongs to nobody, NOBODY.
 */

#include <pthread.h>

enum { SEATS = 4, NOBODY = 0 };

struct row {
    pthread_mutex_t mu;
    int owner[SEATS]; /* guarded by mu */
    int sold;         /* guarded by mu; how many seats have an owner */
};

/** Make all seats free. @return 0 or a negative errno. */
int row_init(struct row *r);

/** Release what row_init() took. Nobody uses the row any more. */
void row_destroy(struct row *r);

/**
 * Sell one seat.
 * @return 0, -EBUSY if the seat has an owner already, or -EINVAL if there is
 * no such seat; unless it returns 0 nothing has changed
 */
int row_book(struct row *r, int seat, int customer);

/**
 * Sell the seats left and left + 1 to one customer: both or neither.
 * @return 0, -EBUSY if one of them has an owner already, or -EINVAL if one of
 * them does not exist; unless it returns 0 nothing has changed
 */
int row_book_pair(struct row *r, int left, int customer);

/** @return how many seats have an owner at this moment. */
int row_sold(struct row *r);

#endif
