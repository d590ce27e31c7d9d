/*
 * One poll() loop that feeds, reads and watches any number of programs.
 * See subprocess_impl.h.
 *
 * Nothing in it blocks but poll(): a write waits until the pipe has room, so
 * a program that fills its output while we feed its input is read meanwhile.
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "subprocess_impl.h"
#include "wb/base.h"

enum { CHUNK = 65536, COUNT_EVERY_MS = 2, LIST_EVERY_MS = 100, FDS_EACH = 4 };

/*
 * write() without SIGPIPE. A pipe has no MSG_NOSIGNAL, so the signal is
 * blocked in this thread, where the kernel would send it, and taken back
 * unless one was pending before, which is somebody else's.
 */
static ssize_t write_quietly(int fd, const void *bytes, size_t size)
{
    sigset_t pipe_only, old, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    WB_MUST(pthread_sigmask(SIG_BLOCK, &pipe_only, &old));
    ssize_t n = write(fd, bytes, size);
    int error = errno;
    if (n < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE)) {
        const struct timespec now = { 0, 0 };
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR)
            ;
    }
    WB_MUST(pthread_sigmask(SIG_SETMASK, &old, NULL));
    errno = error;
    return n;
}

/* A program that closes its stdin early has had enough: no error. */
static void feed(struct wb_subprocess *p)
{
    size_t part = p->input_left < CHUNK ? p->input_left : CHUNK;
    ssize_t n = part > 0 ? write_quietly(p->in, p->input, part) : 0;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n >= 0) {
        p->input += n;
        p->input_left -= (size_t)n;
    }
    if (n < 0 || p->input_left == 0)
        wb_subprocess_close(&p->in);
}

static void condemn(struct wb_subprocess *p, enum wb_outcome why)
{
    if (!p->killed)
        p->verdict = why;
    p->killed = true;
}

/* Keep one byte free: the result ends with a 0. */
static bool make_room(struct wb_subprocess *p, struct wb_capture *c)
{
    size_t need = c->size + CHUNK + 1;
    if (need <= c->room)
        return true;
    size_t room = 2 * c->room > need ? 2 * c->room : need;
    char *bytes = realloc(c->bytes, room);
    if (bytes == NULL) {
        p->error = -ENOMEM;
        condemn(p, WB_TOO_MUCH_OUTPUT);
        return false;
    }
    c->bytes = bytes;
    c->room = room;
    return true;
}

/* Read once. Returns whether there may be more to read now. */
static bool take(struct wb_subprocess *p, struct wb_capture *c)
{
    if (c->fd < 0 || !make_room(p, c))
        return false;
    ssize_t n = read(c->fd, c->bytes + c->size, CHUNK);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (n < 0 && p->error == 0)
        p->error = -errno;
    if (n <= 0) {
        wb_subprocess_close(&c->fd);
        return false;
    }
    c->size += (size_t)n;
    if (c->size <= p->output_max)
        return true;
    c->size = p->output_max;
    condemn(p, WB_TOO_MUCH_OUTPUT);
    return false;
}

void wb_subprocess_drain(struct wb_subprocess *p)
{
    while (take(p, &p->out))
        ;
    while (take(p, &p->err))
        ;
}

/* To list all processes takes long. If there are hardly more than when that
 * was last done, p has not made many since. */
static bool must_count(struct wb_subprocess *p, int64_t now)
{
    unsigned crowd = wb_proc_crowd();
    if (crowd != 0 && crowd < p->crowd + p->processes_max / 8 &&
        now < p->next_list)
        return false;
    p->crowd = crowd;
    p->next_list = now + LIST_EVERY_MS * INT64_C(1000000);
    return true;
}

/* Is it time to put an end to p? */
static void watch(struct wb_subprocess *p)
{
    int64_t now = wb_now();
    if (p->deadline <= now)
        condemn(p, WB_TIMED_OUT);
    if (p->processes_max == 0 || now < p->next_count)
        return;
    if (must_count(p, now) && wb_subprocess_count(p) > p->processes_max)
        condemn(p, WB_TOO_MANY_PROCESSES);
    p->next_count = wb_deadline_in_ms(COUNT_EVERY_MS);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When must p be looked at again, if nothing comes from it? */
static int64_t next_look(const struct wb_subprocess *p)
{
    int64_t count = p->processes_max > 0 ? p->next_count : WB_FOREVER;
    return earlier(p->deadline, count);
}

static bool is_live(const struct wb_subprocess *p)
{
    return p != NULL && !p->done;
}

/* What p can be ready for. Only open descriptors stand in the array: poll()
 * refuses one that is longer than the limit on descriptors. */
static size_t fill(const struct wb_subprocess *p, struct pollfd *fd)
{
    size_t n = 0;
    if (p->in >= 0)
        fd[n++] = (struct pollfd){ p->in, POLLOUT, 0 };
    if (p->out.fd >= 0)
        fd[n++] = (struct pollfd){ p->out.fd, POLLIN, 0 };
    if (p->err.fd >= 0)
        fd[n++] = (struct pollfd){ p->err.fd, POLLIN, 0 };
    fd[n++] = (struct pollfd){ p->pidfd, POLLIN, 0 };
    return n;
}

/* The answer of poll() on fd, in the order in which fill() asked. */
static bool is_ready(const struct pollfd **next, int fd)
{
    return fd >= 0 && (*next)++->revents != 0;
}

/* Returns where the answers for the next one begin. */
static const struct pollfd *serve(struct wb_subprocess *p,
                                  const struct pollfd *answer)
{
    bool in = is_ready(&answer, p->in), out = is_ready(&answer, p->out.fd);
    bool err = is_ready(&answer, p->err.fd);
    bool ended = is_ready(&answer, p->pidfd);
    if (in)
        feed(p);
    if (out)
        take(p, &p->out);
    if (err)
        take(p, &p->err);
    watch(p);
    if (ended || p->killed)
        wb_subprocess_finish(p);
    return answer;
}

/* region: turn */
/* One turn for all of them. */
static int turn(struct wb_subprocess **p, size_t n, struct pollfd *fds,
                int64_t deadline)
{
    size_t nfds = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_live(p[i]))
            continue;
        nfds += fill(p[i], fds + nfds);
        deadline = earlier(deadline, next_look(p[i]));
    }
    if (poll(fds, nfds, wb_deadline_poll_ms(deadline)) < 0)
        return errno == EINTR ? 0 : -errno;
    const struct pollfd *answer = fds;
    for (size_t i = 0; i < n; i++)
        if (is_live(p[i]))
            answer = serve(p[i], answer);
    return 0;
}
/* endregion: turn */

static bool is_over(struct wb_subprocess **p, size_t n, bool any)
{
    size_t live = 0, done = 0;
    for (size_t i = 0; i < n; i++) {
        live += is_live(p[i]);
        done += p[i] != NULL && p[i]->done;
    }
    return live == 0 || (any && done > 0);
}

/*
 * A fork bomb leaves little processor time to the one who is to stop it. The
 * limit of subprocess_spawn.c does not bind root, but root may run ahead of
 * everybody else: from before the program starts, since a bomb is quick.
 * Where this thread may not, nothing changes. Children do not inherit it.
 */

/* owner thread only */
static _Thread_local unsigned urgent; /* programs that make this one hurry */
static _Thread_local int old_policy;
static _Thread_local struct sched_param old_param;

void wb_subprocess_raise(struct wb_subprocess *p)
{
    const struct sched_param param = { .sched_priority = 1 };
    if (p->processes_max == 0)
        return;
    p->urgent_tid = gettid();
    if (urgent++ > 0)
        return;
    old_policy = sched_getscheduler(0);
    sched_getparam(0, &old_param);
    sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &param);
}

void wb_subprocess_lower(struct wb_subprocess *p)
{
    if (p->urgent_tid != gettid())
        return;
    p->urgent_tid = 0;
    if (--urgent == 0 && old_policy >= 0)
        sched_setscheduler(0, old_policy, &old_param);
}

int wb_subprocess_pump(struct wb_subprocess **p, size_t n, bool any,
                       int64_t deadline)
{
    struct pollfd *fds = calloc(n > 0 ? n * FDS_EACH : 1, sizeof(*fds));
    if (fds == NULL)
        return -ENOMEM;
    int rc = 0;
    bool last = false;
    while (rc == 0 && !is_over(p, n, any)) {
        if (last) {
            rc = -ETIMEDOUT;
            break;
        }
        last = wb_deadline_passed(deadline); /* and one more look, always */
        rc = turn(p, n, fds, deadline);
    }
    free(fds);
    return rc;
}
