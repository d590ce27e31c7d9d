/*
 * The loop and threads: executor, and calls from outside. See wb/coro_loop.h.
 */

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/coro_queue.h"
#include "wb/coro_sync.h"
#include "wb/testkit.h"

enum { POSTERS = 4, POSTS = 500 };

/* -- the executor ---------------------------------------------------------- */

struct gate {
    sem_t open;
    pthread_t seen;
    int begun;
};

/* Blocks its thread until the loop, which is therefore not blocked, opens. */
static int crowd_at_gate(void *arg)
{
    struct gate *gate = arg;
    while (sem_wait(&gate->open) != 0)
        continue;
    return 5;
}

static int wait_at_gate(void *arg)
{
    struct gate *gate = arg;
    int rc = crowd_at_gate(gate);
    gate->seen = pthread_self();
    return rc;
}

static int open_gate(void *arg)
{
    struct gate *gate = arg;
    return sem_post(&gate->open);
}

static int work_elsewhere(void *arg)
{
    struct wb_coro *opener = wb_coro_spawn(open_gate, arg);
    int rc = wb_coro_run_in_executor(wait_at_gate, arg);
    WB_MUST(wb_coro_await(opener));
    return rc;
}

static void test_loop_goes_on_while_a_thread_works(void **state)
{
    (void)state;
    struct gate gate;
    WB_MUST_SYS(sem_init(&gate.open, 0, 0));
    assert_int_equal(wb_coro_run(work_elsewhere, &gate), 5);
    assert_false(pthread_equal(gate.seen, pthread_self()));
    assert_int_equal(run_virtually(work_elsewhere, &gate), 5);
    WB_MUST_SYS(sem_destroy(&gate.open));
}

static int in_executor(void *arg)
{
    return wb_coro_run_in_executor(wait_at_gate, arg);
}

static int cancel_work(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(in_executor, arg);
    wb_coro_yield();
    wb_coro_cancel(c);
    wb_coro_yield();
    assert_false(wb_coro_done(c)); /* fn has begun, or may have */
    open_gate(arg);
    return wb_coro_await(c);
}

static void test_cancelled_work_is_waited_for(void **state)
{
    (void)state;
    struct gate gate;
    WB_MUST_SYS(sem_init(&gate.open, 0, 0));
    assert_int_equal(wb_coro_run(cancel_work, &gate), -ECANCELED);
    WB_MUST_SYS(sem_destroy(&gate.open));
}

enum { THREADS = 4 }; /* of libuv's pool */

static int join_the_crowd(void *arg)
{
    return wb_coro_run_in_executor(crowd_at_gate, arg);
}

/* All threads are held up, so that one more has not begun. */
static int cancel_what_has_not_begun(void *arg)
{
    struct wb_coro *c[THREADS];
    for (int i = 0; i < THREADS; i++)
        c[i] = wb_coro_spawn(join_the_crowd, arg);
    struct wb_coro *more = wb_coro_spawn(join_the_crowd, arg);
    wb_coro_yield();
    wb_coro_cancel(more);
    int rc = wb_coro_await(more);
    for (int i = 0; i < THREADS; i++)
        open_gate(arg);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(wb_coro_await(c[i]), 5);
    return rc;
}

static void test_work_that_has_not_begun_is_not_waited_for(void **state)
{
    (void)state;
    struct gate gate;
    WB_MUST_SYS(sem_init(&gate.open, 0, 0));
    assert_int_equal(wb_coro_run(cancel_what_has_not_begun, &gate), -ECANCELED);
    WB_MUST_SYS(sem_destroy(&gate.open));
}

/* Works until the loop, whose thread is the first, sleeps in the kernel: then
 * it waits for this, and for no clock. */
static int work_until_the_loop_sleeps(void *arg)
{
    int64_t patience = wb_deadline_in_ms(2000);
    struct wb_blocked at = { 0 };
    (void)arg;
    while (!wb_deadline_passed(patience) &&
           wb_thread_blocked(getpid(), getpid(), &at) == 0 &&
           (at.state != 'S' || strncmp(at.syscall, "epoll_", 6) != 0))
        poll(NULL, 0, 1);
    return 5;
}

static int work_long(void *arg)
{
    return wb_coro_run_in_executor(work_until_the_loop_sleeps, arg);
}

/* A deadline far off does not come while a thread works. */
static int race_a_deadline(void *arg)
{
    struct wb_coro *c = wb_coro_spawn(work_long, arg);
    return wb_coro_await_until(c, wb_coro_deadline_in_ms(1));
}

static void test_virtual_time_waits_for_the_executor(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(race_a_deadline, NULL), 5);
}

static void ring(void *arg)
{
    *(bool *)arg = true;
}

static int yield_until_rung(void *arg)
{
    bool rung = false;
    int turns = 0;
    (void)arg;
    wb_coro_call_soon_threadsafe(wb_coro_loop(), ring, &rung);
    for (; !rung && turns < 1000; turns++)
        wb_coro_yield();
    return turns;
}

static void test_a_busy_loop_looks_for_posts(void **state)
{
    (void)state;
    assert_in_range(wb_coro_run(yield_until_rung, NULL), 1, 100);
}

/* -- calls from threads ---------------------------------------------------- */

struct office {
    struct wb_coro_loop *loop;
    struct wb_coro_event *done;
    int posted; /* changed on the loop only: no lock */
    int wrong;
    int answers[POSTERS];
};

struct letter {
    struct office *office;
    int number;
};

static void receive(void *arg)
{
    struct letter *letter = arg;
    struct office *o = letter->office;
    static int last[POSTERS]; /* of each thread, in its order */
    int from = letter->number / POSTS, at = letter->number % POSTS;
    if (at != 0 && last[from] != at - 1)
        o->wrong++;
    last[from] = at;
    if (++o->posted == POSTERS * POSTS)
        wb_coro_event_set(o->done);
    free(letter);
}

struct poster {
    struct office *office;
    int number;
};

static void *post_letters(void *arg)
{
    struct poster *me = arg;
    for (int i = 0; i < POSTS; i++) {
        struct letter *letter = wb_alloc(1, sizeof(*letter));
        *letter = (struct letter){ me->office, me->number * POSTS + i };
        WB_MUST(
            wb_coro_call_soon_threadsafe(me->office->loop, receive, letter));
    }
    return NULL;
}

static int keep_office(void *arg)
{
    struct office *o = arg;
    struct wb_coro_event done = WB_CORO_EVENT_INIT(done);
    struct poster posters[POSTERS];
    pthread_t threads[POSTERS];
    o->loop = wb_coro_loop();
    o->done = &done;
    for (int i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){ o, i };
        WB_MUST(pthread_create(&threads[i], NULL, post_letters, &posters[i]));
    }
    int rc = wb_coro_event_wait(&done, WB_FOREVER);
    for (int i = 0; i < POSTERS; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    return rc;
}

static void test_posts_arrive_in_order(void **state)
{
    (void)state;
    struct office office = { .posted = 0 };
    assert_int_equal(wb_coro_run(keep_office, &office), 0);
    assert_int_equal(office.posted, POSTERS * POSTS);
    assert_int_equal(office.wrong, 0);
    struct letter unsent;
    assert_int_equal(
        wb_coro_call_soon_threadsafe(office.loop, receive, &unsent),
        -ESHUTDOWN);
}

static int answer(void *arg)
{
    int rc = wb_coro_yield();
    return rc < 0 ? rc : *(int *)arg + 1;
}

static void *ask_loop(void *arg)
{
    struct poster *me = arg;
    int question = me->number;
    me->office->answers[me->number] =
        wb_coro_run_threadsafe(me->office->loop, answer, &question);
    return NULL;
}

static int join_thread(void *arg)
{
    return -pthread_join(*(pthread_t *)arg, NULL);
}

static int answer_threads(void *arg)
{
    struct office *o = arg;
    struct poster posters[POSTERS];
    pthread_t threads[POSTERS];
    int rc = 0;
    o->loop = wb_coro_loop();
    for (int i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){ o, i };
        WB_MUST(pthread_create(&threads[i], NULL, ask_loop, &posters[i]));
    }
    for (int i = 0; i < POSTERS && rc == 0; i++)
        rc = wb_coro_run_in_executor(join_thread, &threads[i]);
    return rc;
}

static void test_threads_get_results_of_coroutines(void **state)
{
    (void)state;
    struct office office = { .posted = 0 };
    assert_int_equal(wb_coro_run(answer_threads, &office), 0);
    for (int i = 0; i < POSTERS; i++)
        assert_int_equal(office.answers[i], i + 1);
    assert_int_equal(wb_coro_run_threadsafe(office.loop, answer, &office),
                     -ESHUTDOWN);
}

static void count_call(void *arg)
{
    ++*(int *)arg;
}

static int post_and_leave(void *arg)
{
    return wb_coro_call_soon_threadsafe(wb_coro_loop(), count_call, arg);
}

static void test_what_was_posted_is_called(void **state)
{
    (void)state;
    int calls = 0;
    assert_int_equal(wb_coro_run(post_and_leave, &calls), 0);
    assert_int_equal(calls, 1);
}

static int count_in_turn(void *arg)
{
    wb_coro_yield();
    count_call(arg);
    return 0;
}

static void spawn_late(void *arg)
{
    wb_coro_detach(wb_coro_spawn(count_in_turn, arg));
}

static int post_a_spawn_and_leave(void *arg)
{
    return wb_coro_call_soon_threadsafe(wb_coro_loop(), spawn_late, arg);
}

static void test_what_a_late_post_spawns_runs(void **state)
{
    (void)state;
    int calls = 0;
    assert_int_equal(wb_coro_run(post_a_spawn_and_leave, &calls), 0);
    assert_int_equal(calls, 1);
}

static void *run_a_loop(void *arg)
{
    *(int *)arg = run_virtually(answer, arg);
    return NULL;
}

static void test_each_thread_can_have_a_loop(void **state)
{
    (void)state;
    pthread_t threads[POSTERS];
    int numbers[POSTERS];
    for (int i = 0; i < POSTERS; i++) {
        numbers[i] = 10 * i;
        WB_MUST(pthread_create(&threads[i], NULL, run_a_loop, &numbers[i]));
    }
    for (int i = 0; i < POSTERS; i++) {
        WB_MUST(pthread_join(threads[i], NULL));
        assert_int_equal(numbers[i], 10 * i + 1);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_loop_goes_on_while_a_thread_works),
    cmocka_unit_test(test_cancelled_work_is_waited_for),
    cmocka_unit_test(test_work_that_has_not_begun_is_not_waited_for),
    cmocka_unit_test(test_virtual_time_waits_for_the_executor),
    cmocka_unit_test(test_a_busy_loop_looks_for_posts),
    cmocka_unit_test(test_posts_arrive_in_order),
    cmocka_unit_test(test_threads_get_results_of_coroutines),
    cmocka_unit_test(test_what_was_posted_is_called),
    cmocka_unit_test(test_what_a_late_post_spawns_runs),
    cmocka_unit_test(test_each_thread_can_have_a_loop),
};

WB_TEST_MAIN(tests)
