/*
 * Whether a loop goes on while a call blocks. See wb/heart.h.
 */

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_sync.h"
#include "wb/heart.h"
#include "wb/server.h"
#include "wb/testkit.h"

enum { CALLS = 3 };

struct stage {
    struct wb_server *server;
    struct wb_heart *heart;
    bool beat[CALLS];
    char body[CALLS][WB_FETCH_MAX];
    int next;
};

static int call(void *arg)
{
    struct stage *st = arg;
    int i = st->next++; /* by one thread at a time */
    return wb_heart_block(st->heart, "/hold", st->body[i], &st->beat[i]);
}

static int call_elsewhere(void *arg)
{
    return wb_coro_run_in_executor(call, arg);
}

/* Once on a thread of the executor, once on the loop itself. */
static int call_twice(void *arg)
{
    struct stage *st = arg;
    WB_MUST(wb_heart_start(&st->heart, wb_server_port(st->server), "test"));
    assert_int_equal(call_elsewhere(st), 200);
    assert_int_equal(call(st), 200);
    wb_heart_stop(st->heart);
    return 0;
}

static void test_only_a_free_loop_beats(void **state)
{
    struct stage st = { .next = 0 };
    (void)state;
    WB_MUST(wb_server_start(&st.server, NULL));
    assert_int_equal(wb_coro_run(call_twice, &st), 0);
    wb_server_stop(st.server);
    assert_true(st.beat[0]);
    assert_false(st.beat[1]);
    assert_string_equal(st.body[0], "1");
}

/* What was begun is found, although its thread may not have come far. */
static int leave_one(void *arg)
{
    struct stage *st = arg;
    WB_MUST(wb_heart_start(&st->heart, wb_server_port(st->server), "test"));
    assert_int_equal(wb_heart_left(st->heart), 0);
    struct wb_coro *c = wb_coro_spawn(call_elsewhere, st);
    WB_MUST(wb_coro_yield());
    assert_int_equal(wb_heart_left(st->heart), 1);
    assert_int_equal(wb_coro_await(c), 200);
    wb_heart_stop(st->heart);
    return 0;
}

static void test_what_is_left_is_counted(void **state)
{
    struct stage st = { .next = 0 };
    (void)state;
    WB_MUST(wb_server_start(&st.server, NULL));
    assert_int_equal(wb_coro_run(leave_one, &st), 0);
    wb_server_stop(st.server);
    assert_string_equal(st.body[0], "2");
}

/* -- what ends the process --------------------------------------------------
 */

static int wait_in_vain(void *arg)
{
    struct wb_coro_event never = WB_CORO_EVENT_INIT(never);
    (void)arg;
    return wb_coro_event_wait(&never, WB_FOREVER);
}

static int poll_for_ever(void *arg)
{
    (void)arg;
    while (wb_coro_sleep_ms(1) == 0)
        continue;
    return 0;
}

static int spin_for_ever(void *arg)
{
    (void)arg;
    while (wb_coro_yield() == 0)
        continue;
    return 0;
}

static const struct {
    const char *name;
    wb_coro_fn fn;
    const char *said;
} ways[] = {
    { "vain", wait_in_vain, "verdict: deadlock: vain waits for what nobody" },
    { "poll", poll_for_ever, "verdict: livelock: poll looks again and again" },
    { "spin", spin_for_ever, "verdict: livelock: spin looks again and again" },
};

struct role {
    struct wb_server *server;
    size_t way;
};

static int play(void *arg)
{
    struct role *role = arg;
    struct wb_heart *heart;
    WB_MUST(wb_heart_start(&heart, wb_server_port(role->server),
                           ways[role->way].name));
    return ways[role->way].fn(NULL);
}

static void test_what_never_goes_on_is_ended(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        char said[256] = "";
        int out[2], status;
        WB_MUST_SYS(pipe(out));
        pid_t pid = WB_MUST_SYS(fork());
        if (pid == 0) {
            struct role role = { NULL, i };
            WB_MUST_SYS(dup2(out[1], STDOUT_FILENO));
            WB_MUST(wb_server_start(&role.server, NULL));
            wb_coro_run(play, &role);
            _exit(0);
        }
        close(out[1]);
        ssize_t n = read(out[0], said, sizeof(said) - 1);
        close(out[0]);
        WB_MUST_SYS(waitpid(pid, &status, 0));
        assert_true(n > 0);
        assert_non_null(strstr(said, ways[i].said));
        assert_int_equal(WEXITSTATUS(status), 1);
    }
}

static const struct CMUnitTest tests[] = {
    /* First of all: it forks, while there are no other threads yet. */
    cmocka_unit_test(test_what_never_goes_on_is_ended),
    cmocka_unit_test(test_only_a_free_loop_beats),
    cmocka_unit_test(test_what_is_left_is_counted),
};

WB_TEST_MAIN(tests)
