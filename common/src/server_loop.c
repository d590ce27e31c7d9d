/* Who is ready, and what is due: the serving side. See wb/server.h. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_impl.h"

enum {
    EVENTS = 64,
    LOOK_MIN_MS = 1, /* between two looks at those who wait at a gate */
    LOOK_MAX_MS = 16,
    PATIENCE_MS = 2000, /* with a kernel that does not let us look */
    RETRY_MS = 16 /* for what accept() lacks: nobody tells when it is there */
};

/* What an event is about: a connection by its index, or one of these. */
enum { LISTENER = -1, WAKE = -2, PARENT = -3 };

static void listen_to(struct wb_server *s, int op, int fd, int what)
{
    struct epoll_event e = { .events = EPOLLIN, .data.fd = what };

    WB_MUST_SYS(epoll_ctl(s->epoll, op, fd, &e));
}

/* -- connections -------------------------------------------------------- */

static bool has_room(const struct wb_server *s)
{
    return atomic_load(&s->open) < s->max;
}

/* Without a room or a descriptor left, those who knock wait outside. */
static void set_full(struct wb_server *s, bool full)
{
    if (s->full != full)
        listen_to(s, full ? EPOLL_CTL_DEL : EPOLL_CTL_ADD, s->listener,
                  LISTENER);
    s->full = full;
}

void wb_server_leave(struct wb_server *s, struct conn *c)
{
    if (c->wait == FOR_REQUEST)
        return;
    if (c->wait == FOR_GATE) {
        s->waiting--;
        s->at[c->gate]--;
    }
    c->wait = FOR_REQUEST;
    wb_gauge_leave(&s->inside);
}

void wb_server_drop(struct wb_server *s, struct conn *c)
{
    wb_server_leave(s, c);
    atomic_fetch_sub(&s->open, 1);
    close(c->fd);
    c->fd = -1;
    c->next = s->vacant;
    s->vacant = (int)(c - s->conn);
    if (!s->stopping)
        set_full(s, false);
}

static struct conn *take_room(struct wb_server *s)
{
    struct conn *c = &s->conn[s->vacant >= 0 ? s->vacant : s->used];

    if (s->vacant >= 0)
        s->vacant = c->next;
    else
        s->used++;
    return c;
}

/* @return whether there may be another one */
static bool accept_one(struct wb_server *s)
{
    int on = 1, fd = -1;
    bool room = has_room(s);

    if (room)
        fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        bool again = room && (errno == EINTR || errno == ECONNABORTED);
        if (!again && (!room || errno != EAGAIN))
            set_full(s, true);
        return again;
    }
    struct conn *c = take_room(s);
    *c = (struct conn){ .fd = fd };
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    atomic_fetch_add(&s->connections, 1);
    atomic_fetch_add(&s->open, 1);
    listen_to(s, EPOLL_CTL_ADD, fd, (int)(c - s->conn));
    return true;
}

static void read_from(struct wb_server *s, struct conn *c)
{
    int on = 1;

    if (c->fd < 0)
        return; /* dropped since this event was told */
    ssize_t n = read(c->fd, c->in + c->n, sizeof(c->in) - c->n);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    /* It has closed its side, or sends more than a line can have. */
    if (n <= 0) {
        wb_server_drop(s, c);
        return;
    }
    /* Acknowledge now: server_quiet.c waits for it. */
    setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
    c->n += (size_t)n;
    wb_server_take_lines(s, c);
}

/* -- time --------------------------------------------------------------- */

static void go_on_if_due(struct wb_server *s, struct conn *c)
{
    if (c->fd < 0 || c->wait != FOR_TIME)
        return;
    if (wb_deadline_passed(c->due))
        wb_server_go_on(s, c);
    if (c->fd >= 0 && c->wait == FOR_TIME && c->due < s->due)
        s->due = c->due;
}

static void do_what_is_due(struct wb_server *s)
{
    if (!wb_deadline_passed(s->due))
        return;
    s->due = WB_FOREVER;
    for (int i = 0; i < s->used; i++)
        go_on_if_due(s, &s->conn[i]);
}

/* Nothing came for ms milliseconds: is that how it stays?
 * @return milliseconds until the next look */
static int look(struct wb_server *s, int ms)
{
    int rc = s->due == WB_FOREVER ? wb_server_is_quiet(s) : 0;

    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT || rc == -ENOSYS) {
        atomic_store(&s->blind, true);
        rc = wb_now() - s->arrived > PATIENCE_MS * INT64_C(1000000);
    }
    if (rc == 1)
        wb_server_release(s);
    return rc == 1 || 2 * ms > LOOK_MAX_MS ? LOOK_MIN_MS : 2 * ms;
}

/* -- the loop ----------------------------------------------------------- */

static int wait_ms(const struct wb_server *s, int look_ms)
{
    int ms = wb_deadline_poll_ms(s->due);
    int most = s->waiting > 0           ? look_ms
               : s->full && has_room(s) ? RETRY_MS
                                        : -1;

    return most >= 0 && (ms < 0 || ms > most) ? most : ms;
}

/* Those who knock come last: no event may be about one of them. */
static void take_events(struct wb_server *s, const struct epoll_event *e, int n)
{
    bool knock = false;

    for (int i = 0; i < n; i++) {
        int what = e[i].data.fd;
        if (what >= 0)
            read_from(s, &s->conn[what]);
        else if (what == LISTENER)
            knock = true;
        else
            s->stopping = true;
    }
    while (knock && accept_one(s))
        ;
}

void wb_server_serve(struct wb_server *s)
{
    struct epoll_event events[EVENTS];
    int look_ms = LOOK_MIN_MS;

    listen_to(s, EPOLL_CTL_ADD, s->listener, LISTENER);
    listen_to(s, EPOLL_CTL_ADD, s->wake, WAKE);
    if (s->alive >= 0)
        listen_to(s, EPOLL_CTL_ADD, s->alive, PARENT);
    while (!s->stopping) {
        int n = epoll_wait(s->epoll, events, EVENTS, wait_ms(s, look_ms));

        take_events(s, events, n);
        do_what_is_due(s);
        if (n == 0 && has_room(s))
            set_full(s, false);
        look_ms = n <= 0 && s->waiting > 0 ? look(s, look_ms) : LOOK_MIN_MS;
    }
    for (int i = 0; i < s->used; i++)
        if (s->conn[i].fd >= 0)
            wb_server_drop(s, &s->conn[i]);
    close(s->listener);
    close(s->epoll);
    if (s->alive >= 0)
        close(s->alive);
}
