/*
 * The bounded queue, many items at a time. See wb/queue.h.
 */

#include <errno.h>
#include <pthread.h>

#include "wb/base.h"
#include "wb/queue.h"
#include "wb/testkit.h"

enum { SIDES = 4, ITEMS = 5000, BATCH = 7 };

static int numbers[SIDES * ITEMS];

/* One that hands over, or takes, a batch after the other. */
struct side {
    pthread_t thread;
    struct wb_queue *q;
    int *first;   /* for a producer: of its ITEMS numbers */
    ssize_t last; /* result of the last call; read after the join only */
    long count;   /* items taken or handed over; the same */
};

static struct wb_queue *make(size_t capacity)
{
    struct wb_queue *q;
    WB_MUST(wb_queue_create(&q, capacity));
    return q;
}

static void test_many_at_once_keep_their_order(void **state)
{
    (void)state;
    struct wb_queue *q = make(5);
    void *in[3] = { &numbers[0], &numbers[1], &numbers[2] }, *out[5];
    for (int i = 0; i < 4; i++) { /* past the end of the ring */
        assert_int_equal(wb_queue_push_many(q, in, 3), 3);
        assert_int_equal(wb_queue_pop_many(q, out, 2), 2);
        assert_ptr_equal(out[0], &numbers[0]);
        assert_ptr_equal(out[1], &numbers[1]);
        assert_int_equal(wb_queue_pop_many(q, out, 5), 1);
        assert_ptr_equal(out[0], &numbers[2]);
    }
    assert_int_equal(wb_queue_peak(q), 3);
    wb_queue_free(q);
}

static void test_none_at_once_is_allowed(void **state)
{
    (void)state;
    struct wb_queue *q = make(1);
    void *item = q;
    assert_int_equal(wb_queue_push_many(q, &item, 0), 0);
    assert_int_equal(wb_queue_pop_many(q, &item, 0), 0);
    assert_ptr_equal(item, q);
    assert_int_equal(wb_queue_size(q), 0);
    wb_queue_free(q);
}

static void test_many_are_done_at_once(void **state)
{
    (void)state;
    struct wb_queue *q = make(3);
    void *in[3] = { 0 };
    assert_int_equal(wb_queue_push_many(q, in, 3), 3);
    assert_int_equal(wb_queue_pop_many(q, in, 3), 3);
    wb_queue_tasks_done(q, 2);
    assert_int_equal(wb_queue_join_until(q, 0), -ETIMEDOUT);
    wb_queue_tasks_done(q, 1);
    assert_int_equal(wb_queue_join_until(q, 0), 0);
    wb_queue_free(q);
}

static void test_a_closed_queue_drains_in_batches(void **state)
{
    (void)state;
    struct wb_queue *q = make(2);
    void *items[2] = { &numbers[0], &numbers[1] };
    WB_MUST(wb_queue_push(q, &numbers[7]));
    wb_queue_close(q);
    assert_int_equal(wb_queue_push_many(q, items, 2), -EPIPE);
    assert_int_equal(wb_queue_pop_many(q, items, 2), 1);
    assert_ptr_equal(items[0], &numbers[7]);
    assert_int_equal(wb_queue_pop_many(q, items, 2), -EPIPE);
    wb_queue_free(q);
}

static void *hand_over(void *arg)
{
    struct side *s = arg;
    void *batch[BATCH];
    for (int i = 0; i < ITEMS; i += (int)s->last) {
        int n = ITEMS - i < BATCH ? ITEMS - i : BATCH;
        for (int j = 0; j < n; j++)
            batch[j] = &s->first[i + j];
        s->last = wb_queue_push_many(s->q, batch, (size_t)n);
        if (s->last < 0)
            break;
        s->count += s->last;
    }
    return NULL;
}

/* Each item is one thread's at a time: nobody else touches its number. */
static void *take(void *arg)
{
    struct side *s = arg;
    void *batch[BATCH];
    while ((s->last = wb_queue_pop_many(s->q, batch, BATCH)) > 0) {
        for (ssize_t i = 0; i < s->last; i++)
            (*(int *)batch[i])++;
        s->count += s->last;
    }
    return NULL;
}

static void start(struct side *s, void *(*job)(void *), struct wb_queue *q,
                  int *first)
{
    *s = (struct side){ .q = q, .first = first };
    WB_MUST(pthread_create(&s->thread, NULL, job, s));
}

static void test_every_item_of_a_batch_is_taken_once(void **state)
{
    (void)state;
    struct wb_queue *q = make(10);
    struct side producers[SIDES], consumers[SIDES];
    for (int i = 0; i < SIDES; i++) {
        start(&producers[i], hand_over, q, &numbers[(ptrdiff_t)i * ITEMS]);
        start(&consumers[i], take, q, NULL);
    }
    for (int i = 0; i < SIDES; i++)
        WB_MUST(pthread_join(producers[i].thread, NULL));
    wb_queue_close(q);
    for (int i = 0; i < SIDES; i++)
        WB_MUST(pthread_join(consumers[i].thread, NULL));
    for (int i = 0; i < SIDES * ITEMS; i++)
        assert_int_equal(numbers[i], 1);
    assert_in_range(wb_queue_peak(q), 1, 10);
    wb_queue_free(q);
}

/* What a close in the middle of a batch leaves out is not in the queue. */
static void test_close_ends_a_batch_that_waits(void **state)
{
    (void)state;
    struct wb_queue *q = make(1);
    struct side producer;
    void *item;
    start(&producer, hand_over, q, numbers);
    for (int i = 0; i < 3; i++)
        WB_MUST(wb_queue_pop(q, &item));
    wb_queue_close(q);
    long taken = 3;
    while (wb_queue_pop(q, &item) == 0)
        taken++;
    WB_MUST(pthread_join(producer.thread, NULL));
    assert_int_equal(producer.count, taken);
    assert_int_equal(producer.last, -EPIPE);
    wb_queue_free(q);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_many_at_once_keep_their_order),
    cmocka_unit_test(test_none_at_once_is_allowed),
    cmocka_unit_test(test_many_are_done_at_once),
    cmocka_unit_test(test_a_closed_queue_drains_in_batches),
    cmocka_unit_test(test_every_item_of_a_batch_is_taken_once),
    cmocka_unit_test(test_close_ends_a_batch_that_waits),
};

WB_TEST_MAIN(tests)
