/* The bounded queue: so many producers and as many consumers pass n items,
 * each as many as the others. GAsyncQueue has no bound, so who waits in it
 * waits for an item. The bound of the others is one that fits into 32 KiB and
 * leaves room for what comes while a thread is woken; with less, the waking is
 * what is measured. */
#include <pthread.h>

#include "bench.h"
#include "wb/base.h"
#include "wb/queue.h"
#ifdef BENCH_GLIB
#include <glib.h>
#endif

enum { CAPACITY = 4096, SIDES_MAX = 4, BATCH = 32 };

/* const while the threads run */
static struct wb_queue *q;
static long share; /* what each of them does */
static char item;

static size_t least(long a, long b)
{
    return (size_t)(a < b ? a : b);
}

static void *produce(void *unused)
{
    for (long i = 0; i < share; i++)
        wb_queue_push(q, &item);
    return unused;
}

static void *consume(void *unused)
{
    void *got;

    for (long i = 0; i < share; i++)
        wb_queue_pop(q, &got);
    return unused;
}

static void *produce_many(void *unused)
{
    void *batch[BATCH];

    for (int i = 0; i < BATCH; i++)
        batch[i] = &item;
    for (long done = 0; done < share;)
        done += wb_queue_push_many(q, batch, least(BATCH, share - done));
    return unused;
}

static void *consume_many(void *unused)
{
    void *batch[BATCH];

    for (long done = 0; done < share;)
        done += wb_queue_pop_many(q, batch, least(BATCH, share - done));
    return unused;
}

/* Let them run, and say how many items passed in a second. */
static double race(int sides, long n, void *(*producer)(void *),
                   void *(*consumer)(void *))
{
    pthread_t threads[2 * SIDES_MAX];
    int64_t start = wb_now();

    share = n / sides > 0 ? n / sides : 1;
    for (int i = 0; i < 2 * sides; i++)
        WB_MUST(pthread_create(&threads[i], NULL,
                               i < sides ? producer : consumer, NULL));
    for (int i = 0; i < 2 * sides; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    return bench_rate(share * sides, start);
}

static double ours(int sides, long n, void *(*producer)(void *),
                   void *(*consumer)(void *))
{
    WB_MUST(wb_queue_create(&q, CAPACITY));
    double rate = race(sides, n, producer, consumer);
    wb_queue_free(q);
    return rate;
}

static double one_each(long n, double *extra)
{
    (void)extra;
    return ours(1, n, produce, consume);
}

static double four_each(long n, double *extra)
{
    (void)extra;
    return ours(4, n, produce, consume);
}

static double four_each_many(long n, double *extra)
{
    (void)extra;
    return ours(4, n, produce_many, consume_many);
}

#ifdef BENCH_GLIB
static GAsyncQueue *glib; /* it has no bound */

static void *glib_produce(void *unused)
{
    for (long i = 0; i < share; i++)
        g_async_queue_push(glib, &item);
    return unused;
}

static void *glib_consume(void *unused)
{
    for (long i = 0; i < share; i++)
        g_async_queue_pop(glib);
    return unused;
}

static double glib_race(int sides, long n)
{
    glib = g_async_queue_new();
    double rate = race(sides, n, glib_produce, glib_consume);
    g_async_queue_unref(glib);
    return rate;
}

static double glib_one_each(long n, double *extra)
{
    (void)extra;
    return glib_race(1, n);
}

static double glib_four_each(long n, double *extra)
{
    (void)extra;
    return glib_race(4, n);
}
#define GLIB(function) .measure = function
#else
#define GLIB(function) .missing = "libglib2.0-dev"
#endif

const struct bench_row bench_queue[] = {
    { .name = "queue-1-1",
      .what = "bounded queue, 1 producer, 1 consumer, room for 4,096",
      .unit = "items/s",
      .n = 1000000,
      .tiny = 100,
      .runs = { { .name = "wb_queue", .measure = one_each },
                { "GAsyncQueue", GLIB(glib_one_each), .wanted = 1.3 },
                { "queue.Queue", .script = "queue_peer.py", .arg = "1",
                  .wanted = 10, .share = 4 } } },
    { .name = "queue-4-4",
      .what = "bounded queue, 4 producers, 4 consumers, room for 4,096",
      .unit = "items/s",
      .n = 1000000,
      .tiny = 100,
      .runs = { { .name = "wb_queue", .measure = four_each },
                { "GAsyncQueue", GLIB(glib_four_each), .wanted = 1 },
                { "queue.Queue", .script = "queue_peer.py", .arg = "4",
                  .wanted = 5, .share = 4 } } },
    { .name = "queue-4-4-batch",
      .what = "the same, 32 at a time through the batch calls",
      .unit = "items/s",
      .n = 1000000,
      .tiny = 100,
      .runs = { { .name = "wb_queue", .measure = four_each_many },
                { "GAsyncQueue", GLIB(glib_four_each), .wanted = 3 },
                { "queue.Queue", .script = "queue_peer.py", .arg = "4",
                  .wanted = 15, .share = 4 } } },
    { 0 }
};
