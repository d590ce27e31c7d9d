#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A travel desk asks airlines for the price of a journey. A customer waits at
 * the desk, and not for ever.
 *
 * Implement collect_offers() in exercise.c with the coroutines of wb/coro.h.
 */

#include <stdint.h>

/**
 * Ask one airline. It waits, and so it can be cancelled; then it takes leave,
 * which may take some time as well, and returns -ECANCELED.
 *
 * @param desk     whatever the caller of collect_offers() has there
 * @param airline  0, 1...
 * @return a price, 0 or more; or a negative errno
 */
typedef int (*ask_fn)(void *desk, int airline);

/**
 * Ask n airlines for an offer, all at the same time, and wait until each has
 * answered, but at most until the deadline. Those that have not answered by
 * then are told at once, all of them, to stop.
 *
 * It is called from a coroutine, and ask is to be called from coroutines of
 * the same loop. When it returns, none of them is left. An airline that fails
 * fails alone.
 *
 * @param deadline  absolute, by the clock of the loop: wb_coro_now()
 * @param offers    receives in offers[i] what ask gave for airline i, and
 *                  -ETIMEDOUT when that one was stopped at the deadline
 * @return how many offers are prices; or -ECANCELED when the caller itself was
 * cancelled meanwhile: then all are stopped, too
 */
int collect_offers(ask_fn ask, void *desk, int n, int64_t deadline,
                   int *offers);

#endif
