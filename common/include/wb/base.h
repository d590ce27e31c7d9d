#ifndef WB_BASE_H
#define WB_BASE_H

/**
 * @file base.h
 * What every program of the workbook needs: calls that must succeed,
 * deadlines, and log lines that say which thread wrote them.
 *
 *     WB_MUST(pthread_mutex_lock(&mu));
 *     int fd = WB_MUST_SYS(open(path, O_RDONLY | O_CLOEXEC));
 *     int64_t deadline = wb_deadline_in_ms(250);
 *     wb_thread_name_set("worker 1");
 *     wb_log("took %d items", n);          // [worker 1] took 3 items
 *
 * Any thread may call any of these; none may be called from a signal handler
 * except where that is said.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* -- calls that must succeed -------------------------------------------- */

/**
 * Evaluate call, always; unless it gives 0, print where, what and why on
 * stderr and abort. For calls that return an error number (pthread_*) or a
 * negative one (wb_*).
 */
#define WB_MUST(call) wb_must((call), #call, __FILE__, __LINE__)

/**
 * Evaluate call, always, and give its value; when that is negative, print
 * errno's meaning and abort. For calls that return -1 and set errno.
 */
#define WB_MUST_SYS(call) wb_must_sys((call), #call, __FILE__, __LINE__)

/** What WB_MUST() expands to; rc is an error number of either sign. */
void wb_must(int rc, const char *expression, const char *file, int line);

/** What WB_MUST_SYS() expands to. @return value */
int wb_must_sys(int value, const char *expression, const char *file, int line);

/** Print "error: ..." on stderr and exit with status 1: the user's mistake. */
_Noreturn void wb_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/** Print "misuse: ..." on stderr and abort: the programmer's mistake. */
_Noreturn void wb_misuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/**
 * Allocate n zeroed elements of size bytes; abort when there is no memory.
 * @return never NULL; the caller calls free()
 */
void *wb_alloc(size_t n, size_t size);

/* -- deadlines ---------------------------------------------------------- */

/**
 * A deadline is an int64_t: nanoseconds of CLOCK_MONOTONIC, absolute. This
 * one never comes. One that has come lets a call succeed that need not wait.
 */
#define WB_FOREVER INT64_MAX

/** @return nanoseconds of CLOCK_MONOTONIC */
int64_t wb_now(void);

/** @return the deadline ms milliseconds from now; WB_FOREVER if too far off */
int64_t wb_deadline_in_ms(int64_t ms);

/** @return the deadline ns nanoseconds from now; WB_FOREVER if too far off */
int64_t wb_deadline_in_ns(int64_t ns);

/** @return whether the deadline has come */
bool wb_deadline_passed(int64_t deadline);

/** @return the deadline as CLOCK_MONOTONIC time; WB_FOREVER as the last one */
struct timespec wb_deadline_timespec(int64_t deadline);

/**
 * @return what poll() takes: milliseconds left, rounded up so that no caller
 * spins through the last one; 0 when the deadline has come; -1 for WB_FOREVER
 */
int wb_deadline_poll_ms(int64_t deadline);

/**
 * Wait on cond, like pthread_cond_wait(), until signalled or until deadline
 * by CLOCK_MONOTONIC, whatever clock cond was made with.
 *
 * @return 0 (signalled, or woken for no reason) or -ETIMEDOUT; mu is held
 * either way, and the caller looks at its predicate again either way
 */
int wb_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mu,
                       int64_t deadline);

/* -- threads have names ------------------------------------------------- */

enum { WB_THREAD_NAME_MAX = 32 /**< bytes, the final 0 included */ };

/**
 * Name the calling thread; what does not fit is cut off. The kernel gets the
 * first 15 bytes, so that ps, gdb and /proc show them, unless the caller is
 * the main thread: its name there stays the program's.
 */
void wb_thread_name_set(const char *name);

/** @return the calling thread's name, valid until it ends; "thread" if unset */
const char *wb_thread_name(void);

/**
 * Write "[thread name] message" and a newline to stderr as one piece, so that
 * lines of several threads never mix. No newline in the format.
 */
void wb_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
