/*
 * Streams and children. See wb/coro_io.h. What must overlap meets in an
 * event; no test waits for a clock.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coro_pair.h"
#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/coro_io.h"
#include "wb/coro_sync.h"
#include "wb/testkit.h"

enum { CLIENTS = 50, BIG = 4 * 1024 * 1024 };

/* -- connections ----------------------------------------------------------- */

static int serve(void *arg)
{
    struct wb_coro_stream *s = arg;
    char buf[64];
    int n;
    while ((n = wb_coro_read(s, buf, sizeof(buf))) > 0)
        if ((n = wb_coro_write(s, buf, (size_t)n)) < 0)
            break;
    wb_coro_close(s);
    return n;
}

static int accept_all(void *arg)
{
    struct wb_coro_stream *listener = arg, *s;
    int rc;
    while ((rc = wb_coro_accept(listener, &s)) == 0)
        wb_coro_detach(wb_coro_spawn(serve, s));
    return rc;
}

struct client {
    uint16_t port;
    int number;
    int *connected;
    struct wb_coro_event *all_here;
};

/* Nobody asks before all are connected: that takes as many connections. */
static int ask(void *arg)
{
    struct client *me = arg;
    struct wb_coro_stream *s;
    char question[16], answer[16];
    int rc = wb_coro_connect(&s, me->port);
    if (rc < 0)
        return rc;
    if (++*me->connected == CLIENTS)
        wb_coro_event_set(me->all_here);
    WB_MUST(wb_coro_event_wait(me->all_here, WB_FOREVER));
    for (int i = 0; i < 20 && rc == 0; i++) {
        snprintf(question, sizeof(question), "%d/%d", me->number, i);
        WB_MUST(wb_coro_write(s, question, sizeof(question)));
        rc = wb_coro_read_exactly(s, answer, sizeof(answer), WB_FOREVER);
        if (rc == 0 && strcmp(question, answer) != 0)
            rc = -EBADMSG;
    }
    wb_coro_close(s);
    return rc;
}

static int echo_to_clients(void *arg)
{
    (void)arg;
    struct wb_coro_stream *listener;
    struct wb_coro_event all_here = WB_CORO_EVENT_INIT(all_here);
    struct client clients[CLIENTS];
    struct wb_coro *c[CLIENTS];
    int connected = 0;
    WB_MUST(wb_coro_listen(&listener, 0));
    struct wb_coro *server = wb_coro_spawn(accept_all, listener);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] =
            (struct client){ wb_coro_port(listener), i, &connected, &all_here };
        c[i] = wb_coro_spawn(ask, &clients[i]);
    }
    int rc = wb_coro_gather(c, CLIENTS);
    wb_coro_close(listener);
    assert_int_equal(wb_coro_await(server), -EBADF);
    return rc;
}

static void test_many_connections_at_once(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(echo_to_clients, NULL), 0);
    /* libuv keeps two of its first loop for the others. */
    int before = wb_proc_descriptors(getpid());
    assert_int_equal(wb_coro_run(echo_to_clients, NULL), 0);
    assert_int_equal(run_virtually(echo_to_clients, NULL), 0);
    assert_int_equal(wb_proc_descriptors(getpid()), before);
}

static int connect_to_nobody(void *arg)
{
    struct wb_coro_stream *s;
    (void)arg;
    WB_MUST(wb_coro_listen(&s, 0));
    uint16_t port = wb_coro_port(s);
    int before = wb_proc_descriptors(getpid());
    struct wb_coro_stream *second;
    assert_int_equal(wb_coro_listen(&second, port), -EADDRINUSE);
    assert_int_equal(wb_proc_descriptors(getpid()), before);
    wb_coro_close(s);
    return wb_coro_connect(&s, port);
}

static void test_refused_connection_is_told(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(connect_to_nobody, NULL), -ECONNREFUSED);
}

/* A listener that nobody serves takes few connections: the next one waits. */
static int connect_to_the_busy(void *arg)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    struct wb_coro_stream *s;
    int rc = 0, before = 0;
    (void)arg;
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    WB_MUST_SYS(bind(fd, (struct sockaddr *)&at, size));
    WB_MUST_SYS(listen(fd, 0));
    WB_MUST_SYS(getsockname(fd, (struct sockaddr *)&at, &size));
    while (rc == 0) { /* the loop closes those that are connected */
        before = wb_proc_descriptors(getpid());
        rc = wb_coro_connect_until(&s, ntohs(at.sin_port),
                                   wb_coro_deadline_in_ms(1000));
    }
    assert_int_equal(wb_proc_descriptors(getpid()), before);
    close(fd);
    return rc;
}

static void test_a_connection_is_given_up_at_its_deadline(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(connect_to_the_busy, NULL), -ETIMEDOUT);
}

/* -- pairs of streams ------------------------------------------------------ */

static int write_big(void *arg)
{
    struct pair *p = arg;
    int rc = wb_coro_write(p->a, p->big, BIG);
    WB_MUST(wb_coro_shutdown(p->a));
    return rc;
}

static int move_a_lot(void *arg)
{
    struct pair p = { .big = malloc(BIG) };
    char *copy = malloc(BIG);
    char end;
    (void)arg;
    open_pair(&p);
    for (int i = 0; i < BIG; i++)
        p.big[i] = (char)(i * 7 + i / 251);
    struct wb_coro *writer = wb_coro_spawn(write_big, &p);
    WB_MUST(wb_coro_read_exactly(p.b, copy, BIG, WB_FOREVER));
    assert_memory_equal(copy, p.big, BIG);
    assert_int_equal(wb_coro_read(p.b, &end, 1), 0);
    assert_int_equal(wb_coro_read_exactly(p.b, &end, 1, WB_FOREVER), -EPIPE);
    close_pair(&p);
    free(p.big);
    free(copy);
    return wb_coro_await(writer);
}

static void test_more_than_a_socket_holds(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(move_a_lot, NULL), 0);
}

static int lose_patience(void *arg)
{
    struct pair p;
    char buf[8];
    (void)arg;
    open_pair(&p);
    int64_t deadline = wb_coro_deadline_in_ms(50);
    assert_int_equal(wb_coro_read_until(p.b, buf, 8, deadline), -ETIMEDOUT);
    assert_true(wb_coro_now() == 50 * MS);
    WB_MUST(wb_coro_write(p.a, "abc", 3));
    assert_int_equal(wb_coro_read_until(p.b, buf, 8, 0), 3);
    assert_int_equal(wb_coro_read_until(p.b, buf, 8, 0), -ETIMEDOUT);
    WB_MUST(wb_coro_write(p.a, "de", 2));
    assert_int_equal(wb_coro_read_until(p.b, buf, 8, 0), 2);
    deadline = wb_coro_deadline_in_ms(10);
    char *big = calloc(1, BIG);
    int rc = 0; /* how much the system takes is its own affair */
    while (rc == 0)
        rc = wb_coro_write_until(p.a, big, BIG, deadline);
    assert_int_equal(rc, -ETIMEDOUT);
    free(big);
    close_pair(&p);
    return 0;
}

static void test_deadlines_end_waits(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(lose_patience, NULL), 0);
}

static int read_b(void *arg)
{
    struct pair *p = arg;
    char c;
    int rc = wb_coro_read(p->b, &c, 1);
    mark(p->trail, rc == -ECANCELED ? 'c' : rc == -EBADF ? 'b' : '?');
    return rc;
}

static int cancel_then_close(void *arg)
{
    struct pair p = { .trail = arg };
    char c;
    open_pair(&p);
    struct wb_coro *reader = wb_coro_spawn(read_b, &p);
    wb_coro_yield();
    wb_coro_cancel(reader);
    assert_int_equal(wb_coro_await(reader), -ECANCELED);
    WB_MUST(wb_coro_write(p.a, "x", 1)); /* nothing is lost by it */
    assert_int_equal(wb_coro_read(p.b, &c, 1), 1);
    reader = wb_coro_spawn(read_b, &p);
    wb_coro_yield();
    wb_coro_cancel(reader); /* woken, but it has not run when b is closed */
    close_pair(&p);
    assert_int_equal(wb_coro_await(reader), -EBADF);
    return 0;
}

static void test_cancel_and_close_end_a_read(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(wb_coro_run(cancel_then_close, &t), 0);
    assert_string_equal(t.text, "cb");
}

static int write_to_the_dead(void *arg)
{
    struct pair p;
    int rc = 0;
    (void)arg;
    open_pair(&p);
    wb_coro_close(p.b);
    for (int i = 0; i < 1000 && rc == 0; i++)
        rc = wb_coro_write(p.a, "x", 1); /* SIGPIPE would end the test */
    wb_coro_close(p.a);
    return rc;
}

static void test_write_to_closed_peer_fails(void **state)
{
    (void)state;
    int rc = wb_coro_run(write_to_the_dead, NULL);
    assert_true(rc == -EPIPE || rc == -ECONNRESET);
}

/* -- other descriptors, and children --------------------------------------- */

static int adopt_pipe(void *arg)
{
    struct wb_coro_stream *from, *to, *file;
    int ends[2];
    char c;
    (void)arg;
    WB_MUST_SYS(pipe2(ends, O_CLOEXEC));
    WB_MUST(wb_coro_adopt(&from, ends[0]));
    WB_MUST(wb_coro_adopt(&to, ends[1]));
    int64_t soon = wb_coro_deadline_in_ms(1);
    assert_int_equal(wb_coro_read_until(from, &c, 1, soon), -ETIMEDOUT);
    WB_MUST(wb_coro_write(to, "p", 1));
    assert_int_equal(wb_coro_read(from, &c, 1), 1);
    assert_int_equal(c, 'p');
    int fd = WB_MUST_SYS(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    assert_int_equal(wb_coro_adopt(&file, fd), -EPERM);
    close(fd);
    wb_coro_close(to);
    assert_int_equal(wb_coro_read(from, &c, 1), 0);
    return 0; /* from is left open, for the loop to close */
}

static void test_pipes_are_streams_files_are_not(void **state)
{
    (void)state;
    int before = wb_proc_descriptors(getpid());
    assert_int_equal(run_virtually(adopt_pipe, NULL), 0);
    assert_int_equal(wb_proc_descriptors(getpid()), before);
}

static int wait_for_child(void *arg)
{
    int gate[2], status;
    (void)arg;
    WB_MUST_SYS(pipe2(gate, O_CLOEXEC));
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0) {
        char c;
        close(gate[1]);
        ssize_t n = read(gate[0], &c, 1); /* until the gate is closed */
        _exit(n == 0 ? 7 : 1);
    }
    close(gate[0]);
    int before = wb_proc_descriptors(getpid());
    assert_int_equal(wb_coro_wait_child(pid, &status, 1), -ETIMEDOUT);
    assert_int_equal(wb_proc_descriptors(getpid()), before);
    close(gate[1]);
    assert_int_equal(wb_coro_wait_child(pid, &status, WB_FOREVER), 0);
    assert_int_equal(wb_coro_wait_child(pid, &status, WB_FOREVER), -ECHILD);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_child_is_waited_for_and_reaped(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(wait_for_child, NULL), 7);
    assert_int_equal(wb_proc_children(getpid()), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_many_connections_at_once),
    cmocka_unit_test(test_refused_connection_is_told),
    cmocka_unit_test(test_a_connection_is_given_up_at_its_deadline),
    cmocka_unit_test(test_more_than_a_socket_holds),
    cmocka_unit_test(test_deadlines_end_waits),
    cmocka_unit_test(test_cancel_and_close_end_a_read),
    cmocka_unit_test(test_write_to_closed_peer_fails),
    cmocka_unit_test(test_pipes_are_streams_files_are_not),
    cmocka_unit_test(test_child_is_waited_for_and_reaped),
};

WB_TEST_MAIN(tests)
