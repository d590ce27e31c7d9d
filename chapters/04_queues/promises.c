/* What wb_queue promises, as small scenes that the explorer plays in full.
 *
 * Each scene is a handful of calls, and a judgement that must hold whatever
 * the order in which they are made. Without an argument the program plays any
 * of the scenes.
 *
 * Prove:   ./workbook explore 04 promises
 *          ./workbook explore 04 promises -- two-poppers
 * Next:    the exercise */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "wb/base.h"
#include "wb/queue.h"
#include "wb/scenes.h"
#include "wb/verdict.h"

#define PROMISE(cond) WB_JUDGE(cond, WB_WRONG_ANSWER, "broken: %s", #cond)

static struct wb_queue *q; /* with so much room as the scene asks for */
static char one, two;      /* their addresses are the items */

/* Somebody who makes one call, and what came of it. */
static struct caller {
    pthread_t thread;
    int64_t deadline;
    void *item;
    int rc;
} a = { .deadline = WB_FOREVER }, b = { .deadline = WB_FOREVER };

static void *push(void *arg)
{
    struct caller *c = arg;

    c->rc = wb_queue_push_until(q, c->item, c->deadline);
    return NULL;
}

static void *pop(void *arg)
{
    struct caller *c = arg;

    c->rc = wb_queue_pop_until(q, &c->item, c->deadline);
    return NULL;
}

static void *handle(void *arg)
{
    pop(arg);
    wb_queue_task_done(q);
    return NULL;
}

static void *join(void *arg)
{
    struct caller *c = arg;

    wb_queue_join(q);
    c->rc = (int)wb_queue_unfinished(q);
    return NULL;
}

static void start(struct caller *c, void *(*call)(void *), void *item)
{
    c->item = item;
    WB_MUST(pthread_create(&c->thread, NULL, call, c));
}

static int result(struct caller *c)
{
    WB_MUST(pthread_join(c->thread, NULL));
    return c->rc;
}

static void *push_two_and_close(void *arg)
{
    struct caller *c = arg;

    c->rc = wb_queue_push(q, &one);
    if (c->rc == 0)
        c->rc = wb_queue_push(q, &two);
    wb_queue_close(q);
    return NULL;
}

/* Back-pressure holds the bound; all comes out, in order; then it is over. */
static int one_to_one(void)
{
    void *item;

    start(&a, push_two_and_close, NULL);
    PROMISE(wb_queue_pop(q, &item) == 0 && item == &one);
    PROMISE(wb_queue_pop(q, &item) == 0 && item == &two);
    PROMISE(wb_queue_pop(q, &item) == -EPIPE);
    PROMISE(result(&a) == 0);
    PROMISE(wb_queue_peak(q) == 1);
    return 0;
}

/* One signal for one item: no popper is forgotten. */
static int two_poppers(void)
{
    start(&a, pop, NULL);
    start(&b, pop, NULL);
    PROMISE(wb_queue_push(q, &one) == 0);
    PROMISE(wb_queue_push(q, &two) == 0);
    PROMISE(result(&a) == 0 && result(&b) == 0);
    PROMISE(a.item != b.item);
    return 0;
}

/* One signal for one free slot: no pusher is forgotten. */
static int two_pushers(void)
{
    void *item, *other;

    start(&a, push, &one);
    start(&b, push, &two);
    PROMISE(wb_queue_pop(q, &item) == 0);
    PROMISE(wb_queue_pop(q, &other) == 0);
    PROMISE(result(&a) == 0 && result(&b) == 0);
    PROMISE(item != other && wb_queue_peak(q) == 1);
    return 0;
}

/* Close wakes everybody who waits for an item... */
static int close_poppers(void)
{
    start(&a, pop, NULL);
    start(&b, pop, NULL);
    wb_queue_close(q);
    PROMISE(result(&a) == -EPIPE && result(&b) == -EPIPE);
    return 0;
}

/* ... and everybody who waits for room; what was accepted is still there. */
static int close_pushers(void)
{
    void *item;

    PROMISE(wb_queue_push(q, &one) == 0);
    start(&a, push, &two);
    start(&b, push, &two);
    wb_queue_close(q);
    PROMISE(result(&a) == -EPIPE && result(&b) == -EPIPE);
    PROMISE(wb_queue_pop(q, &item) == 0 && item == &one);
    PROMISE(wb_queue_pop(q, &item) == -EPIPE);
    return 0;
}

/* Whoever joins is woken, and not before the item has been handled. */
static int joiners(void)
{
    PROMISE(wb_queue_push(q, &one) == 0);
    start(&a, handle, NULL);
    start(&b, join, NULL);
    wb_queue_join(q);
    PROMISE(wb_queue_unfinished(q) == 0);
    PROMISE(result(&a) == 0 && result(&b) == 0);
    return 0;
}

/* A popper gives up at the very moment an item comes: the other gets it. */
static int pop_deadline(void)
{
    a.deadline = wb_deadline_in_ms(1);
    start(&a, pop, NULL);
    start(&b, pop, NULL);
    PROMISE(wb_queue_push(q, &one) == 0);
    if (result(&a) == 0)
        wb_queue_close(q);
    PROMISE(result(&b) == (a.rc == 0 ? -EPIPE : 0));
    PROMISE(a.rc == 0 || a.rc == -ETIMEDOUT);
    return 0;
}

/* A pusher gives up at the very moment there is room: the other gets it. */
static int push_deadline(void)
{
    void *item;

    PROMISE(wb_queue_push(q, &one) == 0);
    a.deadline = wb_deadline_in_ms(1);
    start(&a, push, &two);
    start(&b, push, &two);
    PROMISE(wb_queue_pop(q, &item) == 0 && item == &one);
    if (result(&a) == 0)
        wb_queue_close(q);
    PROMISE(result(&b) == (a.rc == 0 ? -EPIPE : 0));
    PROMISE(a.rc == 0 || a.rc == -ETIMEDOUT);
    return 0;
}

static void *try_push(void *arg)
{
    struct caller *c = arg;

    c->rc = wb_queue_try_push(q, c->item);
    return NULL;
}

/* Whoever only tries does not wait, and is told why he got nothing. */
static int tries(void)
{
    void *item;

    start(&a, try_push, &one);
    start(&b, try_push, &one);
    int rc = wb_queue_try_pop(q, &item);
    PROMISE(rc == 0 || rc == -EAGAIN);
    PROMISE(wb_queue_size(q) <= 1);
    PROMISE(result(&a) == 0 || a.rc == -EAGAIN);
    PROMISE(result(&b) == 0 || b.rc == -EAGAIN);
    PROMISE(wb_queue_size(q) ==
            (size_t)((a.rc == 0) + (b.rc == 0) - (rc == 0)));
    return 0;
}

/* Two items at once are news for two poppers... */
static int batch_pushed(void)
{
    void *const both[] = { &one, &two };

    start(&a, pop, NULL);
    start(&b, pop, NULL);
    PROMISE(wb_queue_push_many(q, both, 2) == 2);
    PROMISE(result(&a) == 0 && result(&b) == 0);
    PROMISE(a.item != b.item);
    return 0;
}

/* ... and two free slots at once for two pushers. */
static int batch_popped(void)
{
    void *both[2];

    PROMISE(wb_queue_push(q, &one) == 0 && wb_queue_push(q, &two) == 0);
    start(&a, push, &one);
    start(&b, push, &two);
    PROMISE(wb_queue_pop_many(q, both, 2) == 2);
    PROMISE(both[0] == &one && both[1] == &two);
    PROMISE(result(&a) == 0 && result(&b) == 0);
    PROMISE(wb_queue_peak(q) == 2);
    return 0;
}

static void *push_both(void *arg)
{
    struct caller *c = arg;

    c->rc = (int)wb_queue_push_many(q, (void *const[]){ &one, &two }, 2);
    wb_queue_close(q);
    return NULL;
}

/* A batch that finds no room for all of it waits for more. */
static int batch_in_parts(void)
{
    void *both[2];

    start(&a, push_both, NULL);
    PROMISE(wb_queue_pop_many(q, both, 2) == 1 && both[0] == &one);
    PROMISE(wb_queue_pop_many(q, both, 2) == 1 && both[0] == &two);
    PROMISE(wb_queue_pop_many(q, both, 2) == -EPIPE);
    PROMISE(result(&a) == 2);
    PROMISE(wb_queue_peak(q) == 1);
    return 0;
}

static const struct wb_scene scenes[] = {
    { "one-to-one", one_to_one, 1 },
    { "two-poppers", two_poppers, 1 },
    { "two-pushers", two_pushers, 1 },
    { "close-poppers", close_poppers, 1 },
    { "close-pushers", close_pushers, 1 },
    { "joiners", joiners, 1 },
    { "pop-deadline", pop_deadline, 1 },
    { "push-deadline", push_deadline, 1 },
    { "tries", tries, 1 },
    { "batch-pushed", batch_pushed, 2 },
    { "batch-popped", batch_popped, 2 },
    { "batch-in-parts", batch_in_parts, 1 },
};
enum { SCENES = sizeof(scenes) / sizeof(scenes[0]) };

int main(int argc, char **argv)
{
    const struct wb_scene *scene =
        wb_scene_pick(scenes, SCENES, SCENES, argc > 1 ? argv[1] : NULL);

    WB_MUST(wb_queue_create(&q, scene->size));
    int failed = scene->play();
    wb_queue_free(q);
    return failed;
}
