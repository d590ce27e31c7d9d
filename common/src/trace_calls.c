/* What threads wait for. Linked with -Wl,--wrap=CALL, a program's CALL comes
 * here and is passed on, with a span around it while something is traced. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "trace_impl.h"

static void begin(const char *name, const char *key, long value)
{
    if (WB_TRACE_IS_ON)
        wb_trace_put(WB_TRACE_HERE, 'B', name, key, value);
}

/* Of a span that was begun before the trace, there is no end in it. */
static void end(bool was_on)
{
    if (was_on)
        wb_trace_put(WB_TRACE_HERE, 'E', "", NULL, 0);
}

/* CALL with a span around it. In brackets: its parameters, then its arguments
 * as they are passed on. The span shows value under that key. */
#define SPAN(type, call, parameters, arguments, key, value)                    \
    type __real_##call parameters;                                             \
    type __wrap_##call parameters;                                             \
    type __wrap_##call parameters                                              \
    {                                                                          \
        bool on = WB_TRACE_IS_ON;                                              \
        begin(#call, key, (long)(value));                                      \
        type result = __real_##call arguments;                                 \
        end(on);                                                               \
        return result;                                                         \
    }

SPAN(int, pthread_join, (pthread_t t, void **r), (t, r), NULL, 0)
SPAN(int, pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t *m), (c, m),
     "cond", c)
SPAN(int, pthread_cond_timedwait,
     (pthread_cond_t * c, pthread_mutex_t *m, const struct timespec *t),
     (c, m, t), "cond", c)
SPAN(int, pthread_cond_clockwait,
     (pthread_cond_t * c, pthread_mutex_t *m, clockid_t k,
      const struct timespec *t),
     (c, m, k, t), "cond", c)
SPAN(int, pthread_barrier_wait, (pthread_barrier_t * b), (b), "barrier", b)
SPAN(int, sem_wait, (sem_t * s), (s), "semaphore", s)
SPAN(int, connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n),
     "fd", fd)
SPAN(int, accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags),
     (fd, a, n, flags), "fd", fd)
SPAN(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), "fd", fd)
SPAN(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), "fd", fd)
SPAN(ssize_t, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags),
     "fd", fd)
SPAN(ssize_t, send, (int fd, const void *p, size_t n, int flags),
     (fd, p, n, flags), "fd", fd)
SPAN(int, poll, (struct pollfd * fd, nfds_t n, int ms), (fd, n, ms), "ms", ms)
SPAN(pid_t, waitpid, (pid_t pid, int *status, int how), (pid, status, how),
     "pid", pid)
SPAN(int, nanosleep, (const struct timespec *t, struct timespec *rest),
     (t, rest), NULL, 0)
SPAN(int, usleep, (useconds_t us), (us), "us", us)

/* -- locks: a span only where it has to be waited for -------------------- */

int __real_pthread_mutex_lock(pthread_mutex_t *mu);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mu);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mu)
{
    if (!WB_TRACE_IS_ON)
        return __real_pthread_mutex_lock(mu);
    int rc = pthread_mutex_trylock(mu);
    if (rc != EBUSY)
        return rc;
    begin("pthread_mutex_lock", "mutex", (long)mu);
    rc = __real_pthread_mutex_lock(mu);
    end(true);
    return rc;
}

/* -- threads: a span from start to end ----------------------------------- */

struct body {
    void *(*run)(void *);
    void *arg;
};

static void end_thread(void *unused)
{
    (void)unused;
    wb_trace_thread_ends();
    end(WB_TRACE_IS_ON);
}

/* pthread_exit() ends the span as well. */
static void *run_traced(void *arg)
{
    struct body body = *(struct body *)arg;
    void *result;

    free(arg);
    begin("thread", NULL, 0);
    pthread_cleanup_push(end_thread, NULL);
    result = body.run(body.arg);
    pthread_cleanup_pop(1);
    return result;
}

int __real_pthread_create(pthread_t *t, const pthread_attr_t *attr,
                          void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr,
                          void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr,
                          void *(*run)(void *), void *arg)
{
    struct body *body = WB_TRACE_IS_ON ? malloc(sizeof(*body)) : NULL;

    if (body == NULL) /* without memory for it, let it run untraced */
        return __real_pthread_create(t, attr, run, arg);
    *body = (struct body){ run, arg };
    wb_trace_instant("pthread_create");
    int rc = __real_pthread_create(t, attr, run_traced, body);
    if (rc != 0)
        free(body);
    return rc;
}
