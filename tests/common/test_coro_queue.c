/*
 * Queues, events and semaphores between coroutines. See wb/coro_queue.h and
 * wb/coro_sync.h.
 */

#include <errno.h>
#include <stdlib.h>

#include "coro_virtual.h"
#include "wb/base.h"
#include "wb/coro_queue.h"
#include "wb/coro_sync.h"
#include "wb/gauge.h"
#include "wb/testkit.h"

enum { ITEMS = 500, WORKERS = 5, INSIDE = 3 };

static int numbers[ITEMS];

/* -- the queue ------------------------------------------------------------- */

struct user {
    struct wb_coro_queue *q;
    struct trail *trail;
    int letter; /* pushed, or expected */
    int first, taken;
};

static int push_letter(void *arg)
{
    struct user *me = arg;
    int rc = wb_coro_queue_push(me->q, &me->letter);
    mark(me->trail, rc == 0 ? me->letter : rc == -EPIPE ? '|' : '!');
    return rc;
}

static int pop_letter(void *arg)
{
    struct user *me = arg;
    void *item = NULL;
    int rc = wb_coro_queue_pop(me->q, &item);
    mark(me->trail, rc == 0 ? *(int *)item : rc == -EPIPE ? '|' : '!');
    return rc;
}

static int push_more_than_fits(void *arg)
{
    struct wb_coro_queue *q;
    struct user users[4];
    struct wb_coro *c[4];
    void *item;
    WB_MUST(wb_coro_queue_create(&q, 1));
    for (int i = 0; i < 4; i++) {
        users[i] = (struct user){ .q = q, .trail = arg, .letter = 'a' + i };
        c[i] = wb_coro_spawn(push_letter, &users[i]);
    }
    wb_coro_yield(); /* a is in, the others wait in line */
    assert_int_equal(wb_coro_queue_size(q), 1);
    assert_int_equal(wb_coro_queue_try_push(q, &numbers[0]), -EAGAIN);
    wb_coro_cancel(c[2]); /* c leaves the line */
    mark(arg, '.');
    for (int i = 0; i < 3; i++) {
        WB_MUST(wb_coro_queue_pop(q, &item));
        assert_int_equal(*(int *)item, "abd"[i]);
        wb_coro_queue_task_done(q);
    }
    assert_int_equal(wb_coro_queue_peak(q), 1);
    assert_int_equal(wb_coro_queue_join(q, 0), 0);
    int results[4];
    assert_int_equal(wb_coro_gather_all(c, 4, results), 1);
    wb_coro_queue_free(q);
    return results[2];
}

static void test_pushers_wait_in_line(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(wb_coro_run(push_more_than_fits, &t), -ECANCELED);
    assert_string_equal(t.text, "a.!bd");
}

static int pop_from_empty(void *arg)
{
    struct wb_coro_queue *q;
    struct user users[4];
    struct wb_coro *c[4];
    int letters[] = { 'x', 'y' };
    void *item = &q;
    WB_MUST(wb_coro_queue_create(&q, 2));
    for (int i = 0; i < 4; i++) {
        users[i] = (struct user){ .q = q, .trail = arg };
        c[i] = wb_coro_spawn(pop_letter, &users[i]);
    }
    wb_coro_yield();
    WB_MUST(wb_coro_queue_push(q, &letters[0]));
    WB_MUST(wb_coro_queue_push(q, &letters[1]));
    /* Both are owed to those who came first: there is nothing to take. */
    assert_int_equal(wb_coro_queue_try_pop(q, &item), -EAGAIN);
    assert_int_equal(wb_coro_queue_unfinished(q), 2);
    assert_int_equal(wb_coro_queue_join(q, 0), -ETIMEDOUT);
    wb_coro_queue_close(q);
    assert_int_equal(wb_coro_queue_push(q, &letters[0]), -EPIPE);
    assert_int_equal(wb_coro_queue_pop(q, &item), -EPIPE);
    assert_ptr_equal(item, &q);
    int results[4];
    assert_int_equal(wb_coro_gather_all(c, 4, results), 2);
    wb_coro_queue_task_done(q);
    wb_coro_queue_task_done(q);
    wb_coro_queue_free(q);
    return 0;
}

static void test_poppers_are_served_in_order_then_closed(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(wb_coro_run(pop_from_empty, &t), 0);
    assert_string_equal(t.text, "xy||");
}

static int handle_items(void *arg)
{
    struct user *me = arg;
    void *item;
    int rc;
    while ((rc = wb_coro_queue_pop(me->q, &item)) == 0) {
        ++*(int *)item;
        me->taken++;
        wb_coro_sleep_ms(1 + *(int *)item % 3);
        wb_coro_queue_task_done(me->q);
    }
    return rc == -EPIPE ? 0 : rc;
}

static int share_work(void *arg)
{
    struct wb_coro_queue *q;
    struct user users[WORKERS];
    struct wb_coro *c[WORKERS];
    (void)arg;
    WB_MUST(wb_coro_queue_create(&q, 3));
    for (int i = 0; i < WORKERS; i++) {
        users[i] = (struct user){ .q = q };
        c[i] = wb_coro_spawn(handle_items, &users[i]);
    }
    for (int i = 0; i < ITEMS; i++)
        WB_MUST(wb_coro_queue_push(q, &numbers[i]));
    WB_MUST(wb_coro_queue_join(q, WB_FOREVER));
    for (int i = 0; i < ITEMS; i++)
        assert_int_equal(numbers[i], 1);
    wb_coro_queue_close(q);
    int rc = wb_coro_gather(c, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        assert_true(users[i].taken > 0);
    assert_in_range(wb_coro_queue_peak(q), 1, 3);
    wb_coro_queue_free(q);
    return rc;
}

static void test_every_item_is_handled_once(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(share_work, NULL), 0);
}

static int lose_patience(void *arg)
{
    struct wb_coro_queue *q;
    void *item = arg;
    assert_int_equal(wb_coro_queue_create(&q, 0), -EINVAL);
    assert_int_equal(wb_coro_queue_create(&q, SIZE_MAX), -ENOMEM);
    WB_MUST(wb_coro_queue_create(&q, 1));
    int64_t when = wb_coro_deadline_in_ms(5);
    assert_int_equal(wb_coro_queue_pop_until(q, &item, when), -ETIMEDOUT);
    assert_true(wb_coro_now() == 5 * MS);
    assert_int_equal(wb_coro_queue_push_until(q, q, 0), 0);
    assert_int_equal(wb_coro_queue_push_until(q, q, 0), -ETIMEDOUT);
    assert_int_equal(wb_coro_queue_pop_until(q, &item, 0), 0);
    assert_ptr_equal(item, q);
    wb_coro_queue_free(q);
    wb_coro_queue_free(NULL);
    return 0;
}

static void test_queue_deadlines(void **state)
{
    (void)state;
    assert_int_equal(run_virtually(lose_patience, NULL), 0);
}

/* Two that never wait must not keep the third from running. */
static int push_for_ever(void *arg)
{
    struct user *me = arg;
    void *item;
    int rc = 0;
    while (rc == 0 && me->taken == 0) {
        rc = wb_coro_queue_push(me->q, me);
        if (rc == 0)
            rc = wb_coro_queue_pop(me->q, &item);
    }
    return rc;
}

static int stop_them(void *arg)
{
    ((struct user *)arg)->taken = 1;
    return 0;
}

static int run_beside_the_busy(void *arg)
{
    struct user user = { .taken = 0 };
    (void)arg;
    WB_MUST(wb_coro_queue_create(&user.q, 1));
    struct wb_coro *c[] = { wb_coro_spawn(push_for_ever, &user),
                            wb_coro_spawn(stop_them, &user) };
    int rc = wb_coro_gather(c, 2);
    wb_coro_queue_free(user.q);
    return rc;
}

static void test_calls_that_never_wait_starve_nobody(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(run_beside_the_busy, NULL), 0);
}

/* -- events and semaphores ------------------------------------------------- */

struct scene {
    struct wb_coro_event *open;
    struct wb_coro_semaphore *slots;
    struct wb_gauge *inside;
    struct trail *trail;
};

static int pass_gate(void *arg)
{
    struct scene *s = arg;
    int rc = wb_coro_event_wait(s->open, WB_FOREVER);
    mark(s->trail, 'p');
    return rc;
}

static int open_gate(void *arg)
{
    struct wb_coro_event open = WB_CORO_EVENT_INIT(open);
    struct scene s = { .open = &open, .trail = arg };
    struct wb_coro *c[] = { wb_coro_spawn(pass_gate, &s),
                            wb_coro_spawn(pass_gate, &s) };
    wb_coro_yield();
    mark(arg, 'o');
    wb_coro_event_set(&open);
    WB_MUST(wb_coro_gather(c, 2));
    WB_MUST(wb_coro_event_wait(&open, 0));
    wb_coro_event_clear(&open);
    return wb_coro_event_wait(&open, wb_coro_deadline_in_ms(1));
}

static void test_event_opens_for_all(void **state)
{
    (void)state;
    struct trail t = { 0 };
    assert_int_equal(run_virtually(open_gate, &t), -ETIMEDOUT);
    assert_string_equal(t.text, "opp");
}

static int enter_bounded(void *arg)
{
    struct scene *s = arg;
    int rc = wb_coro_semaphore_acquire(s->slots, WB_FOREVER);
    if (rc < 0)
        return rc;
    wb_gauge_enter(s->inside);
    rc = wb_coro_sleep_ms(1);
    wb_gauge_leave(s->inside);
    wb_coro_semaphore_release(s->slots);
    return rc;
}

static int crowd_the_semaphore(void *arg)
{
    struct wb_coro_semaphore slots = WB_CORO_SEMAPHORE_INIT(slots, INSIDE);
    struct scene s = { .slots = &slots, .inside = arg };
    struct wb_coro *c[20];
    for (int i = 0; i < 20; i++)
        c[i] = wb_coro_spawn(enter_bounded, &s);
    wb_coro_yield();
    wb_coro_cancel(c[10]); /* while it waits: takes no place away */
    int results[20];
    int failed = wb_coro_gather_all(c, 20, results);
    assert_int_equal(results[10], -ECANCELED);
    for (int i = 0; i < INSIDE; i++)
        WB_MUST(wb_coro_semaphore_acquire(&slots, 0));
    assert_int_equal(wb_coro_semaphore_acquire(&slots, 0), -ETIMEDOUT);
    return failed;
}

static void test_semaphore_bounds_who_is_inside(void **state)
{
    (void)state;
    struct wb_gauge inside = WB_GAUGE_INIT;
    assert_int_equal(run_virtually(crowd_the_semaphore, &inside), 1);
    assert_int_equal(wb_gauge_peak(&inside), INSIDE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pushers_wait_in_line),
    cmocka_unit_test(test_poppers_are_served_in_order_then_closed),
    cmocka_unit_test(test_every_item_is_handled_once),
    cmocka_unit_test(test_queue_deadlines),
    cmocka_unit_test(test_calls_that_never_wait_starve_nobody),
    cmocka_unit_test(test_event_opens_for_all),
    cmocka_unit_test(test_semaphore_bounds_who_is_inside),
};

WB_TEST_MAIN(tests)
