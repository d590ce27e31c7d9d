/*
 * A pool of worker processes: what comes back, in which order, what happens
 * when workers die, and what is left. See wb/procpool.h.
 *
 * The workers are this program once more, so what a task does stands here. A
 * task is a struct order: what to do, a number, and a path.
 */

#include "wb/procpool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "counted.h"
#include "wb/inspect.h"

enum { MANY = 300, BIG = 20 << 20, PATIENCE_MS = 50000 };

/* -- what workers do --------------------------------------------------------
 */

enum what {
    SQUARE,
    NOTE,       /* and leave a line in the file at path */
    REFUSE,     /* with a message */
    FAIL,       /* without one */
    WRONG_CODE, /* return a positive number */
    ABORT,
    LEAVE,       /* call exit(3) */
    READ_FIFO,   /* wait until somebody opens path for writing */
    WRITE_FIFO,  /* wait until somebody opens path for reading */
    PAUSE,       /* for ever */
    BLOW_UP,     /* answer with number bytes */
    DESCRIPTORS, /* count those that are open */
    TRY_LOCK,
    HANG_UP,  /* close all descriptors but stdio, and go on */
    SCRIBBLE, /* number into the pipe of the pool */
    LIST      /* the descriptors of a child */
};

struct order {
    enum what what;
    long number;
    char path[56]; /* with it the size is no multiple of an alignment */
};

static pthread_mutex_t shared_mu = PTHREAD_MUTEX_INITIALIZER;

static long note(const struct order *o)
{
    char line[32];
    int fd = open(o->path, O_WRONLY | O_APPEND | O_CLOEXEC);
    int n = snprintf(line, sizeof(line), "%ld\n", o->number);
    long rc = write(fd, line, (size_t)n) == n ? o->number : -1;
    close(fd);
    return rc;
}

static long open_fifo(const struct order *o, int flags)
{
    int fd = open(o->path, flags | O_CLOEXEC);
    close(fd);
    return o->number;
}

static int blow_up(long n, struct wb_procpool_reply *reply)
{
    char *bytes = wb_alloc((size_t)n, 1);
    memset(bytes, 'b', (size_t)n);
    int rc = wb_procpool_answer(reply, bytes, (size_t)n);
    free(bytes);
    return rc;
}

static void scribble(long byte)
{
    char bytes[64];
    memset(bytes, (int)byte, sizeof(bytes));
    for (int fd = 3; fd < 64; fd++)
        if (write(fd, bytes, sizeof(bytes)) < 0 && errno != EBADF)
            abort();
    pause();
}

static int list(struct wb_procpool_reply *reply)
{
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = ARGV(TOOL, "list-descriptors")));
    int rc = wb_procpool_answer(reply, res.out, res.out_size);
    wb_subprocess_result_free(&res);
    return rc;
}

/* What ends or holds up its worker. */
static void misbehave(const struct order *o)
{
    switch (o->what) {
    case ABORT: abort();
    case LEAVE: exit(3);
    case SCRIBBLE: scribble(o->number); break;
    case HANG_UP:
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        pause();
        break;
    case PAUSE:
        while (true)
            pause();
    default: break;
    }
}

static int work(const void *task, size_t size, struct wb_procpool_reply *reply)
{
    const struct order *o = task;
    long value = o->number * o->number;
    if (size < sizeof(*o) || (uintptr_t)task % alignof(max_align_t) != 0)
        return -EBADMSG;
    misbehave(o);
    switch (o->what) {
    case NOTE: value = note(o); break;
    case REFUSE:
        wb_procpool_answer(reply, "half a result", 13);
        return wb_procpool_refuse(reply, -EDOM, "%ld is odd", o->number);
    case FAIL: return -EDOM;
    case WRONG_CODE: return 7;
    case READ_FIFO: value = open_fifo(o, O_RDONLY); break;
    case WRITE_FIFO: value = open_fifo(o, O_WRONLY); break;
    case BLOW_UP: return blow_up(o->number, reply);
    case LIST: return list(reply);
    case DESCRIPTORS: value = wb_proc_descriptors(getpid()); break;
    case TRY_LOCK: value = pthread_mutex_trylock(&shared_mu); break;
    default: break;
    }
    return wb_procpool_answer(reply, &value, sizeof(value));
}

/* -- short ways to ask for it -----------------------------------------------
 */

static struct order orders[MANY];
static struct wb_procpool_task tasks[MANY];
static struct wb_procpool_result results[MANY];

static struct wb_procpool *make_pool(int workers)
{
    struct wb_procpool *pool;
    WB_MUST(wb_procpool_create(&pool, workers, work));
    for (int i = 0; i < MANY; i++) {
        orders[i] = (struct order){ .what = SQUARE, .number = i };
        tasks[i] = (struct wb_procpool_task){ &orders[i], sizeof(orders[i]) };
    }
    return pool;
}

static int map(struct wb_procpool *pool, size_t n, size_t chunk)
{
    return wb_procpool_map(pool, tasks, n, chunk, results, WB_FOREVER);
}

static void submit(struct wb_procpool *pool, enum what what, long number,
                   const char *path)
{
    struct order o = { .what = what, .number = number };
    snprintf(o.path, sizeof(o.path), "%s", path);
    assert_true(wb_procpool_submit(pool, &o, sizeof(o)) >= 0);
}

static long value_of(const struct wb_procpool_result *res)
{
    long value;
    assert_int_equal(res->rc, 0);
    assert_int_equal(res->size, sizeof(value));
    memcpy(&value, res->bytes, sizeof(value));
    return value;
}

/* All of n are squares but those that are marked otherwise. */
static void expect_squares(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(results[i].index, i);
        if (orders[i].what == SQUARE)
            assert_int_equal(value_of(&results[i]), i * i);
    }
}

static void make_fifo(char *path)
{
    snprintf(path, 56, "/tmp/wb-fifo-%d", (int)getpid());
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
    char path[56];
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
    char path[56];
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
    orders[7].what = WRONG_CODE;
    assert_int_equal(map(pool, 10, 1), -EDOM);
    expect_squares(10);
    assert_int_equal(results[3].rc, -EDOM);
    assert_string_equal(results[3].bytes, "3 is odd");
    assert_int_equal(results[5].rc, -EDOM);
    assert_string_equal(results[5].bytes, strerror(EDOM));
    assert_int_equal(results[7].rc, -EPROTO);
    assert_non_null(strstr(results[7].bytes, "returned 7"));
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

/* In chunks and with many tasks ahead: each leaves its line once. */
static void test_no_task_is_begun_twice(void **state)
{
    (void)state;
    char path[] = "/tmp/wb-notes-XXXXXX";
    int seen[MANY] = { 0 }, n;
    close(WB_MUST_SYS(mkstemp(path)));
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
        run(OPTIONS(.argv = ARGV(TOOL, "list-descriptors")));
    orders[0].what = LIST;
    assert_int_equal(map(pool, 1, 1), 0);
    assert_string_equal(results[0].bytes, res.out);
    wb_procpool_results_free(results, 1);
    wb_subprocess_result_free(&res);
    wb_procpool_free(pool);
}

/* Tell the pids of the workers, one of which is at work, and die. */
static int die_with_workers(void)
{
    struct wb_procpool *pool = make_pool(2);
    pid_t workers[2];
    submit(pool, SQUARE, 1, "");
    WB_MUST(wb_procpool_next(pool, &results[0], WB_FOREVER));
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
        run(OPTIONS(.argv = ARGV("/proc/self/exe", "--die"),
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
        run(OPTIONS(.argv = ARGV(TOOL, "pool-without-serve")));
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGABRT);
    assert_non_null(strstr(res.err, "call wb_procpool_serve(argc, argv)"));
    wb_subprocess_result_free(&res);
}

static void test_nonsense_is_refused(void **state)
{
    (void)state;
    struct wb_procpool *pool = NULL;
    int most = WB_PROCPOOL_WORKERS_MAX;
    assert_int_equal(wb_procpool_create(&pool, 0, work), -EINVAL);
    assert_int_equal(wb_procpool_create(&pool, most + 1, work), -EINVAL);
    assert_int_equal(wb_procpool_create(&pool, 1, NULL), -EINVAL);
    assert_null(pool);
    wb_procpool_free(NULL);
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
    COUNTED(test_map_keeps_the_order),
    COUNTED(test_two_workers_work_at_once),
    COUNTED(test_a_chunk_stays_together),
    COUNTED(test_next_gives_what_is_completed_first),
    COUNTED(test_errors_come_back_with_their_message),
    COUNTED(test_tasks_and_results_may_be_huge),
    COUNTED(test_what_is_too_large_is_refused),
    COUNTED(test_a_crash_costs_one_task),
    COUNTED(test_no_task_is_begun_twice),
    COUNTED(test_all_workers_may_die),
    COUNTED(test_an_idle_worker_that_dies_costs_nothing),
    COUNTED(test_a_worker_that_cannot_answer_is_replaced),
    COUNTED(test_workers_that_die_at_their_start),
    COUNTED(test_no_descriptors_for_workers),
    COUNTED(test_parent_may_have_threads_and_held_locks),
    COUNTED(test_a_worker_inherits_five_descriptors),
    COUNTED(test_workers_end_with_their_parent),
    COUNTED(test_a_program_that_never_serves_is_told),
    COUNTED(test_nonsense_is_refused),
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
    if (argc > 1 && strcmp(argv[1], "--die") == 0)
        return die_with_workers();
    return wb_run_tests(argv, tests, sizeof(tests) / sizeof(tests[0]));
}
