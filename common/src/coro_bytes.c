/*
 * Reading and writing streams, in bytes and in lines. See wb/coro_io.h.
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coro_impl.h"
#include "coro_stream.h"
#include "wb/base.h"

enum { LINE_ROOM = 4096, DOUBTS = 16 };

/* -- reading --------------------------------------------------------------- */

/* What the next read should do first. One that took less than it could has
 * emptied the stream: another would be in vain, so wait. One that took all it
 * could may have left something or, if a message was just as long, nothing:
 * so try, but after a try in vain the next ones are not thought worth it. */
static void note_read(struct wb_coro_stream *s, size_t got, size_t n)
{
    s->drained = got > 0 && got < n;
    if (got == n && s->doubts > 0) {
        s->doubts--;
        s->drained = true;
    }
}

/* At a deadline it is tried in any case: bytes may have come meanwhile. */
static int read_now(struct wb_coro_stream *s, void *buf, size_t n,
                    int64_t deadline)
{
    int rc = 0;
    for (;;) {
        bool waits = s->drained;
        if (waits && (rc = wbc_stream_wait(s, UV_READABLE, deadline)) < 0 &&
            rc != -ETIMEDOUT)
            return rc;
        ssize_t got = read(s->fd, buf, n);
        if (got >= 0) {
            note_read(s, (size_t)got, n);
            return (int)got;
        }
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        if (rc < 0)
            return rc;
        if (!waits && errno == EAGAIN)
            s->doubts = DOUBTS;
        s->drained = true;
    }
}

static size_t from_line_room(struct wb_coro_stream *s, void *buf, size_t n)
{
    size_t left = s->line_end - s->line_at;
    size_t taken = left < n ? left : n;
    memcpy(buf, s->line + s->line_at, taken);
    s->line_at += taken;
    return taken;
}

static int read_some(struct wb_coro_stream *s, void *buf, size_t n,
                     int64_t deadline)
{
    if (n > INT_MAX)
        n = INT_MAX;
    if (s->line_at < s->line_end)
        return (int)from_line_room(s, buf, n);
    return read_now(s, buf, n, deadline);
}

/* Others run at the very end of a call, as one of them may close s then. */
int wb_coro_read_until(struct wb_coro_stream *s, void *buf, size_t n,
                       int64_t deadline)
{
    wbc_need_self("wb_coro_read");
    int got = read_some(s, buf, n, deadline);
    wbc_breathe();
    return got;
}

int wb_coro_read(struct wb_coro_stream *s, void *buf, size_t n)
{
    return wb_coro_read_until(s, buf, n, WB_FOREVER);
}

int wb_coro_read_exactly(struct wb_coro_stream *s, void *buf, size_t n,
                         int64_t deadline)
{
    int rc = 0;
    wbc_need_self("wb_coro_read_exactly");
    for (char *to = buf; n > 0 && rc == 0;) {
        int got = read_some(s, to, n, deadline);
        if (got > 0) {
            to += got;
            n -= (size_t)got;
        } else {
            rc = got < 0 ? got : -EPIPE;
        }
    }
    wbc_breathe();
    return rc;
}

/* -- lines ----------------------------------------------------------------- */

/* @return 0, or -ENOMEM and the room is as it was */
static int widen_line_room(struct wb_coro_stream *s)
{
    size_t room = s->line_room > 0 ? 2 * s->line_room : LINE_ROOM;
    char *line = realloc(s->line, room);
    if (line == NULL)
        return -ENOMEM;
    s->line = line;
    s->line_room = room;
    return 0;
}

/* Read more behind what is there. @return as wb_coro_read() */
static int fill_line_room(struct wb_coro_stream *s, int64_t deadline)
{
    size_t left = s->line_end - s->line_at;
    if (left > 0)
        memmove(s->line, s->line + s->line_at, left);
    s->line_at = 0;
    s->line_end = left;
    int rc = left == s->line_room ? widen_line_room(s) : 0;
    if (rc < 0)
        return rc;
    int got = read_now(s, s->line + left, s->line_room - left, deadline);
    if (got > 0)
        s->line_end += (size_t)got;
    return got;
}

static int give_line(struct wb_coro_stream *s, char *buf, size_t size,
                     size_t length, size_t newline)
{
    if (length >= size)
        return -EMSGSIZE;
    memcpy(buf, s->line + s->line_at, length);
    buf[length] = '\0';
    s->line_at += length + newline;
    return (int)length;
}

static int read_line(struct wb_coro_stream *s, char *buf, size_t size,
                     int64_t deadline)
{
    for (int got = 1;;) {
        size_t left = s->line_end - s->line_at;
        const char *end =
            left > 0 ? memchr(s->line + s->line_at, '\n', left) : NULL;
        if (end != NULL)
            return give_line(s, buf, size, (size_t)(end - s->line) - s->line_at,
                             1);
        if (got == 0)
            return left > 0 ? give_line(s, buf, size, left, 0) : -EPIPE;
        if (left >= size)
            return -EMSGSIZE;
        got = fill_line_room(s, deadline);
        if (got < 0)
            return got;
    }
}

int wb_coro_read_line(struct wb_coro_stream *s, char *buf, size_t size,
                      int64_t deadline)
{
    wbc_need_self("wb_coro_read_line");
    int rc = read_line(s, buf, size, deadline);
    wbc_breathe();
    return rc;
}

/* -- writing
 * ------------------------------------------------------------------- */

/* A pipe has no MSG_NOSIGNAL: whose other end is closed, the process gets
 * SIGPIPE unless it ignores it, as with write(). */
static ssize_t write_now(const struct wb_coro_stream *s, const char *buf,
                         size_t n)
{
    if (s->socket)
        return send(s->fd, buf, n, MSG_NOSIGNAL);
    return write(s->fd, buf, n);
}

int wb_coro_write_until(struct wb_coro_stream *s, const void *buf, size_t n,
                        int64_t deadline)
{
    const char *from = buf;
    wbc_need_self("wb_coro_write");
    while (n > 0) {
        ssize_t put = write_now(s, from, n);
        if (put >= 0) {
            from += put;
            n -= (size_t)put;
        } else if (errno == EAGAIN) {
            int rc = wbc_stream_wait(s, UV_WRITABLE, deadline);
            if (rc < 0)
                return rc;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    wbc_breathe();
    return 0;
}

int wb_coro_write(struct wb_coro_stream *s, const void *buf, size_t n)
{
    return wb_coro_write_until(s, buf, n, WB_FOREVER);
}

/* -- children
 * -------------------------------------------------------------------- */

/* A pidfd is readable when its process has ended. */
int wb_coro_wait_child(pid_t pid, int *status, int64_t deadline)
{
    struct wb_coro_stream *s;
    siginfo_t info = { .si_pid = 0 };
    wbc_need_self("wb_coro_wait_child");
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        return errno == ESRCH ? -ECHILD : -errno;
    int rc = wb_coro_adopt(&s, fd);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        rc = -errno;
    else if (info.si_pid == 0)
        rc = wbc_stream_wait(s, UV_READABLE, deadline);
    wb_coro_close(s);
    if (rc == 0 && waitpid(pid, status, 0) < 0)
        rc = -errno;
    return rc;
}
