/* The server that answers when it is told to. See wb/server.h; its gates are
 * in test_gate.c. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "served.h"

enum { PATIENCE_MS = 30000 };

/* -- one client --------------------------------------------------------- */

static void expect_answer(const char *path, int code, const char *expected)
{
    char body[WB_FETCH_MAX];

    assert_int_equal(ask(path, body), code);
    assert_string_equal(body, expected);
}

static void test_each_path_does_what_it_says(void **state)
{
    (void)state;
    expect_answer("/echo/hello", 200, "hello");
    expect_answer("/echo", 200, "ok");
    expect_answer("/echo/", 200, "ok");
    expect_answer("/error/503/no room", 503, "no room");
    expect_answer("/delay/1/late", 200, "late");
    expect_answer("/drip/1/slow", 200, "slow");
    expect_answer("/drip/0/slow", 200, "slow");
    expect_answer("/gate/1/alone", 200, "alone");
    expect_answer("/drop", -ECONNRESET, "");
    assert_int_equal(seen().requests, 9);
    assert_int_equal(seen().connections, 9);
    assert_int_equal(seen().inside, 0);
    assert_int_equal(seen().peak, 1);
}

static void test_bad_requests_are_told_so(void **state)
{
    static const char *const bad[] = { "/",         "/echoes", "/gate",
                                       "/gate/0",   "/gate/x", "/gate/99999",
                                       "/error/99", "/delay/", "/delay/-1",
                                       "/delay/1x", "/nothing" };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_answer(bad[i], 400, "no such request: see wb/server.h");
}

static void test_fetch_refuses_what_it_cannot_send(void **state)
{
    char body[WB_FETCH_MAX], path[WB_FETCH_MAX + 1];

    (void)state;
    memset(path, '/', sizeof(path));
    path[WB_FETCH_MAX] = '\0';
    assert_int_equal(ask(path, body), -EINVAL);
    assert_int_equal(ask("echo", body), -EINVAL);
    assert_int_equal(ask("/echo\nGET /echo", body), -EINVAL);
    path[WB_FETCH_MAX - 1] = '\0';
    assert_int_equal(ask(path, body), 400);
    memcpy(path, "/echo/", 6);
    assert_int_equal(ask(path, body), 200);
    assert_int_equal(strlen(body), WB_FETCH_MAX - 1 - 6);
    assert_int_equal(seen().requests, 2);
}

static void test_fetch_gives_up_at_its_deadline(void **state)
{
    char body[WB_FETCH_MAX];
    int port = wb_server_port(server);

    (void)state;
    assert_int_equal(
        wb_fetch(port, "/delay/600000", body, wb_deadline_in_ms(5)),
        -ETIMEDOUT);
    assert_int_equal(wb_fetch(port, "/drip/60000/ab", body, wb_now()),
                     -ETIMEDOUT);
    assert_int_equal(
        wb_fetch(port, "/echo/soon", body, wb_deadline_in_ms(PATIENCE_MS)),
        200);
    assert_string_equal(body, "soon");
}

static int connect_to_server(void)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)wb_server_port(server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

    WB_MUST_SYS(connect(fd, (struct sockaddr *)&to, sizeof(to)));
    return fd;
}

/* Send all of text; read to the end of the connection, or n bytes. */
static void talk(int fd, const char *text, char *got, size_t n)
{
    size_t have = 0;
    ssize_t more = 1;

    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    while (have < n && (more = read(fd, got + have, n - have)) > 0)
        have += (size_t)more;
    got[have] = '\0';
}

static void test_a_connection_takes_many_requests(void **state)
{
    char got[64];
    int fd = connect_to_server();

    (void)state;
    talk(fd, "GET /echo/a\r\n", got, 6);
    assert_string_equal(got, "200 a\n");
    talk(fd, "GET /echo/b\nGET /delay/1/c\n", got, 12);
    assert_string_equal(got, "200 b\n200 c\n");
    talk(fd, "PUT /echo/d\n", got, 4);
    close(fd);
    assert_string_equal(got, "400 ");
    assert_int_equal(seen().connections, 1);
    assert_int_equal(seen().requests, 4);
}

static void test_who_does_not_wait_its_turn_is_dropped(void **state)
{
    char got[400];
    int fd = connect_to_server();

    (void)state;
    talk(fd, "GET /delay/600000\nGET /echo/b\n", got, 1);
    close(fd);
    assert_string_equal(got, "");
    memset(got, 'x', sizeof(got));
    got[sizeof(got) - 1] = '\0';
    fd = connect_to_server();
    assert_int_equal(write(fd, got, sizeof(got) - 1), sizeof(got) - 1);
    assert_true(read(fd, got, 1) <= 0);
    close(fd);
    assert_int_equal(seen().inside, 0);
}

/* -- its limits --------------------------------------------------------- */

static void test_those_without_room_wait_outside(void **state)
{
    char got[16];
    int fd[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        fd[i] = connect_to_server();
    talk(fd[0], "GET /echo/a\n", got, 6);
    talk(fd[1], "GET /echo/b\n", got, 6);
    assert_int_equal(seen().open, 2);
    WB_MUST_SYS((int)write(fd[2], "GET /echo/c\n", 12));
    close(fd[0]);
    assert_int_equal(read(fd[2], got, 6), 6);
    assert_memory_equal(got, "200 c\n", 6);
    assert_int_equal(seen().connections, 3);
    close(fd[1]);
    close(fd[2]);
    assert_int_equal(wb_proc_children(getpid()), 0); /* a thread serves */
}

/* More than would fit beside each other in the memory of the server. */
static void test_room_is_used_again(void **state)
{
    char body[WB_FETCH_MAX];
    enum { TIMES = 1000 };

    (void)state;
    for (int i = 0; i < TIMES; i++)
        assert_int_equal(ask("/echo", body), 200);
    assert_int_equal(seen().connections, TIMES);
    wb_server_reset(server);
    assert_int_equal(seen().connections, 0);
    assert_int_equal(seen().requests, 0);
}

/* A call of the C library, which the server makes; so often it fails. */
static atomic_int refusals;

int accept4(int fd, struct sockaddr *addr, socklen_t *addr_len, int flags)
{
    if (atomic_load(&refusals) > 0) {
        atomic_fetch_sub(&refusals, 1);
        errno = EMFILE;
        return -1;
    }
    return (int)syscall(SYS_accept4, fd, addr, addr_len, flags);
}

/* With no connection open, none ends and leaves a descriptor. */
static void test_who_came_without_a_descriptor_is_served_later(void **state)
{
    char body[WB_FETCH_MAX];
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);

    (void)state;
    atomic_store(&refusals, 2);
    assert_int_equal(
        wb_fetch(wb_server_port(server), "/echo/late", body, deadline), 200);
    assert_int_equal(atomic_load(&refusals), 0);
}

static void test_bad_options_are_refused(void **state)
{
    struct wb_server *none = NULL;

    (void)state;
    assert_int_equal(
        wb_server_start(&none,
                        &(struct wb_server_options){ .connections_max = -1 }),
        -EINVAL);
    assert_int_equal(
        wb_server_start(&none,
                        &(struct wb_server_options){
                            .connections_max = WB_SERVER_CONNECTIONS_MAX + 1 }),
        -EINVAL);
    assert_null(none);
    wb_server_stop(NULL);
}

static const struct CMUnitTest tests[] = {
    BOTH(test_each_path_does_what_it_says),
    BOTH(test_bad_requests_are_told_so),
    BOTH(test_fetch_refuses_what_it_cannot_send),
    BOTH(test_fetch_gives_up_at_its_deadline),
    BOTH(test_a_connection_takes_many_requests),
    BOTH(test_who_does_not_wait_its_turn_is_dropped),
    { "test_those_without_room_wait_outside",
      test_those_without_room_wait_outside, start_narrow, stop, NULL },
    { "test_room_is_used_again", test_room_is_used_again, start_narrow, stop,
      NULL },
    { "test_who_came_without_a_descriptor_is_served_later",
      test_who_came_without_a_descriptor_is_served_later, start_thread, stop,
      NULL },
    COUNTED(test_bad_options_are_refused),
};

WB_TEST_MAIN(tests)
