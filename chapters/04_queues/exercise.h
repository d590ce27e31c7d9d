#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * The hatch between a kitchen and a dining room: a bounded queue of plates.
 *
 * Cooks put plates in, waiters take them out, in the same order. A plate is a
 * number. There is room for so many plates and no more; when the kitchen has
 * closed, the waiters take what is left and then go home.
 *
 * Implement the five functions in exercise.c with pthreads. Several cooks and
 * several waiters may be inside hatch_put(), hatch_take() and hatch_close() at
 * the same time. Nobody waits by looking again and again.
 */

/** What is in it is yours to decide; define it in exercise.c. */
struct hatch;

/**
 * Make an open, empty hatch with room for so many plates.
 * @return 0, -EINVAL if room is less than 1, or -ENOMEM; *out is set only
 * on 0, and is then freed with hatch_free()
 */
int hatch_create(struct hatch **out, int room);

/** Free it. Nobody uses the hatch any more, whatever is still in it. */
void hatch_free(struct hatch *h);

/**
 * Put a plate in, behind those that are there. Waits while there is no room.
 * @return 0, or -EPIPE if the hatch is closed, or is closed while we wait: the
 * plate is then not in the hatch
 */
int hatch_put(struct hatch *h, int plate);

/**
 * Take the plate that was put in first. Waits while the hatch is open and
 * empty.
 * @return 0, or -EPIPE if the hatch is closed and empty, or becomes so while
 * we wait; *plate is set only on 0
 */
int hatch_take(struct hatch *h, int *plate);

/** Close the hatch, for ever. Nobody has to wait any more. */
void hatch_close(struct hatch *h);

#endif
