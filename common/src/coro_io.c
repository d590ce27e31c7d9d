/*
 * Streams: sockets and pipes whose calls let a coroutine wait. See
 * wb/coro_io.h.
 *
 * Every call is a loop: try, and when it would block, wait until libuv says
 * that the descriptor is ready. What libuv watches for is changed as seldom
 * as can be, since each change is a system call: after a reader has been
 * woken it will most likely be back before long, so watching goes on until
 * an event comes that nobody waits for.
 */

#include "wb/coro_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coro_impl.h"
#include "coro_stream.h"
#include "wb/base.h"

/* -- readiness ------------------------------------------------------------- */

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(struct wb_coro_stream *s, int events)
{
    if (s->watched == events)
        return;
    s->watched = events;
    if (events == 0)
        WB_MUST(uv_poll_stop(&s->poll));
    else
        WB_MUST(uv_poll_start(&s->poll, events, on_poll));
}

static void wake_waiter(struct wb_coro *c)
{
    if (c != NULL && c->state == WBC_PARKED)
        wbc_wake(c, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct wb_coro_stream *s = poll->data;
    if (status < 0) { /* libuv has stopped; the call will see the error */
        s->watched = 0;
        events = UV_READABLE | UV_WRITABLE;
    }
    int wanted = s->watched & ~UV_WRITABLE;
    if (!(events & UV_WRITABLE))
        wanted = s->watched;
    else
        wake_waiter(s->writer);
    if (events & UV_READABLE) {
        wake_waiter(s->reader);
        if (s->reader == NULL)
            wanted &= ~UV_READABLE;
    }
    watch(s, wanted);
}

int wbc_stream_wait(struct wb_coro_stream *s, int event, int64_t deadline)
{
    struct wb_coro *self = wbc_loop->current;
    struct wb_coro **slot = event == UV_READABLE ? &s->reader : &s->writer;
    if (*slot != NULL)
        wb_misuse("coroutines \"%s\" and \"%s\" %s one stream at once",
                  (*slot)->name, self->name,
                  event == UV_READABLE ? "read from" : "write to");
    *slot = self;
    self->item = s;
    watch(s, s->watched | event);
    int rc = wbc_park(NULL, deadline);
    if (self->item == NULL) /* closed, and s is no more */
        return -EBADF;
    *slot = NULL;
    return rc;
}

/* -- opening --------------------------------------------------------------- */

int wb_coro_adopt(struct wb_coro_stream **out, int fd)
{
    struct wbc_loop *l = wbc_need_loop("wb_coro_adopt");
    struct wb_coro_stream *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return -ENOMEM;
    int rc = uv_poll_init(&l->uv, &s->poll, fd);
    if (rc < 0) {
        free(s);
        return rc;
    }
    int type;
    socklen_t size = sizeof(type);
    s->socket = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
    s->poll.data = s;
    s->fd = fd;
    *out = s;
    return 0;
}

static int adopt_or_close(struct wb_coro_stream **out, int fd)
{
    int rc = wb_coro_adopt(out, fd);
    if (rc < 0)
        close(fd);
    return rc;
}

static int new_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A request of a few bytes is not to wait for more of them. */
static void set_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int wb_coro_listen(struct wb_coro_stream **out, uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int on = 1;
    wbc_need_loop("wb_coro_listen");
    int fd = new_socket();
    if (fd < 0)
        return fd;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, SOMAXCONN) != 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return adopt_or_close(out, fd);
}

uint16_t wb_coro_port(const struct wb_coro_stream *s)
{
    struct sockaddr_in address = { .sin_port = 0 };
    socklen_t size = sizeof(address);
    if (getsockname(s->fd, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.sin_port);
}

int wb_coro_accept_until(struct wb_coro_stream *s, struct wb_coro_stream **out,
                         int64_t deadline)
{
    wbc_need_self("wb_coro_accept");
    for (;;) {
        int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            set_no_delay(fd);
            wbc_breathe();
            return adopt_or_close(out, fd);
        }
        if (errno == EINTR || errno == ECONNABORTED)
            continue;
        if (errno != EAGAIN)
            return -errno;
        int rc = wbc_stream_wait(s, UV_READABLE, deadline);
        if (rc < 0)
            return rc;
    }
}

int wb_coro_accept(struct wb_coro_stream *s, struct wb_coro_stream **out)
{
    return wb_coro_accept_until(s, out, WB_FOREVER);
}

static int finish_connect(struct wb_coro_stream *s, int64_t deadline)
{
    int error;
    socklen_t size = sizeof(error);
    int rc = wbc_stream_wait(s, UV_WRITABLE, deadline);
    if (rc < 0)
        return rc;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return -errno;
    return -error;
}

int wb_coro_connect_until(struct wb_coro_stream **out, uint16_t port,
                          int64_t deadline)
{
    struct sockaddr_in address = loopback(port);
    struct wb_coro_stream *s;
    wbc_need_self("wb_coro_connect");
    int fd = new_socket();
    if (fd < 0)
        return fd;
    set_no_delay(fd);
    int rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
    int error = rc != 0 ? errno : 0;
    if (error != 0 && error != EINPROGRESS) {
        close(fd);
        return -error;
    }
    rc = adopt_or_close(&s, fd);
    if (rc == 0 && error == EINPROGRESS && (rc = finish_connect(s, deadline)))
        wb_coro_close(s);
    if (rc == 0)
        *out = s;
    return rc;
}

int wb_coro_connect(struct wb_coro_stream **out, uint16_t port)
{
    return wb_coro_connect_until(out, port, WB_FOREVER);
}

/* -- closing --------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct wb_coro_stream *s = handle->data;
    free(s->line);
    free(s);
}

static void close_under(struct wb_coro *c)
{
    if (c == NULL)
        return;
    c->item = NULL;
    wake_waiter(c);
}

static void close_stream(struct wb_coro_stream *s)
{
    close_under(s->reader);
    close_under(s->writer);
    uv_close((uv_handle_t *)&s->poll, on_closed);
    close(s->fd);
}

void wb_coro_close(struct wb_coro_stream *s)
{
    wbc_need_loop("wb_coro_close");
    if (s != NULL)
        close_stream(s);
}

int wb_coro_shutdown(struct wb_coro_stream *s)
{
    return shutdown(s->fd, SHUT_WR) == 0 ? 0 : -errno;
}

static void close_left_open(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (handle->type == UV_POLL && !uv_is_closing(handle))
        close_stream(handle->data);
}

void wbc_streams_close(struct wbc_loop *l)
{
    uv_walk(&l->uv, close_left_open, NULL);
}
