/* Gates that open when so many are inside, and are refused when they never
 * will be. See wb/server.h. */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "served.h"

enum { CLIENTS = 8 };

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

static const struct CMUnitTest tests[] = {
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
};

WB_TEST_MAIN(tests)
