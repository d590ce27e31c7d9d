#ifndef WB_GAUGE_H
#define WB_GAUGE_H

/**
 * @file gauge.h
 * How many are inside now, and how many ever were at once.
 *
 *     static struct wb_gauge busy = WB_GAUGE_INIT;
 *
 *     wb_gauge_enter(&busy);
 *     handle(request);
 *     wb_gauge_leave(&busy);
 *     ...
 *     assert_int_equal(wb_gauge_peak(&busy), 4);
 *
 * A peak of two proves that two overlapped; a peak of one, when every thread
 * has passed, that they took turns. No clock is asked.
 *
 * Any thread may call any of these at the same time, and signal handlers too.
 * All operations are sequentially consistent.
 */

#include <stdatomic.h>

/** Zeroed storage is a gauge nobody has entered. */
struct wb_gauge {
    atomic_int inside; /* atomic: enter and leave count here */
    atomic_int peak;   /* atomic: the largest value inside has had */
};

/** Initial value of a static or automatic gauge. */
#define WB_GAUGE_INIT                                                          \
    {                                                                          \
        0, 0                                                                   \
    }

/** Come in. @return how many are inside now, the caller included */
int wb_gauge_enter(struct wb_gauge *g);

/**
 * Go out; one more leave than enters is misuse and aborts.
 * @return how many are still inside
 */
int wb_gauge_leave(struct wb_gauge *g);

/** @return how many are inside now */
int wb_gauge_inside(const struct wb_gauge *g);

/** @return the most that were ever inside at once since the last reset */
int wb_gauge_peak(const struct wb_gauge *g);

/**
 * Start again: the peak becomes the number inside now. Who enters during the
 * call may or may not be counted.
 */
void wb_gauge_reset(struct wb_gauge *g);

#endif
