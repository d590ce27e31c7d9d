/* The server that answers when it is told to. See wb/server.h. Each test is
 * run twice: a thread serves, and a process does. */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "counted.h"
#include "wb/base.h"
#include "wb/server.h"
#include "wb/testkit.h"

enum { CLIENTS = 8, PATIENCE_MS = 30000 };

static struct wb_server *server; /* const while clients run */

static int start(void **state, bool process, int max)
{
    struct wb_server_options opt = { .process = process,
                                     .connections_max = max };

    if (count_before(state) != 0)
        return -1;
    return wb_server_start(&server, &opt);
}

static int start_thread(void **state)
{
    return start(state, false, 0);
}

static int start_process(void **state)
{
    return start(state, true, 0);
}

static int start_narrow(void **state)
{
    return start(state, false, 2);
}

static int stop(void **state)
{
    wb_server_stop(server);
    return compare_after(state);
}

static struct wb_server_counts seen(void)
{
    struct wb_server_counts counts;

    wb_server_counts(server, &counts);
    return counts;
}

static int ask(const char *path, char *body)
{
    return wb_fetch(wb_server_port(server), path, body, WB_FOREVER);
}

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

/* -- many at once ------------------------------------------------------- */

struct client {
    pthread_t thread;
    const char *path;
    int code;
    char body[WB_FETCH_MAX];
};

static void *be_client(void *arg)
{
    struct client *c = arg;

    c->code = ask(c->path, c->body);
    return NULL;
}

static void run_clients(struct client *c, int n, const char *path)
{
    for (int i = 0; i < n; i++) {
        c[i].path = path;
        WB_MUST(pthread_create(&c[i].thread, NULL, be_client, &c[i]));
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(c[i].thread, NULL));
}

static void expect_all(const struct client *c, int n, int code,
                       const char *body)
{
    for (int i = 0; i < n; i++) {
        assert_int_equal(c[i].code, code);
        assert_string_equal(c[i].body, body);
    }
}

/* Where the kernel hides what a thread sleeps in: skip, by name. */
static void skip_if_blind(void)
{
    if (!seen().blind)
        return;
    print_message("skipped: the kernel hides /proc/PID/syscall\n");
    skip();
}

static void test_a_gate_opens_when_all_are_inside(void **state)
{
    struct client c[CLIENTS];

    (void)state;
    run_clients(c, CLIENTS, "/gate/8/together");
    expect_all(c, CLIENTS, 200, "together");
    assert_int_equal(seen().peak, CLIENTS);
    assert_int_equal(seen().inside, 0);
    assert_int_equal(seen().refused, 0);
    wb_server_reset(server);
    assert_int_equal(seen().requests, 0);
    run_clients(c, CLIENTS, "/gate/4/four");
    expect_all(c, CLIENTS, 200, "four");
    assert_int_equal(seen().requests, CLIENTS);
}

static void test_a_gate_is_refused_to_who_comes_alone(void **state)
{
    char body[WB_FETCH_MAX];

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask("/gate/2", body), 409);
        assert_string_equal(body, "1 of 2");
    }
    skip_if_blind();
    assert_int_equal(seen().refused, 3);
    assert_int_equal(seen().peak, 1);
}

static void test_a_gate_is_refused_to_too_few(void **state)
{
    struct client c[CLIENTS];

    (void)state;
    run_clients(c, CLIENTS, "/gate/9");
    skip_if_blind();
    expect_all(c, CLIENTS, 409, "8 of 9");
}

static void test_hold_tells_how_many_came(void **state)
{
    struct client c[CLIENTS];

    (void)state;
    for (int n = 1; n <= CLIENTS; n++) {
        char body[4];

        run_clients(c, n, "/hold");
        skip_if_blind();
        snprintf(body, sizeof(body), "%d", n);
        expect_all(c, n, 200, body);
    }
}

/* While an answer is still due, its client may come to the gate after it. */
static void *come_late(void *arg)
{
    struct client *c = arg;

    ask("/delay/60", c->body);
    return be_client(arg);
}

static void test_a_gate_waits_for_who_is_still_served(void **state)
{
    struct client late = { .path = "/gate/2/both" }, here = late;

    (void)state;
    WB_MUST(pthread_create(&late.thread, NULL, come_late, &late));
    be_client(&here);
    WB_MUST(pthread_join(late.thread, NULL));
    expect_all(&here, 1, 200, "both");
    expect_all(&late, 1, 200, "both");
}

/* So it does for who sleeps until a time that comes by itself. */
static void *rest_first(void *arg)
{
    poll(NULL, 0, 60);
    return be_client(arg);
}

static void test_a_gate_waits_for_who_only_rests(void **state)
{
    struct client late = { .path = "/gate/2/both" }, here = late;

    (void)state;
    WB_MUST(pthread_create(&late.thread, NULL, rest_first, &late));
    be_client(&here);
    WB_MUST(pthread_join(late.thread, NULL));
    expect_all(&here, 1, 200, "both");
    expect_all(&late, 1, 200, "both");
}

static void test_gates_and_holds_are_told_apart(void **state)
{
    static const char *const path[] = { "/gate/7", "/gate/7", "/gate/9",
                                        "/hold" };
    static const char *const body[] = { "2 of 7", "2 of 7", "1 of 9", "1" };
    struct client c[4];

    (void)state;
    for (int i = 0; i < 4; i++) {
        c[i].path = path[i];
        WB_MUST(pthread_create(&c[i].thread, NULL, be_client, &c[i]));
    }
    for (int i = 0; i < 4; i++)
        WB_MUST(pthread_join(c[i].thread, NULL));
    skip_if_blind();
    for (int i = 0; i < 4; i++)
        assert_string_equal(c[i].body, body[i]);
}

static void test_who_leaves_is_not_inside(void **state)
{
    char body[WB_FETCH_MAX];
    int port = wb_server_port(server);

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(wb_fetch(port, "/gate/3", body, wb_deadline_in_ms(20)),
                         -ETIMEDOUT);
    assert_int_equal(ask("/gate/2", body), 409);
    assert_int_equal(ask("/gate/3", body), 409);
    skip_if_blind();
    assert_string_equal(body, "1 of 3");
    assert_int_equal(seen().inside, 0);
}

/* -- another process ---------------------------------------------------- */

static void test_children_come_to_the_gate(void **state)
{
    char body[WB_FETCH_MAX];
    int status;

    (void)state;
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        _exit(ask("/gate/2", body) == 200 ? 0 : 1);
    assert_int_equal(ask("/gate/2", body), 200);
    WB_MUST_SYS(waitpid(pid, &status, 0));
    assert_int_equal(status, 0);
}

static void test_a_watched_child_is_refused_alone(void **state)
{
    char body[WB_FETCH_MAX];
    int status, go[2];

    (void)state;
    WB_MUST_SYS(pipe(go));
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        _exit(read(go[0], body, 1) == 1 && ask("/gate/2", body) == 409 ? 0 : 1);
    wb_server_watch(server, pid);
    WB_MUST_SYS((int)write(go[1], "g", 1));
    close(go[0]);
    close(go[1]);
    /* Our own thread goes on all the while. */
    while (waitpid(pid, &status, WNOHANG) == 0)
        poll(NULL, 0, 1);
    assert_int_equal(status, 0);
}

/* The end of a pipe comes when we close it, for nobody else has it open. */
static void test_a_process_holds_nothing_of_its_parent(void **state)
{
    struct wb_server_options opt = { .process = true };
    struct wb_server *other;
    int fd[2];
    char byte;

    (void)state;
    WB_MUST_SYS(pipe(fd));
    WB_MUST(wb_server_start(&other, &opt));
    close(fd[1]);
    ssize_t n = read(fd[0], &byte, 1);
    close(fd[0]);
    wb_server_stop(other);
    assert_int_equal(n, 0);
}

/* The server is gone when the connection to it has ended. */
static void test_a_process_ends_with_its_parent(void **state)
{
    struct wb_server *theirs = NULL;
    int port[2], theirs_at = 0, status;
    char got[8];

    (void)state;
    WB_MUST_SYS(pipe(port));
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0) {
        struct wb_server_options opt = { .process = true };

        WB_MUST(wb_server_start(&theirs, &opt));
        theirs_at = wb_server_port(theirs);
        WB_MUST_SYS((int)write(port[1], &theirs_at, sizeof(theirs_at)));
        _exit(0);
    }
    close(port[1]);
    assert_int_equal(read(port[0], &theirs_at, sizeof(theirs_at)), 4);
    WB_MUST_SYS(waitpid(pid, &status, 0));
    /* Nobody else holds the pipe open, so its end is the server's, too. */
    assert_int_equal(read(port[0], got, 1), 0);
    close(port[0]);
    while (wb_fetch(theirs_at, "/echo", got, WB_FOREVER) != -ECONNREFUSED)
        poll(NULL, 0, 1);
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

static void test_a_thread_of_ours_is_not_counted_as_theirs(void **state)
{
    (void)state;
    assert_int_equal(wb_proc_children(getpid()), 0);
    assert_true(wb_proc_threads(getpid()) >= 2);
}

#define THREAD(test)                                                           \
    {                                                                          \
#test "[thread]", test, start_thread, stop, NULL                       \
    }
#define PROCESS(test)                                                          \
    {                                                                          \
#test "[process]", test, start_process, stop, NULL                     \
    }
#define BOTH(test) THREAD(test), PROCESS(test)

static const struct CMUnitTest tests[] = {
    BOTH(test_each_path_does_what_it_says),
    BOTH(test_bad_requests_are_told_so),
    BOTH(test_fetch_refuses_what_it_cannot_send),
    BOTH(test_fetch_gives_up_at_its_deadline),
    BOTH(test_a_connection_takes_many_requests),
    BOTH(test_who_does_not_wait_its_turn_is_dropped),
    BOTH(test_a_gate_opens_when_all_are_inside),
    BOTH(test_a_gate_is_refused_to_who_comes_alone),
    BOTH(test_a_gate_is_refused_to_too_few),
    BOTH(test_hold_tells_how_many_came),
    BOTH(test_a_gate_waits_for_who_is_still_served),
    BOTH(test_a_gate_waits_for_who_only_rests),
    BOTH(test_gates_and_holds_are_told_apart),
    BOTH(test_who_leaves_is_not_inside),
    BOTH(test_children_come_to_the_gate),
    THREAD(test_a_watched_child_is_refused_alone),
    COUNTED(test_a_process_holds_nothing_of_its_parent),
    COUNTED(test_a_process_ends_with_its_parent),
    { "test_those_without_room_wait_outside",
      test_those_without_room_wait_outside, start_narrow, stop, NULL },
    COUNTED(test_bad_options_are_refused),
    THREAD(test_a_thread_of_ours_is_not_counted_as_theirs),
};

WB_TEST_MAIN(tests)
