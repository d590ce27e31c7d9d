/* Echo: a thousand connections on 127.0.0.1, 50 requests of 64 bytes on each,
 * one after the other. Both ends are in one loop, in ours and in the peers.
 * The clock runs from when both ends of the last connection are there
 * to when the last answer is. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <uv.h>

#include "bench.h"
#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_io.h"
#include "wb/coro_sync.h"

enum { REQUESTS = 50, SIZE = 64 };

/* Two descriptors for each connection: as many as are allowed. */
static long connections(long n)
{
    struct rlimit limit;
    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = limit.rlim_max;
    WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &limit));
    return n / REQUESTS > 0 ? n / REQUESTS : 1;
}

/* -- coroutines ------------------------------------------------------------ */

struct meeting {
    uint16_t port;
    long missing; /* ends of connections that are not there yet */
    struct wb_coro_event all_here;
    struct wb_coro_stream *listener;
    int64_t start;
    double rate;
};

static void arrive(struct meeting *m)
{
    if (--m->missing > 0)
        return;
    m->start = wb_now();
    wb_coro_event_set(&m->all_here);
}

static int serve(void *arg)
{
    struct wb_coro_stream *s = arg;
    char buf[4096];
    int n;
    while ((n = wb_coro_read(s, buf, sizeof(buf))) > 0)
        if ((n = wb_coro_write(s, buf, (size_t)n)) < 0)
            break;
    wb_coro_close(s);
    return n;
}

static int accept_all(void *arg)
{
    struct meeting *m = arg;
    struct wb_coro_stream *s;
    int rc;
    while ((rc = wb_coro_accept(m->listener, &s)) == 0) {
        wb_coro_detach(wb_coro_spawn(serve, s));
        arrive(m);
    }
    return rc;
}

static int ask(void *arg)
{
    struct meeting *m = arg;
    struct wb_coro_stream *s;
    char buf[SIZE] = "question";
    WB_MUST(wb_coro_connect(&s, m->port));
    arrive(m);
    int rc = wb_coro_event_wait(&m->all_here, WB_FOREVER);
    for (int i = 0; i < REQUESTS && rc == 0; i++) {
        rc = wb_coro_write(s, buf, SIZE);
        if (rc == 0)
            rc = wb_coro_read_exactly(s, buf, SIZE, WB_FOREVER);
    }
    wb_coro_close(s);
    return rc;
}

static int echo(void *arg)
{
    struct meeting *m = arg;
    size_t n = (size_t)m->missing / 2;
    struct wb_coro **c = wb_alloc(n, sizeof(struct wb_coro *));
    WB_MUST(wb_coro_listen(&m->listener, 0));
    m->port = wb_coro_port(m->listener);
    wb_coro_detach(wb_coro_spawn(accept_all, m));
    for (size_t i = 0; i < n; i++)
        c[i] = wb_coro_spawn(ask, m);
    int rc = wb_coro_gather(c, n);
    m->rate = bench_rate((long)n * REQUESTS, m->start);
    free(c);
    return rc;
}

static double echo_coro(long n, double *extra)
{
    (void)extra;
    struct meeting m = { .missing = 2 * connections(n),
                         .all_here = WB_CORO_EVENT_INIT(m.all_here) };
    int rc = wb_coro_run(echo, &m);
    return rc < 0 ? rc : m.rate;
}

/* -- libuv and nothing else ------------------------------------------------ */

struct end {
    uv_tcp_t tcp;
    uv_connect_t connect;
    long left; /* requests of a client; -1: a server's */
    size_t got;
};

/* More room than is needed, so that libuv sees that there is no more. */
static char room[4096];

static uv_loop_t uv;
static uv_tcp_t listener;
static struct end *clients;
static long expected, arrived, finished;
static int64_t uv_start;
static double uv_rate;

static void free_end(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    (void)handle, (void)size;
    *buf = uv_buf_init(room, sizeof(room));
}

static void send_all(struct end *e)
{
    uv_buf_t buf = uv_buf_init(room, SIZE);
    if (uv_try_write((uv_stream_t *)&e->tcp, &buf, 1) != SIZE)
        abort(); /* 64 bytes always fit here */
    e->got = 0;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct end *e = stream->data;
    (void)buf;
    if (n < 0) {
        uv_close((uv_handle_t *)&e->tcp, e->left < 0 ? free_end : NULL);
        return;
    }
    e->got += (size_t)n;
    if (e->got < SIZE)
        return;
    if (e->left != 0 && (e->left < 0 || --e->left > 0)) {
        send_all(e);
        return;
    }
    uv_close((uv_handle_t *)&e->tcp, NULL);
    if (++finished < expected)
        return;
    uv_rate = bench_rate(expected * REQUESTS, uv_start);
    uv_close((uv_handle_t *)&listener, NULL);
}

static void start_when_all_are_here(void)
{
    if (++arrived < 2 * expected)
        return;
    uv_start = wb_now();
    for (long i = 0; i < expected; i++) {
        WB_MUST(
            uv_read_start((uv_stream_t *)&clients[i].tcp, on_alloc, on_read));
        send_all(&clients[i]);
    }
}

static void on_connect(uv_connect_t *request, int status)
{
    (void)request;
    WB_MUST(status);
    start_when_all_are_here();
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct end *e = wb_alloc(1, sizeof(*e));
    WB_MUST(status);
    e->left = -1;
    WB_MUST(uv_tcp_init(&uv, &e->tcp));
    e->tcp.data = e;
    WB_MUST(uv_accept(stream, (uv_stream_t *)&e->tcp));
    WB_MUST(uv_tcp_nodelay(&e->tcp, 1));
    WB_MUST(uv_read_start((uv_stream_t *)&e->tcp, on_alloc, on_read));
    start_when_all_are_here();
}

static void start_client(struct end *e, const struct sockaddr *address)
{
    e->left = REQUESTS;
    WB_MUST(uv_tcp_init(&uv, &e->tcp));
    e->tcp.data = e;
    WB_MUST(uv_tcp_connect(&e->connect, &e->tcp, address, on_connect));
    WB_MUST(uv_tcp_nodelay(&e->tcp, 1));
}

static double echo_libuv(long n, double *extra)
{
    struct sockaddr_in address;
    int size = sizeof(address);
    (void)extra;
    expected = connections(n);
    clients = wb_alloc((size_t)expected, sizeof(*clients));
    WB_MUST(uv_loop_init(&uv));
    WB_MUST(uv_tcp_init(&uv, &listener));
    WB_MUST(uv_ip4_addr("127.0.0.1", 0, &address));
    WB_MUST(uv_tcp_bind(&listener, (struct sockaddr *)&address, 0));
    WB_MUST(uv_listen((uv_stream_t *)&listener, SOMAXCONN, on_connection));
    WB_MUST(uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &size));
    for (long i = 0; i < expected; i++)
        start_client(&clients[i], (struct sockaddr *)&address);
    uv_run(&uv, UV_RUN_DEFAULT);
    free(clients);
    return uv_rate;
}

const struct bench_row bench_echo[] = {
    { .name = "echo",
      .what = "echo, 1,000 connections x 50 requests of 64 bytes",
      .unit = "requests/s",
      .n = 50000,
      .tiny = 100,
      .runs = { { "wb_coro", .measure = echo_coro },
                { "libuv, uv_try_write", echo_libuv, .wanted = 0.9 },
                { "asyncio streams", .script = "coro_peer.py", .arg = "echo",
                  .wanted = 4 } } },
    { 0 }
};
