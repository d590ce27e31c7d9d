/*
 * Worker processes that die, at work, idle, or before they are ready; and
 * those that are killed, when a pool is given up. See wb/procpool.h.
 */

#include <poll.h>
#include <sys/resource.h>

#include "orders.h"
#include "wb/trace.h"

/* -- workers that die -------------------------------------------------------
 */

static void expect_dead(const struct wb_procpool_result *res, int number,
                        const char *how)
{
    assert_int_equal(res->rc, -EOWNERDEAD);
    assert_int_equal(res->signal, number);
    if (strstr(res->bytes, how) == NULL)
        fail_msg("\"%s\" is not in: %s", how, res->bytes);
    assert_false(is_running(res->worker));
}

static void test_a_crash_costs_one_task(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(2);
    orders[20].what = ABORT;
    orders[40].what = LEAVE;
    assert_int_equal(map(pool, MANY, 1), -EOWNERDEAD);
    expect_squares(MANY);
    expect_dead(&results[20], SIGABRT, "its worker died: killed by signal 6");
    expect_dead(&results[40], 0, "its worker died: exit status 3");
    assert_int_equal(wb_procpool_replaced(pool), 2);
    wb_procpool_results_free(results, MANY);
    orders[20].what = orders[40].what = SQUARE;
    assert_int_equal(map(pool, MANY, 1), 0);
    wb_procpool_results_free(results, MANY);
    wb_procpool_free(pool);
}

/* The track of a worker has its life, and its tasks; they end with it. */
static void test_a_trace_shows_what_workers_do(void **state)
{
    (void)state;
    char path[PATH_BYTES], text[8192];
    int fd = WB_MUST_SYS(mkstemp(wb_scratch_path(path, sizeof(path), "trace")));
    WB_MUST(wb_trace_open(path));
    struct wb_procpool *pool = make_pool(1);
    orders[1].what = ABORT;
    assert_int_equal(map(pool, 3, 1), -EOWNERDEAD);
    wb_procpool_results_free(results, 3);
    wb_procpool_free(pool);
    WB_MUST(wb_trace_close());
    text[WB_MUST_SYS((int)read(fd, text, sizeof(text) - 1))] = '\0';
    close(fd);
    unlink(path);
    int ends = 0;
    for (const char *e = text; (e = strstr(e, "\"ph\":\"E\"")) != NULL; e++)
        ends++;
    assert_int_equal(ends, 2 + 3); /* two workers, three tasks */
    const char *died = strstr(text, "killed by signal 6");
    assert_non_null(died);
    assert_true(strstr(text, "\"task 1\"") < died);
    assert_true(strstr(died, "\"task 2\"") != NULL);
    assert_non_null(strstr(text, ".test_workers\",\"args\":{\"pid\""));
}

/* In chunks and with many tasks ahead: each leaves its line once. */
static void test_no_task_is_begun_twice(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    int seen[MANY] = { 0 }, n;
    close(WB_MUST_SYS(mkstemp(wb_scratch_path(path, sizeof(path), "notes"))));
    struct wb_procpool *pool = make_pool(2);
    for (int i = 0; i < MANY; i++) {
        orders[i].what = i % 50 == 30 ? ABORT : NOTE;
        strcpy(orders[i].path, path);
    }
    assert_int_equal(map(pool, MANY, 8), -EOWNERDEAD);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(results[i].rc, i % 50 == 30 ? -EOWNERDEAD : 0);
    wb_procpool_results_free(results, MANY);
    wb_procpool_free(pool);
    FILE *file = fopen(path, "r");
    while (fscanf(file, "%d", &n) == 1)
        seen[n]++;
    fclose(file);
    unlink(path);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(seen[i], i % 50 == 30 ? 0 : 1);
}

static void test_all_workers_may_die(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(2);
    for (int i = 0; i < 12; i++)
        orders[i].what = ABORT;
    assert_int_equal(map(pool, 12, 1), -EOWNERDEAD);
    for (int i = 0; i < 12; i++)
        expect_dead(&results[i], SIGABRT, "killed by signal 6");
    assert_int_equal(wb_procpool_replaced(pool), 12);
    wb_procpool_results_free(results, 12);
    wb_procpool_free(pool);
}

/* The child holds the pipe of the replies open, so that it has no end. */
static void test_a_dead_worker_may_leave_a_child(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(1);
    orders[1].what = ORPHAN;
    assert_int_equal(map(pool, 3, 1), -EOWNERDEAD);
    expect_squares(3);
    expect_dead(&results[1], 0, "its worker died: exit status 3");
    wb_procpool_results_free(results, 3);
    wb_procpool_free(pool);
}

/* Killed from outside, one of them while it had nothing to do. */
static void test_an_idle_worker_that_dies_costs_nothing(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(1);
    assert_int_equal(map(pool, 1, 1), 0);
    kill(results[0].worker, SIGKILL);
    while (is_running(results[0].worker))
        poll(NULL, 0, 1);
    wb_procpool_results_free(results, 1);
    submit(pool, SQUARE, 1, "");
    submit(pool, SQUARE, 3, "");
    submit(pool, SQUARE, 4, "");
    long sum = 0;
    for (int i = 0; i < 3; i++) {
        struct wb_procpool_result res;
        assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
        sum += value_of(&res);
        free(res.bytes);
    }
    assert_int_equal(sum, 26);
    assert_int_equal(wb_procpool_replaced(pool), 1);
    wb_procpool_free(pool);
}

static void test_a_worker_that_cannot_answer_is_replaced(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(1);
    orders[1].what = HANG_UP;
    orders[3].what = SCRIBBLE;
    assert_int_equal(map(pool, 6, 1), -EOWNERDEAD);
    expect_squares(6);
    assert_int_equal(results[1].rc, -EOWNERDEAD);
    assert_int_equal(results[3].rc, -EOWNERDEAD);
    assert_int_equal(wb_procpool_replaced(pool), 2);
    wb_procpool_results_free(results, 6);
    /* Zeros look like empty answers: there is one too many of them. */
    orders[0] = (struct order){ .what = SCRIBBLE };
    assert_int_equal(map(pool, 1, 1), 0);
    wb_procpool_results_free(results, 1);
    orders[0].what = SQUARE;
    assert_int_equal(map(pool, 1, 1), 0);
    wb_procpool_results_free(results, 1);
    assert_int_equal(wb_procpool_replaced(pool), 3);
    wb_procpool_free(pool);
}

/* Main looks at this variable before it serves. */
static void test_workers_that_die_at_their_start(void **state)
{
    (void)state;
    setenv("WB_TEST_ABORT_AT_START", "1", 1);
    struct wb_procpool *pool = make_pool(2);
    assert_int_equal(map(pool, 10, 1), -ECHILD);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(results[i].rc, -ECHILD);
        assert_non_null(
            strstr(results[i].bytes, "before they are ready: killed by sig"));
    }
    wb_procpool_results_free(results, 10);
    unsetenv("WB_TEST_ABORT_AT_START");
    assert_int_equal(map(pool, 10, 1), 0);
    expect_squares(10);
    wb_procpool_results_free(results, 10);
    wb_procpool_free(pool);
}

static void test_no_descriptors_for_workers(void **state)
{
    (void)state;
    struct wb_procpool *pool = NULL;
    struct rlimit old, few;
    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &old));
    few = old;
    for (few.rlim_cur = 3; few.rlim_cur < 40; few.rlim_cur++) {
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &few));
        int rc = wb_procpool_create(&pool, 1, work);
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &old));
        if (rc == 0)
            break;
        assert_int_equal(rc, -EMFILE);
        assert_null(pool);
    }
    assert_non_null(pool);
    wb_procpool_free(pool);
}

/* Then what workers print goes nowhere, and into no descriptor of the pool. */
static void test_a_parent_without_stdout(void **state)
{
    (void)state;
    fflush(stdout);
    int kept = WB_MUST_SYS(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    close(STDOUT_FILENO);
    struct wb_procpool *pool = make_pool(1);
    orders[0].what = PRINT;
    int rc = map(pool, 2, 1);
    wb_procpool_free(pool);
    WB_MUST_SYS(dup2(kept, STDOUT_FILENO));
    close(kept);
    assert_int_equal(rc, 0);
    assert_int_equal(value_of(&results[0]), sizeof(orders[0].path));
    expect_squares(2);
    wb_procpool_results_free(results, 2);
}

/* -- giving up --------------------------------------------------------------
 */

static void test_the_deadline_ends_what_runs(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(2);
    orders[4].what = PAUSE; /* others may wait behind it */
    assert_int_equal(
        wb_procpool_map(pool, tasks, 8, 1, results, wb_deadline_in_ms(300)),
        -ETIMEDOUT);
    assert_int_equal(results[4].rc, -ETIMEDOUT);
    assert_int_equal(results[4].index, 4);
    for (int i = 0; i < 8; i++)
        assert_true(results[i].rc == 0 || results[i].rc == -ETIMEDOUT);
    wb_procpool_results_free(results, 8);
    /* One that has come is looked at once more. */
    assert_int_equal(wb_procpool_map(pool, tasks, 8, 1, results, wb_now()),
                     -ETIMEDOUT);
    wb_procpool_results_free(results, 8);
    orders[4].what = SQUARE;
    assert_int_equal(map(pool, 8, 1), 0);
    wb_procpool_results_free(results, 8);
    wb_procpool_free(pool);
}

/* More tasks than are copied ahead: those never copied have results, too. */
static void test_a_long_map_ends_or_is_given_up(void **state)
{
    (void)state;
    enum { LONG = 10000 };
    struct wb_procpool *pool = make_pool(2);
    struct wb_procpool_task *same = wb_alloc(LONG, sizeof(*same));
    struct wb_procpool_result *res = wb_alloc(LONG, sizeof(*res));
    for (int i = 0; i < LONG; i++)
        same[i] = tasks[1];
    assert_int_equal(wb_procpool_map(pool, same, LONG, 1, res, WB_FOREVER), 0);
    for (int i = 0; i < LONG; i++)
        assert_int_equal(value_of(&res[i]), 1);
    wb_procpool_results_free(res, LONG);
    orders[1].what = PAUSE;
    assert_int_equal(
        wb_procpool_map(pool, same, LONG, 1, res, wb_deadline_in_ms(20)),
        -ETIMEDOUT);
    for (int i = 0; i < LONG; i++)
        assert_int_equal(res[i].rc, -ETIMEDOUT);
    wb_procpool_results_free(res, LONG);
    free(same);
    free(res);
    wb_procpool_free(pool);
}

static void test_cancel_leaves_nothing_running(void **state)
{
    (void)state;
    struct wb_procpool_result res;
    struct wb_procpool *pool = make_pool(2);
    submit(pool, SQUARE, 2, "");
    assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
    free(res.bytes);
    for (int i = 0; i < 10; i++)
        submit(pool, PAUSE, i, "");
    assert_int_equal(wb_procpool_next(pool, &res, wb_deadline_in_ms(20)),
                     -ETIMEDOUT);
    wb_procpool_cancel(pool);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
        assert_int_equal(res.rc, -ECANCELED);
        assert_true(res.worker == 0 || !is_running(res.worker));
        free(res.bytes);
    }
    assert_int_equal(wb_procpool_pending(pool), 0);
    assert_int_equal(map(pool, 10, 1), 0);
    wb_procpool_results_free(results, 10);
    wb_procpool_free(pool);
}

static void test_free_with_work_pending(void **state)
{
    (void)state;
    struct wb_procpool_result res;
    struct wb_procpool *pool = make_pool(2);
    submit(pool, SQUARE, 2, "");
    submit(pool, PAUSE, 0, "");
    assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
    free(res.bytes);
    for (int i = 0; i < 10; i++)
        submit(pool, SQUARE, i, "");
    assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
    free(res.bytes);
    wb_procpool_free(pool);
    wb_procpool_free(make_pool(3)); /* before they are ready */
}

static const struct CMUnitTest tests[] = {
    COUNTED(test_a_crash_costs_one_task),
    COUNTED(test_a_trace_shows_what_workers_do),
    COUNTED(test_no_task_is_begun_twice),
    COUNTED(test_all_workers_may_die),
    COUNTED(test_an_idle_worker_that_dies_costs_nothing),
    COUNTED(test_a_worker_that_cannot_answer_is_replaced),
    COUNTED(test_workers_that_die_at_their_start),
    COUNTED(test_no_descriptors_for_workers),
    COUNTED(test_a_dead_worker_may_leave_a_child),
    COUNTED(test_a_parent_without_stdout),
    COUNTED(test_the_deadline_ends_what_runs),
    COUNTED(test_a_long_map_ends_or_is_given_up),
    COUNTED(test_cancel_leaves_nothing_running),
    COUNTED(test_free_with_work_pending),
};

int main(int argc, char **argv)
{
    if (getenv("WB_TEST_ABORT_AT_START") != NULL)
        abort();
    wb_procpool_serve(argc, argv);
    return wb_run_tests(argv, tests, sizeof(tests) / sizeof(tests[0]));
}
