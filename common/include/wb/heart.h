#ifndef WB_HEART_H
#define WB_HEART_H

/**
 * @file heart.h
 * For judges: whether a loop goes on while a call blocks, and whether one that
 * waits can ever go on.
 *
 *     static int look_up(void *arg)        // stands for a blocking library
 *     {
 *         struct probe *p = arg;
 *         bool beat;
 *         wb_heart_block(p->heart, "/hold", p->body, &beat);
 *         p->stood_still += !beat;
 *         return 0;
 *     }
 *
 * No clock is asked. A call that begins has the loop asked to beat, and then
 * waits for a server that answers "/hold" when all threads of the process are
 * asleep for good (wb/server.h). If the loop could have gone on, it has beaten
 * by then: who was asked does not sleep.
 */

#include <stdbool.h>

#include "wb/coro_loop.h"

/** A loop that is watched; only ever behind a pointer. */
struct wb_heart;

/**
 * Begin to watch the calling thread's loop. From now until wb_heart_stop(),
 * the process is ended, with a verdict and status 1, when
 *
 *   - all of it sleeps for good with no call in wb_heart_block(): "deadlock",
 *     only where the kernel shows what threads sleep in;
 *   - the loop runs two thousand times, or for a second of processor time,
 *     while no such call comes or goes: "livelock".
 *
 * @param out   receives it, for wb_heart_stop()
 * @param port  of a struct wb_server of this process
 * @param who   the function that is judged; kept until the stop
 * @return 0 or -EAGAIN (no thread). Inside a loop only.
 */
int wb_heart_start(struct wb_heart **out, int port, const char *who);

/** Stop and free; on the loop's thread. Nobody is inside another call. */
void wb_heart_stop(struct wb_heart *h);

/**
 * Be a call that blocks: wb_fetch(), without a deadline.
 *
 * @param path  "/hold", or any of wb/server.h
 * @param body  WB_FETCH_MAX bytes; receives the answer
 * @param beat  receives whether the loop has gone on meanwhile; only "/hold"
 *              can tell, other paths say yes
 * @return what wb_fetch() gives. Any thread.
 */
int wb_heart_block(struct wb_heart *h, const char *path, char *body,
                   bool *beat);

/**
 * Wait until everybody who can has come, or gone.
 * @return how many are inside "/hold" then: 0, when all has ended that was
 * begun. In a coroutine of the loop.
 */
int wb_heart_left(struct wb_heart *h);

#endif
