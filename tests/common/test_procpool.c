/*
 * A pool of worker processes: what comes back, in which order, and what is
 * left. See wb/procpool.h; test_workers.c is about workers that die.
 */

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "orders.h"
#include "wb/inspect.h"

/* The name is free once its file is gone: it is a name of this process. */
static void make_fifo(char path[PATH_BYTES])
{
    close(WB_MUST_SYS(mkstemp(wb_scratch_path(path, PATH_BYTES, "wb-fifo"))));
    unlink(path);
    WB_MUST_SYS(mkfifo(path, 0600));
}

/* -- what comes back --------------------------------------------------------
 */

static void test_map_keeps_the_order(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(3);
    static const size_t chunks[] = { 1, 7, 1000 };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(map(pool, MANY, chunks[i]), 0);
        expect_squares(MANY);
        assert_int_not_equal(results[0].worker, getpid());
        wb_procpool_results_free(results, MANY);
    }
    assert_int_equal(map(pool, 0, 1), 0);
    assert_int_equal(wb_procpool_replaced(pool), 0);
    wb_procpool_free(pool);
}

/* Each opens its end of a fifo, and only both together come through. */
static void test_two_workers_work_at_once(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct wb_procpool *pool = make_pool(2);
    make_fifo(path);
    for (int i = 0; i < 2; i++) {
        orders[i].what = i == 0 ? READ_FIFO : WRITE_FIFO;
        strcpy(orders[i].path, path);
    }
    assert_int_equal(map(pool, 2, 1), 0);
    assert_int_not_equal(results[0].worker, results[1].worker);
    wb_procpool_results_free(results, 2);
    wb_procpool_free(pool);
    unlink(path);
}

/* Neighbours of one chunk go to one worker, so the two never meet. */
static void test_a_chunk_stays_together(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(2);
    assert_int_equal(map(pool, 60, 10), 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(results[i].worker, results[i - i % 10].worker);
    wb_procpool_results_free(results, 60);
    wb_procpool_free(pool);
}

static void test_next_gives_what_is_completed_first(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct wb_procpool_result res;
    struct wb_procpool *pool = make_pool(2);
    make_fifo(path);
    submit(pool, READ_FIFO, 5, path);
    submit(pool, SQUARE, 6, "");
    assert_int_equal(wb_procpool_pending(pool), 2);
    assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
    assert_int_equal(res.index, 1);
    assert_int_equal(value_of(&res), 36);
    free(res.bytes);
    assert_int_equal(wb_procpool_next(pool, &res, wb_now()), -ETIMEDOUT);
    close(WB_MUST_SYS(open(path, O_WRONLY | O_CLOEXEC)));
    assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), 0);
    assert_int_equal(res.index, 0);
    free(res.bytes);
    assert_int_equal(wb_procpool_next(pool, &res, WB_FOREVER), -ENOENT);
    wb_procpool_free(pool);
    unlink(path);
}

static void test_errors_come_back_with_their_message(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(2);
    orders[3].what = REFUSE;
    orders[5].what = FAIL;
    orders[7].what = orders[8].what = WRONG_CODE;
    orders[8].number = -4096;
    assert_int_equal(map(pool, 10, 1), -EDOM);
    expect_squares(10);
    assert_int_equal(results[3].rc, -EDOM);
    assert_string_equal(results[3].bytes, "3 is odd");
    assert_int_equal(results[5].rc, -EDOM);
    assert_string_equal(results[5].bytes, strerror(EDOM));
    assert_int_equal(results[7].rc, -EPROTO);
    assert_non_null(strstr(results[7].bytes, "returned 7"));
    assert_int_equal(results[8].rc, -EPROTO);
    assert_non_null(strstr(results[8].bytes, "returned -4096"));
    wb_procpool_results_free(results, 10);
    assert_int_equal(wb_procpool_replaced(pool), 0);
    wb_procpool_free(pool);
}

/* Larger than any pipe or socket holds, in both directions at once. */
static void test_tasks_and_results_may_be_huge(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(2);
    struct order *large = wb_alloc(1, BIG);
    *large = (struct order){ .what = BLOW_UP, .number = BIG };
    for (int i = 0; i < 4; i++)
        tasks[i] = (struct wb_procpool_task){ large, BIG };
    assert_int_equal(map(pool, 4, 2), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(results[i].size, BIG);
        assert_int_equal(results[i].bytes[BIG - 1], 'b');
        assert_int_equal(results[i].bytes[BIG], '\0');
    }
    wb_procpool_results_free(results, 4);
    free(large);
    wb_procpool_free(pool);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* The memory of this process; a limit is on what is mapped, used or not. */
static void limit_memory(size_t more, struct rlimit *old)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_int_equal(fscanf(file, "%zu", &pages), 1);
    fclose(file);
    WB_MUST_SYS(getrlimit(RLIMIT_AS, old));
    struct rlimit limit = *old;
    limit.rlim_cur = pages * (size_t)sysconf(_SC_PAGESIZE) + more;
    WB_MUST_SYS(setrlimit(RLIMIT_AS, &limit));
}

/* Of sixty large tasks only some are copied at a time. */
static void test_a_map_of_large_tasks_has_a_bound(void **state)
{
    (void)state;
    enum { LARGE = 60 };
    struct wb_procpool *pool = make_pool(1);
    struct order *large = wb_alloc(1, BIG);
    struct rlimit old;
    large->number = 3;
    for (int i = 0; i < LARGE; i++)
        tasks[i] = (struct wb_procpool_task){ large, BIG };
    limit_memory(15 * (size_t)BIG, &old);
    int rc = map(pool, LARGE, 1);
    WB_MUST_SYS(setrlimit(RLIMIT_AS, &old));
    assert_int_equal(rc, 0);
    for (int i = 0; i < LARGE; i++)
        assert_int_equal(value_of(&results[i]), 9);
    wb_procpool_results_free(results, LARGE);
    free(large);
    wb_procpool_free(pool);
}

#endif

static void test_what_is_too_large_is_refused(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(1);
    size_t limit = WB_PROCPOOL_BYTES_MAX;
    assert_int_equal(wb_procpool_submit(pool, orders, limit + 1), -EINVAL);
    tasks[1].size = limit + 1;
    assert_int_equal(map(pool, 2, 1), -EINVAL);
    assert_int_equal(map(pool, 1, 0), -EINVAL);
    orders[0] = (struct order){ .what = BLOW_UP, .number = (long)limit + 1 };
    assert_int_equal(map(pool, 1, 1), -EFBIG);
    wb_procpool_results_free(results, 1);
    submit(pool, SQUARE, 1, "");
    assert_int_equal(map(pool, 1, 1), -EBUSY);
    wb_procpool_free(pool);
}

/* -- the parent -------------------------------------------------------------
 */

static void *hold(void *arg)
{
    int *gate = arg;
    char byte;
    WB_MUST(pthread_mutex_lock(&shared_mu));
    WB_MUST_SYS((int)write(gate[1], "h", 1));
    WB_MUST_SYS((int)read(gate[2], &byte, 1));
    WB_MUST(pthread_mutex_unlock(&shared_mu));
    return NULL;
}

/* The lock is held by another thread when the workers are born. */
static void test_parent_may_have_threads_and_held_locks(void **state)
{
    (void)state;
    int gate[4];
    char byte;
    pthread_t holder;
    WB_MUST_SYS(pipe2(gate, O_CLOEXEC));
    WB_MUST_SYS(pipe2(gate + 2, O_CLOEXEC));
    WB_MUST(pthread_create(&holder, NULL, hold, gate));
    WB_MUST_SYS((int)read(gate[0], &byte, 1));
    struct wb_procpool *pool = make_pool(2);
    orders[0].what = TRY_LOCK;
    assert_int_equal(map(pool, 1, 1), 0);
    assert_int_equal(value_of(&results[0]), 0);
    wb_procpool_results_free(results, 1);
    wb_procpool_free(pool);
    WB_MUST_SYS((int)write(gate[3], "g", 1));
    WB_MUST(pthread_join(holder, NULL));
    for (int i = 0; i < 4; i++)
        close(gate[i]);
}

/* stdin, stdout, stderr, its tasks and its replies; none of the others'. */
static void test_a_worker_inherits_five_descriptors(void **state)
{
    (void)state;
    struct wb_procpool *pool = make_pool(4);
    int ours = 0, fd = WB_MUST_SYS(open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (int i = 3; i < 256; i++) {
        int flags = fcntl(i, F_GETFD);
        ours += flags >= 0 && !(flags & FD_CLOEXEC);
    }
    for (int i = 0; i < 40; i++)
        orders[i].what = DESCRIPTORS;
    assert_int_equal(map(pool, 40, 1), 0);
    for (int i = 0; i < 40; i++)
        assert_int_equal(value_of(&results[i]), 5 + ours);
    wb_procpool_results_free(results, 40);
    close(fd);
    /* And its children none of its own. */
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "list-descriptors")));
    orders[0].what = LIST;
    assert_int_equal(map(pool, 1, 1), 0);
    assert_string_equal(results[0].bytes, res.out);
    wb_procpool_results_free(results, 1);
    wb_subprocess_result_free(&res);
    wb_procpool_free(pool);
}

static void *start_pool(void *out)
{
    *(struct wb_procpool **)out = make_pool(2);
    return NULL;
}

/* Tell the pids of the workers, one of which is at work, and die. The thread
 * that started them has ended by then, which is no reason for them to end. */
static int die_with_workers(void)
{
    struct wb_procpool *pool;
    pthread_t starter;
    pid_t workers[2];
    char path[PATH_BYTES];
    make_fifo(path);
    WB_MUST(pthread_create(&starter, NULL, start_pool, &pool));
    WB_MUST(pthread_join(starter, NULL));
    submit(pool, SQUARE, 1, "");
    submit(pool, SQUARE, 2, "");
    submit(pool, PAUSE, 0, path);
    for (int i = 0; i < 2; i++) {
        WB_MUST(wb_procpool_next(pool, &results[i], WB_FOREVER));
        WB_MUST(results[i].rc);
    }
    WB_MUST(-wb_procpool_next(pool, &results[2], wb_now()) - ETIMEDOUT);
    close(WB_MUST_SYS(open(path, O_WRONLY | O_CLOEXEC)));
    unlink(path);
    WB_MUST(wb_inspect_children(getpid(), workers, 2) == 2 ? 0 : ECHILD);
    printf("%d %d\n", (int)workers[0], (int)workers[1]);
    fflush(stdout);
    return raise(SIGKILL);
}

static void test_workers_end_with_their_parent(void **state)
{
    (void)state;
    int workers[2] = { 0, 0 };
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV("/proc/self/exe", "--die"),
                    .err_path = "/dev/null"));
    assert_int_equal(res.code, SIGKILL);
    assert_int_equal(sscanf(res.out, "%d %d", &workers[0], &workers[1]), 2);
    for (int i = 0; i < 2; i++)
        while (is_running(workers[i]))
            poll(NULL, 0, 1);
    wb_subprocess_result_free(&res);
}

static void test_a_program_that_never_serves_is_told(void **state)
{
    (void)state;
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "pool-without-serve")));
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGABRT);
    assert_non_null(strstr(res.err, "call wb_procpool_serve(argc, argv)"));
    wb_subprocess_result_free(&res);
}

static void test_nonsense_is_refused(void **state)
{
    wb_procpool_free(NULL);
    (void)state;
    struct wb_procpool *pool = NULL;
    int most = WB_PROCPOOL_WORKERS_MAX;
    assert_int_equal(wb_procpool_create(&pool, 0, work), -EINVAL);
    assert_int_equal(wb_procpool_create(&pool, most + 1, work), -EINVAL);
    assert_int_equal(wb_procpool_create(&pool, 1, NULL), -EINVAL);
    assert_null(pool);
    wb_procpool_free(NULL);
}

static const struct CMUnitTest tests[] = {
    COUNTED(test_map_keeps_the_order),
    COUNTED(test_two_workers_work_at_once),
    COUNTED(test_a_chunk_stays_together),
    COUNTED(test_next_gives_what_is_completed_first),
    COUNTED(test_errors_come_back_with_their_message),
    COUNTED(test_tasks_and_results_may_be_huge),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    COUNTED(test_a_map_of_large_tasks_has_a_bound),
#endif
    COUNTED(test_what_is_too_large_is_refused),
    COUNTED(test_parent_may_have_threads_and_held_locks),
    COUNTED(test_a_worker_inherits_five_descriptors),
    COUNTED(test_workers_end_with_their_parent),
    COUNTED(test_a_program_that_never_serves_is_told),
    COUNTED(test_nonsense_is_refused),
};

int main(int argc, char **argv)
{
    wb_procpool_serve(argc, argv);
    if (argc > 1 && strcmp(argv[1], "--die") == 0)
        return die_with_workers();
    return wb_run_tests(argv, tests, sizeof(tests) / sizeof(tests[0]));
}
