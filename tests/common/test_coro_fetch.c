/*
 * The client of coroutines. See wb/server.h. Its server is a process, so that
 * the one thread of the client is all that can be seen asleep.
 */

#include <errno.h>
#include <string.h>

#include "served.h"
#include "wb/base.h"
#include "wb/coro.h"
#include "wb/testkit.h"

enum { CLIENTS = 100 };

struct question {
    const char *path;
    int64_t deadline;
    int code;
    char body[WB_FETCH_MAX];
};

static int fetch(void *arg)
{
    struct question *q = arg;
    memset(q->body, 'x', sizeof(q->body));
    q->code =
        wb_coro_fetch(wb_server_port(server), q->path, q->body, q->deadline);
    return 0;
}

static void expect(const char *path, int code, const char *body)
{
    struct question q = { .path = path, .deadline = WB_FOREVER };
    assert_int_equal(wb_coro_run(fetch, &q), 0);
    assert_int_equal(q.code, code);
    assert_string_equal(q.body, body);
}

static void test_answers_are_told_apart(void **state)
{
    char most[WB_FETCH_MAX + 1] = "/";
    (void)state;
    expect("/echo/hello", 200, "hello");
    expect("/error/503/away", 503, "away");
    expect("/drip/1/slow", 200, "slow");
    expect("/drop", -ECONNRESET, "");
    expect("no slash", -EINVAL, "");
    expect("/a\nb", -EINVAL, "");
    memset(most + 1, 'a', WB_FETCH_MAX - 1);
    expect(most, -EINVAL, "");
}

static int fetch_many(void *arg)
{
    struct question *q = arg;
    struct wb_coro *c[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        c[i] = wb_coro_spawn(fetch, &q[i]);
    return wb_coro_gather(c, CLIENTS);
}

static void test_many_are_inside_at_once(void **state)
{
    static struct question q[CLIENTS];
    (void)state;
    for (int i = 0; i < CLIENTS; i++)
        q[i] = (struct question){ "/gate/100/all", WB_FOREVER, 0, "" };
    assert_int_equal(wb_coro_run(fetch_many, q), 0);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(q[i].code, 200);
    assert_int_equal(seen().peak, CLIENTS);
}

/* One that waits in its loop is seen to wait, as a thread in read() is. */
static void test_a_gate_is_refused(void **state)
{
    (void)state;
    expect("/gate/2/both", 409, "1 of 2");
    expect("/hold", 200, "1");
}

static int fetch_and_cancel(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(fetch, arg);
    wb_coro_yield();
    wb_coro_cancel(c);
    return wb_coro_await(c);
}

static void test_waits_are_given_up(void **state)
{
    struct question q = { .path = "/delay/60000/late" };
    (void)state;
    q.deadline = wb_deadline_in_ms(20);
    assert_int_equal(wb_coro_run(fetch, &q), 0);
    assert_int_equal(q.code, -ETIMEDOUT);
    q.deadline = WB_FOREVER;
    assert_int_equal(wb_coro_run(fetch_and_cancel, &q), 0);
    assert_int_equal(q.code, -ECANCELED);
    assert_string_equal(q.body, "");
}

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

/* libuv keeps two descriptors of its first loop for the others. */
static int start_after_a_loop(void **state)
{
    wb_coro_run(nothing, NULL);
    return start_process(state);
}

#define SERVED(test)                                                           \
    cmocka_unit_test_setup_teardown(test, start_after_a_loop, stop)

static const struct CMUnitTest tests[] = {
    SERVED(test_answers_are_told_apart),
    SERVED(test_many_are_inside_at_once),
    SERVED(test_a_gate_is_refused),
    SERVED(test_waits_are_given_up),
};

WB_TEST_MAIN(tests)
