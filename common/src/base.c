/*
 * Calls that must succeed, deadlines, and names for threads. See wb/base.h.
 */

#include "wb/base.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef WB_KERNEL_THREAD_NAMES
#include <unistd.h>
#endif

enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000, LINE_MAX_BYTES = 1024 };

/* -- calls that must succeed -------------------------------------------- */

void wb_must(int rc, const char *expression, const char *file, int line)
{
    if (rc == 0)
        return;
    int error = rc > 0 ? rc : -rc;
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, expression, strerror(error));
    abort();
}

int wb_must_sys(int value, const char *expression, const char *file, int line)
{
    if (value >= 0)
        return value;
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, expression, strerror(errno));
    abort();
}

/* One call of fputs writes one line: stdio's lock keeps it in one piece. */
static void print_line(const char *before, const char *format, va_list args)
{
    char line[LINE_MAX_BYTES];
    int n = snprintf(line, sizeof(line) - 1, "%s", before);
    if (n < 0)
        return;
    vsnprintf(line + n, sizeof(line) - 1 - (size_t)n, format, args);
    strcat(line, "\n");
    fputs(line, stderr);
}

void wb_die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line("error: ", format, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

void wb_misuse(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line("misuse: ", format, args);
    va_end(args);
    abort();
}

void *wb_alloc(size_t n, size_t size)
{
    void *memory = calloc(n > 0 ? n : 1, size > 0 ? size : 1);
    if (memory == NULL) {
        fprintf(stderr, "error: no memory for %zu times %zu bytes\n", n, size);
        abort();
    }
    return memory;
}

/* -- deadlines ---------------------------------------------------------- */

int64_t wb_now(void)
{
    struct timespec ts;
    WB_MUST_SYS(clock_gettime(CLOCK_MONOTONIC, &ts));
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t wb_deadline_in_ns(int64_t ns)
{
    int64_t deadline;
    if (__builtin_add_overflow(wb_now(), ns, &deadline))
        return WB_FOREVER;
    return deadline;
}

int64_t wb_deadline_in_ms(int64_t ms)
{
    int64_t ns;
    if (__builtin_mul_overflow(ms, (int64_t)NS_PER_MS, &ns))
        return ms > 0 ? WB_FOREVER : 0;
    return wb_deadline_in_ns(ns);
}

bool wb_deadline_passed(int64_t deadline)
{
    return deadline != WB_FOREVER && wb_now() >= deadline;
}

struct timespec wb_deadline_timespec(int64_t deadline)
{
    if (deadline < 0)
        deadline = 0;
    return (struct timespec){ .tv_sec = deadline / NS_PER_S,
                              .tv_nsec = deadline % NS_PER_S };
}

int wb_deadline_poll_ms(int64_t deadline)
{
    if (deadline == WB_FOREVER)
        return -1;
    if (deadline < 0) /* the clock has never been there */
        return 0;
    int64_t left = deadline - wb_now();
    if (left <= 0)
        return 0;
    int64_t ms = left / NS_PER_MS + (left % NS_PER_MS != 0);
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* region: cond_wait_until */
int wb_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mu,
                       int64_t deadline)
{
    if (deadline == WB_FOREVER) {
        WB_MUST(pthread_cond_wait(cond, mu));
        return 0;
    }
    struct timespec ts = wb_deadline_timespec(deadline);
    int rc = pthread_cond_clockwait(cond, mu, CLOCK_MONOTONIC, &ts);
    if (rc != ETIMEDOUT)
        WB_MUST(rc);
    return -rc;
}
/* endregion: cond_wait_until */

/* -- threads have names ------------------------------------------------- */

/* owner thread only */
static _Thread_local char thread_name[WB_THREAD_NAME_MAX];

void wb_thread_name_set(const char *name)
{
    snprintf(thread_name, sizeof(thread_name), "%s", name);
#ifdef WB_KERNEL_THREAD_NAMES
    /* The kernel's name for the main thread is the one ps shows for the
     * program. A name of 16 bytes or more is refused, hence the cut. */
    if (gettid() == getpid())
        return;
    char kernel_name[16];
    snprintf(kernel_name, sizeof(kernel_name), "%.15s", name);
    WB_MUST(pthread_setname_np(pthread_self(), kernel_name));
#endif
}

const char *wb_thread_name(void)
{
    return thread_name[0] != '\0' ? thread_name : "thread";
}

void wb_log(const char *format, ...)
{
    char before[WB_THREAD_NAME_MAX + 4];
    va_list args;
    snprintf(before, sizeof(before), "[%s] ", wb_thread_name());
    va_start(args, format);
    print_line(before, format, args);
    va_end(args);
}
