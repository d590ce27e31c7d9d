#ifndef WB_CORO_H
#define WB_CORO_H

/**
 * @file coro.h
 * Coroutines: thousands of functions that wait at the same time, on one
 * thread. Each has a stack of its own and runs until it waits; while it
 * waits, the loop runs others. Two of one loop never run at once, so what
 * they share needs no lock as long as nobody waits in the middle.
 *
 *     static int fetch(void *arg)              // a coroutine is a function
 *     {
 *         int rc = wb_coro_sleep_ms(10);       // others run meanwhile
 *         return rc < 0 ? rc : 42;             // rc: somebody cancelled it
 *     }
 *     static int program(void *arg)
 *     {
 *         struct wb_coro *a = wb_coro_spawn(fetch, arg);
 *         struct wb_coro *b = wb_coro_spawn(fetch, arg);
 *         return wb_coro_await(a) + wb_coro_await(b);
 *     }
 *     int main(void) { return wb_coro_run(program, NULL) != 84; }
 *
 * See also coro_io.h (sockets, children), coro_queue.h and coro_sync.h, and
 * coro_loop.h (threads, virtual time, the debug mode).
 *
 * A coroutine returns what calls here return: 0 or more, or a negative errno.
 * Unless another is said, any coroutine of the running loop may make a call,
 * and nobody else: elsewhere it is misuse, which ends the program with a
 * message. So does a stack that overflows, with the name of the coroutine.
 *
 * Whatever waits gives up with -ECANCELED when its coroutine is cancelled,
 * and with -ETIMEDOUT at its deadline: CLOCK_MONOTONIC, nanoseconds, absolute,
 * as in base.h; under virtual time, by the loop's clock. A call that need not
 * wait succeeds in spite of both.
 *
 * What was traded for speed: stacks have a fixed size (WB_CORO_STACK), and
 * one page of it is resident however little a coroutine does. A loop that has
 * somebody ready all the time looks for bytes and posts only after every 64th
 * turn, or a round if that is longer; for deadlines, after each round. A stack
 * that overflows ends the program at once only if it is one of the first 1024;
 * else when its coroutine next waits.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A running function, asyncio's Task; only ever behind a pointer. */
struct wb_coro;

/** What a coroutine runs. @return its result, or a negative errno */
typedef int (*wb_coro_fn)(void *arg);

/* -- the whole of it ------------------------------------------------------- */

/**
 * Run fn(arg) as the first coroutine of a new loop on the calling thread, and
 * return when it has. Then the detached ones are cancelled and run to their
 * end. It is misuse to leave one that is neither awaited nor detached.
 *
 * @return what fn returned. Any thread that is not inside a loop; each thread
 * can have a loop of its own.
 */
#define wb_coro_run(fn, arg)                                                   \
    wb_coro_run_at((fn), (arg), #fn, __FILE__, __LINE__)

/**
 * Start fn(arg) as a coroutine. It first runs when the caller waits, and ends
 * when fn returns; then somebody must have it awaited, gathered or detached.
 *
 * @param arg  not copied: it must live until the coroutine has ended
 * @return never NULL: without memory the program ends. The handle is the
 * caller's until await or gather takes it. Also from a callback of the loop.
 */
#define wb_coro_spawn(fn, arg)                                                 \
    wb_coro_spawn_at((fn), (arg), #fn, __FILE__, __LINE__)

/** What wb_coro_run() expands to. */
int wb_coro_run_at(wb_coro_fn fn, void *arg, const char *name, const char *file,
                   int line);

/** What wb_coro_spawn() expands to; name and file are not copied. */
struct wb_coro *wb_coro_spawn_at(wb_coro_fn fn, void *arg, const char *name,
                                 const char *file, int line);

/* -- waiting for coroutines ------------------------------------------------ */

/**
 * Wait until c has ended. Its handle is used up, whatever is returned: when
 * the caller is cancelled or the deadline comes, c is cancelled and waited
 * for, so that arg may go out of scope. A second await is misuse, which is
 * noticed unless c's place has been taken by another coroutine.
 *
 * @return what c returned; -ECANCELED or -ETIMEDOUT if the caller gave up
 */
int wb_coro_await(struct wb_coro *c);

/** The same until a deadline, like asyncio's wait_for. */
int wb_coro_await_until(struct wb_coro *c, int64_t deadline);

/**
 * Wait until all n have ended well, or the first has failed: then the others
 * are cancelled and waited for. (asyncio.gather leaves them running; with
 * arguments on the caller's stack that would not end well.) Uses up all
 * handles, whatever is returned.
 *
 * @return 0, or the first failure in time; -ECANCELED if the caller gave up
 */
int wb_coro_gather(struct wb_coro *const *c, size_t n);

/** The same until a deadline. @return also -ETIMEDOUT */
int wb_coro_gather_until(struct wb_coro *const *c, size_t n, int64_t deadline);

/**
 * Wait until all n have ended, failed or not: gather with return_exceptions.
 *
 * @param results  receives what each returned, in the order of c
 * @return how many failed; -ECANCELED if the caller gave up, with all results
 */
int wb_coro_gather_all(struct wb_coro *const *c, size_t n, int *results);

/**
 * Let c run without anybody to wait for it. If it fails, a line on stderr
 * says so; when the first coroutine returns, it is cancelled.
 */
void wb_coro_detach(struct wb_coro *c);

/**
 * Ask c to stop: the call it waits in, or the next in which it would wait,
 * returns -ECANCELED; once. c cleans up and returns; it may even wait for
 * that. One that has not begun yet begins. One that has ended stays as it is.
 * The handle is not used up: c is still to be awaited. Also from a callback.
 */
void wb_coro_cancel(struct wb_coro *c);

/** @return whether c has ended, so that await will not wait */
bool wb_coro_done(const struct wb_coro *c);

/* -- time ------------------------------------------------------------------ */

/** Wait until a time has come. @return 0 or -ECANCELED */
int wb_coro_sleep_until(int64_t when);

/** Wait for ms milliseconds. @return 0 or -ECANCELED */
int wb_coro_sleep_ms(int64_t ms);

/**
 * Let all others that can run do so once; those whose deadline has come can
 * run after that. @return 0 or -ECANCELED
 */
int wb_coro_yield(void);

/** @return nanoseconds by the clock of the loop; outside, wb_now() */
int64_t wb_coro_now(void);

/** @return the deadline ms milliseconds from wb_coro_now() */
int64_t wb_coro_deadline_in_ms(int64_t ms);

/* -- queries, also outside a loop ------------------------------------------ */

/** @return the running coroutine, or NULL outside of any */
struct wb_coro *wb_coro_self(void);

/** @return a number no other coroutine of the loop has had; of NULL, 0 */
uint64_t wb_coro_id(const struct wb_coro *c);

/** @return the name of c's function; of NULL, "no coroutine" */
const char *wb_coro_name(const struct wb_coro *c);

/** @return how many coroutines of the running loop have not ended */
size_t wb_coro_alive(void);

#endif
