#ifndef WB_CORO_LOOP_H
#define WB_CORO_LOOP_H

/**
 * @file coro_loop.h
 * The loop under the coroutines: how threads and it work together, virtual
 * time for tests, and the debug mode that names who held it too long.
 *
 *     int rc = wb_coro_run_in_executor(parse, &file);  // a coroutine waits,
 *                                                      // a thread works
 *     // any thread, when it has something for the loop:
 *     wb_coro_call_soon_threadsafe(loop, show, result);
 *
 *     // WB_CORO_DEBUG=1 ./program
 *     slow: coroutine "crunch" (port.c:41) held the loop for 250 ms
 *
 * With `--trace FILE` (trace.h) each coroutine has a track of its own, with a
 * span for each of its turns. What is called on the loop, what the executor
 * does, and when the loop waits, are spans of their threads.
 *
 * libuv keeps two descriptors from the first loop on, and from the first use
 * of the executor four threads, until the program ends: who counts either
 * counts a second run.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wb/coro.h"

/* -- threads --------------------------------------------------------------- */

/** A loop as other threads see it. Never freed: it stays safe to name. */
struct wb_coro_loop;

/** @return the loop of the calling thread; misuse outside of any */
struct wb_coro_loop *wb_coro_loop(void);

/**
 * Run fn(arg) on a thread of libuv's pool; the coroutine waits, the loop goes
 * on. For calls that block or compute. A running fn cannot be stopped: when
 * the coroutine is cancelled, it still waits until fn has returned, and arg
 * may go out of scope.
 *
 * @return what fn returned; -ECANCELED when cancelled, whether fn was begun
 * or not
 */
int wb_coro_run_in_executor(int (*fn)(void *arg), void *arg);

/**
 * Have the loop call fn(arg) soon, on its thread, outside of any coroutine:
 * fn must not wait, but it may spawn, cancel, set events and try queues. What
 * one thread posts is called in that order.
 *
 * @return 0; -ESHUTDOWN (the loop has ended: arg is still the caller's) or
 * -ENOMEM. Any thread, at any time; not from a signal handler. What is posted
 * before the loop's first coroutine has returned is called.
 */
#define wb_coro_call_soon_threadsafe(loop, fn, arg)                            \
    wb_coro_post_at((loop), (fn), (arg), #fn, __FILE__, __LINE__)

/** What wb_coro_call_soon_threadsafe() expands to. */
int wb_coro_post_at(struct wb_coro_loop *loop, void (*fn)(void *arg), void *arg,
                    const char *name, const char *file, int line);

/**
 * Run fn(arg) as a coroutine of the loop and block the calling thread until
 * it has ended: asyncio's run_coroutine_threadsafe(...).result().
 *
 * @return what fn returned, or -ESHUTDOWN (the loop has ended). Any thread
 * but that of the loop, where it is misuse: it would wait for itself.
 */
#define wb_coro_run_threadsafe(loop, fn, arg)                                  \
    wb_coro_submit_at((loop), (fn), (arg), #fn, __FILE__, __LINE__)

/** What wb_coro_run_threadsafe() expands to. */
int wb_coro_submit_at(struct wb_coro_loop *loop, wb_coro_fn fn, void *arg,
                      const char *name, const char *file, int line);

/* -- options --------------------------------------------------------------- */

/** Who held the loop for how long. */
struct wb_coro_slow {
    bool callback;    /**< posted by a thread; else a coroutine */
    const char *name; /**< of its function */
    const char *file; /**< where it was spawned or posted */
    int line;
    int64_t ns; /**< from when it went on to when it waited or ended */
};

enum {
    /** Bytes of a coroutine's stack, unless its loop has another size. */
    WB_CORO_STACK = 56 * 1024
};

/** Zeroed: as wb_coro_run() has it. */
struct wb_coro_options {
    size_t stack_size; /**< bytes for each; 0: WB_CORO_STACK, four times
                            that under a sanitizer */
    /**
     * The clock begins at 0 and moves only when nothing can run: then it
     * jumps to the next deadline. It waits for executors, not for the bytes
     * of somebody outside the loop.
     */
    bool virtual_time;
    bool debug;      /**< also by WB_CORO_DEBUG=1 in the environment */
    int64_t slow_ns; /**< what is too long; 0: WB_CORO_SLOW_MS from the
                          environment, or 100 ms */
    /** Told of each that was too slow, on the loop's thread; NULL: a line
     * on stderr. */
    void (*on_slow)(const struct wb_coro_slow *slow, void *arg);
    void *arg; /**< for on_slow */
};

/** wb_coro_run() with options, which are copied. */
#define wb_coro_run_with(options, fn, arg)                                     \
    wb_coro_run_with_at((options), (fn), (arg), #fn, __FILE__, __LINE__)

/** What wb_coro_run_with() expands to. */
int wb_coro_run_with_at(const struct wb_coro_options *options, wb_coro_fn fn,
                        void *arg, const char *name, const char *file,
                        int line);

/** Turn the debug mode of the running loop on or off. */
void wb_coro_debug(bool on);

/**
 * Virtual time only: the running function has taken so long. The clock moves
 * and nobody else runs, as if it had computed; anywhere in the loop's thread.
 */
void wb_coro_advance(int64_t ns);

#endif
