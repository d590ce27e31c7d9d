/*
 * The bounded queue. See wb/queue.h.
 *
 * Where a test needs a thread that is blocked, it does not wait a while and
 * hope: it looks in /proc until the kernel says that the thread sleeps.
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/queue.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 30000, PRODUCERS = 4, CONSUMERS = 4, ITEMS = 2000 };

static int numbers[ITEMS * PRODUCERS];

/* A thread that makes one call on a queue, and what came of it. */
struct caller {
    pthread_t thread;
    struct wb_queue *q;
    int (*call)(struct caller *c);
    void *item;
    _Atomic pid_t tid; /* atomic: 0 until the thread runs; set once */
    int rc;            /* read after the join only */
};

static int call_pop(struct caller *c)
{
    return wb_queue_pop(c->q, &c->item);
}

static int call_pop_until(struct caller *c)
{
    return wb_queue_pop_until(c->q, &c->item, wb_deadline_in_ms(PATIENCE_MS));
}

static int call_push(struct caller *c)
{
    return wb_queue_push(c->q, c->item);
}

static int call_push_until(struct caller *c)
{
    return wb_queue_push_until(c->q, c->item, wb_deadline_in_ms(PATIENCE_MS));
}

static int call_join(struct caller *c)
{
    wb_queue_join(c->q);
    return 0;
}

static void *run_caller(void *arg)
{
    struct caller *c = arg;
    atomic_store(&c->tid, gettid());
    c->rc = c->call(c);
    return NULL;
}

/* Start a caller and come back when it sleeps inside its call. */
static void start_blocked(struct caller *c, struct wb_queue *q,
                          int (*call)(struct caller *), void *item)
{
    struct wb_blocked at;
    *c = (struct caller){ .q = q, .call = call, .item = item };
    WB_MUST(pthread_create(&c->thread, NULL, run_caller, c));
    while (atomic_load(&c->tid) == 0)
        sched_yield();
    int rc = wb_proc_wait_blocked(atomic_load(&c->tid), "futex",
                                  wb_deadline_in_ms(PATIENCE_MS), &at);
    if (rc == -EACCES || rc == -EPERM || rc == -ENOENT) {
        print_message("/proc/PID/syscall cannot be read here: not checked "
                      "that the thread blocks\n");
        return;
    }
    wb_expect(rc == 0, WB_ASSERTION, "the caller never blocked: it is in %s",
              at.syscall);
}

static int finish(struct caller *c)
{
    WB_MUST(pthread_join(c->thread, NULL));
    return c->rc;
}

static struct wb_queue *make(size_t capacity)
{
    struct wb_queue *q;
    WB_MUST(wb_queue_create(&q, capacity));
    return q;
}

/* -- one thread ----------------------------------------------------------- */

static void test_create_refuses_what_cannot_be(void **state)
{
    (void)state;
    struct wb_queue *q = NULL;
    assert_int_equal(wb_queue_create(&q, 0), -EINVAL);
    assert_int_equal(wb_queue_create(&q, SIZE_MAX), -ENOMEM);
    assert_int_equal(wb_queue_create(&q, SIZE_MAX / sizeof(void *)), -ENOMEM);
    assert_null(q);
    wb_queue_free(NULL);
}

static void test_items_come_out_in_order(void **state)
{
    (void)state;
    struct wb_queue *q = make(3);
    void *item;
    int next = 0;
    for (int i = 0; i < 10; i++) { /* past the end of the ring */
        assert_int_equal(wb_queue_push(q, &numbers[i]), 0);
        if (i < 2)
            continue;
        assert_int_equal(wb_queue_pop(q, &item), 0);
        assert_ptr_equal(item, &numbers[next++]);
    }
    assert_int_equal(wb_queue_size(q), 2);
    assert_int_equal(wb_queue_peak(q), 3);
    assert_int_equal(wb_queue_capacity(q), 3);
    wb_queue_free(q);
}

static void test_full_and_empty_are_told(void **state)
{
    (void)state;
    struct wb_queue *q = make(1);
    void *item = q;
    assert_int_equal(wb_queue_try_pop(q, &item), -EAGAIN);
    assert_int_equal(wb_queue_pop_until(q, &item, 0), -ETIMEDOUT);
    assert_ptr_equal(item, q);
    assert_int_equal(wb_queue_try_push(q, NULL), 0);
    assert_int_equal(wb_queue_try_push(q, NULL), -EAGAIN);
    assert_int_equal(wb_queue_push_until(q, NULL, wb_now()), -ETIMEDOUT);
    assert_int_equal(wb_queue_size(q), 1);
    assert_int_equal(wb_queue_try_pop(q, &item), 0);
    assert_null(item);
    wb_queue_free(q);
}

static void test_passed_deadline_does_not_stop_what_need_not_wait(void **state)
{
    (void)state;
    struct wb_queue *q = make(1);
    void *item;
    assert_int_equal(wb_queue_push_until(q, numbers, 0), 0);
    assert_int_equal(wb_queue_pop_until(q, &item, 0), 0);
    wb_queue_task_done(q);
    assert_int_equal(wb_queue_join_until(q, 0), 0);
    wb_queue_free(q);
}

static void test_closed_queue_drains_then_fails(void **state)
{
    (void)state;
    struct wb_queue *q = make(2);
    void *item;
    WB_MUST(wb_queue_push(q, &numbers[0]));
    WB_MUST(wb_queue_push(q, &numbers[1]));
    wb_queue_close(q);
    wb_queue_close(q);
    assert_int_equal(wb_queue_push(q, NULL), -EPIPE);
    assert_int_equal(wb_queue_try_push(q, NULL), -EPIPE);
    assert_int_equal(wb_queue_pop(q, &item), 0);
    assert_ptr_equal(item, &numbers[0]);
    assert_int_equal(wb_queue_try_pop(q, &item), 0);
    assert_ptr_equal(item, &numbers[1]);
    assert_int_equal(wb_queue_pop(q, &item), -EPIPE);
    assert_int_equal(wb_queue_try_pop(q, &item), -EPIPE);
    wb_queue_free(q);
}

static void test_join_counts_what_is_not_done(void **state)
{
    (void)state;
    struct wb_queue *q = make(4);
    void *item;
    assert_int_equal(wb_queue_join_until(q, 0), 0);
    WB_MUST(wb_queue_push(q, NULL));
    WB_MUST(wb_queue_push(q, NULL));
    WB_MUST(wb_queue_pop(q, &item));
    wb_queue_task_done(q);
    WB_MUST(wb_queue_pop(q, &item));
    assert_int_equal(wb_queue_unfinished(q), 1);
    assert_int_equal(wb_queue_size(q), 0);
    wb_queue_close(q); /* what was accepted is still owed */
    assert_int_equal(wb_queue_join_until(q, 0), -ETIMEDOUT);
    wb_queue_task_done(q);
    assert_int_equal(wb_queue_join_until(q, 0), 0);
    wb_queue_free(q);
}

static void test_one_task_done_too_many_aborts(void **state)
{
    (void)state;
    const char *const argv[] = { TOOL, "done-too-often", NULL };
    struct wb_subprocess_result res;
    wb_run_watched(argv, PATIENCE_MS, &res);
    assert_int_equal(res.outcome, WB_SIGNALED);
    assert_int_equal(res.code, SIGABRT);
    assert_non_null(strstr(res.err, "misuse: wb_queue_task_done"));
    wb_subprocess_result_free(&res);
}

/* -- blocked threads ------------------------------------------------------- */

static void test_push_wakes_blocked_popper(void **state)
{
    (void)state;
    int (*calls[])(struct caller *) = { call_pop, call_pop_until };
    for (int i = 0; i < 2; i++) {
        struct wb_queue *q = make(1);
        struct caller popper;
        start_blocked(&popper, q, calls[i], NULL);
        WB_MUST(wb_queue_push(q, &numbers[7]));
        assert_int_equal(finish(&popper), 0);
        assert_ptr_equal(popper.item, &numbers[7]);
        wb_queue_free(q);
    }
}

static void test_pop_wakes_blocked_pusher(void **state)
{
    (void)state;
    int (*calls[])(struct caller *) = { call_push, call_push_until };
    for (int i = 0; i < 2; i++) {
        struct wb_queue *q = make(1);
        struct caller pusher;
        void *item;
        WB_MUST(wb_queue_push(q, &numbers[1]));
        start_blocked(&pusher, q, calls[i], &numbers[2]);
        assert_int_equal(wb_queue_size(q), 1);
        WB_MUST(wb_queue_pop(q, &item));
        assert_int_equal(finish(&pusher), 0);
        WB_MUST(wb_queue_pop(q, &item));
        assert_ptr_equal(item, &numbers[2]);
        wb_queue_free(q);
    }
}

static void test_close_wakes_blocked_popper(void **state)
{
    (void)state;
    struct wb_queue *q = make(1);
    struct caller poppers[3];
    for (int i = 0; i < 3; i++)
        start_blocked(&poppers[i], q, i == 1 ? call_pop_until : call_pop, NULL);
    wb_queue_close(q);
    for (int i = 0; i < 3; i++)
        assert_int_equal(finish(&poppers[i]), -EPIPE);
    wb_queue_free(q);
}

static void test_close_wakes_blocked_pusher(void **state)
{
    (void)state;
    struct wb_queue *q = make(1);
    struct caller pushers[3];
    WB_MUST(wb_queue_push(q, NULL));
    for (int i = 0; i < 3; i++)
        start_blocked(&pushers[i], q, i == 1 ? call_push_until : call_push,
                      NULL);
    wb_queue_close(q);
    for (int i = 0; i < 3; i++)
        assert_int_equal(finish(&pushers[i]), -EPIPE);
    assert_int_equal(wb_queue_size(q), 1);
    wb_queue_free(q);
}

static void test_last_task_done_wakes_every_joiner(void **state)
{
    (void)state;
    struct wb_queue *q = make(2);
    struct caller joiners[2];
    void *item;
    for (int i = 0; i < 2; i++)
        WB_MUST(wb_queue_push(q, NULL));
    for (int i = 0; i < 2; i++)
        start_blocked(&joiners[i], q, call_join, NULL);
    for (int i = 0; i < 2; i++) {
        WB_MUST(wb_queue_pop(q, &item));
        wb_queue_task_done(q);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(finish(&joiners[i]), 0);
    wb_queue_free(q);
}

/* -- many threads -----------------------------------------------------------
 */

struct crowd {
    struct wb_queue *q;
    atomic_int taken[ITEMS * PRODUCERS]; /* atomic: how often each was */
    atomic_int next_producer, failures;  /* atomic: seq_cst throughout */
};

static void *produce(void *arg)
{
    struct crowd *c = arg;
    int first = atomic_fetch_add(&c->next_producer, 1) * ITEMS;
    for (int i = 0; i < ITEMS; i++)
        if (wb_queue_push(c->q, &numbers[first + i]) != 0)
            atomic_fetch_add(&c->failures, 1);
    return NULL;
}

static void *consume(void *arg)
{
    struct crowd *c = arg;
    void *item;
    while (wb_queue_pop(c->q, &item) == 0) {
        atomic_fetch_add(&c->taken[(int *)item - numbers], 1);
        wb_queue_task_done(c->q);
    }
    return NULL;
}

static void test_every_item_is_taken_exactly_once(void **state)
{
    (void)state;
    static struct crowd c;
    pthread_t producers[PRODUCERS], consumers[CONSUMERS];
    c.q = make(3);
    for (int i = 0; i < CONSUMERS; i++)
        WB_MUST(pthread_create(&consumers[i], NULL, consume, &c));
    for (int i = 0; i < PRODUCERS; i++)
        WB_MUST(pthread_create(&producers[i], NULL, produce, &c));
    for (int i = 0; i < PRODUCERS; i++)
        WB_MUST(pthread_join(producers[i], NULL));
    wb_queue_join(c.q);
    for (int i = 0; i < ITEMS * PRODUCERS; i++)
        assert_int_equal(atomic_load(&c.taken[i]), 1);
    wb_queue_close(c.q);
    for (int i = 0; i < CONSUMERS; i++)
        WB_MUST(pthread_join(consumers[i], NULL));
    assert_int_equal(atomic_load(&c.failures), 0);
    assert_in_range(wb_queue_peak(c.q), 1, 3);
    wb_queue_free(c.q);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_create_refuses_what_cannot_be),
    cmocka_unit_test(test_items_come_out_in_order),
    cmocka_unit_test(test_full_and_empty_are_told),
    cmocka_unit_test(test_passed_deadline_does_not_stop_what_need_not_wait),
    cmocka_unit_test(test_closed_queue_drains_then_fails),
    cmocka_unit_test(test_join_counts_what_is_not_done),
    cmocka_unit_test(test_one_task_done_too_many_aborts),
    cmocka_unit_test(test_push_wakes_blocked_popper),
    cmocka_unit_test(test_pop_wakes_blocked_pusher),
    cmocka_unit_test(test_close_wakes_blocked_popper),
    cmocka_unit_test(test_close_wakes_blocked_pusher),
    cmocka_unit_test(test_last_task_done_wakes_every_joiner),
    cmocka_unit_test(test_every_item_is_taken_exactly_once),
};

WB_TEST_MAIN(tests)
