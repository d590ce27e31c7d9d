/* The judge of exercise 04. It takes any file that implements exercise.h.
 *
 * It is judged in the explorer: this file is compiled a second time together
 * with the candidate, with WB_EXPLORED, and then is the small program below.
 * Every interleaving of each of its scenes is run, so a cook or a waiter who
 * is forgotten is found in the one order in which it happens. Without an
 * argument the program plays any of the scenes that come to an end. */
#ifndef WB_EXPLORED

#include "check.h"
#include "wb/testkit.h"

static void explore(const char *scene, struct wbx_report *report)
{
    const char *files[] = { __FILE__, wb_candidate_source() };
    const struct wbx_options opt = {
        .files = files,
        .nfiles = 2,
        WBX_CFLAGS("-DWB_EXPLORED", "-I" WB_CHAPTER_DIR),
        .args = &scene,
        .nargs = 1,
    };

    if (report == NULL)
        wbx_check_clean(&opt);
    else
        wbx_explore(&opt, report);
}

/* The first failure is the verdict, so the scenes after it are not played:
 * the learner is waiting, and polling makes too many orders to play at all. */
static bool failed;

static void every_order(void **scene)
{
    if (failed)
        skip();
    failed = true;
    explore(*scene, NULL);
    failed = false;
}

/* In these scenes somebody waits for ever, and rightly so. All that matters
 * is how: asleep, or looking again and again. */
static void asleep(void **scene)
{
    struct wbx_report report;
    char why[512];

    if (failed)
        skip();
    explore(*scene, &report);
    enum wb_verdict kind =
        report.status == WBX_FAULT ? report.verdict : WB_LIVELOCK;
    failed = kind != WB_DEADLOCK && kind != WB_LOST_WAKEUP;
    if (failed)
        wbx_print(stdout, &report, &(struct wbx_style){ .ascii = true });
    snprintf(why, sizeof(why), "%s%s",
             kind == WB_LIVELOCK ? "whoever has to wait looks again and again: "
                                 : "",
             report.nfailures > 0 ? report.failures[0].cause : report.message);
    wbx_report_free(&report);
    wb_expect(!failed, kind, "%s", why);
}

static const struct CMUnitTest tests[] = {
    { "test_one_alone", every_order, NULL, NULL, (void *)"alone" },
    { "test_a_waiter_sleeps", asleep, NULL, NULL, (void *)"idle-waiter" },
    { "test_a_cook_sleeps", asleep, NULL, NULL, (void *)"idle-cook" },
    { "test_a_cook_and_a_waiter", every_order, NULL, NULL, (void *)"pair" },
    { "test_two_waiters", every_order, NULL, NULL, (void *)"waiters" },
    { "test_two_cooks", every_order, NULL, NULL, (void *)"cooks" },
    { "test_two_plates_at_once", every_order, NULL, NULL,
      (void *)"two-plates" },
    { "test_two_places_at_once", every_order, NULL, NULL,
      (void *)"two-places" },
    { "test_close_sends_waiters_home", every_order, NULL, NULL,
      (void *)"close-waiters" },
    { "test_close_sends_cooks_home", every_order, NULL, NULL,
      (void *)"close-cooks" },
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/scenes.h"
#include "wb/verdict.h"

enum { UNTOUCHED = -77 };

static struct hatch *hatch;

/* Somebody who makes one call, and what came of it. */
static struct person {
    pthread_t thread;
    int plate; /* for a cook what to put, for a waiter what was taken */
    int result;
} first = { .plate = 1 }, second = { .plate = 2 };

static void *cook(void *arg)
{
    struct person *me = arg;

    me->result = hatch_put(hatch, me->plate);
    return NULL;
}

static void *waiter(void *arg)
{
    struct person *me = arg;

    me->plate = UNTOUCHED;
    me->result = hatch_take(hatch, &me->plate);
    return NULL;
}

static void *cook_two_and_close(void *arg)
{
    struct person *me = arg;

    me->result = hatch_put(hatch, 1);
    if (me->result == 0)
        me->result = hatch_put(hatch, 2);
    hatch_close(hatch);
    return NULL;
}

static void start(struct person *p, void *(*job)(void *))
{
    WB_MUST(pthread_create(&p->thread, NULL, job, p));
}

static void end(struct person *p)
{
    WB_MUST(pthread_join(p->thread, NULL));
}

static int scene_alone(void)
{
    struct hatch *const mark = (struct hatch *)&hatch, *none = mark;
    int plate = UNTOUCHED;

    WB_JUDGE(hatch_create(&none, 0) == -EINVAL &&
                 hatch_create(&none, -1) == -EINVAL,
             WB_WRONG_ANSWER, "a hatch without room was made");
    WB_JUDGE(none == mark, WB_WRONG_ANSWER,
             "*out was set, and there is no hatch");
    WB_JUDGE(hatch_create(&hatch, 2) == 0, WB_WRONG_ANSWER,
             "hatch_create failed");
    for (int i = 1; i <= 3; i++) {
        WB_JUDGE(hatch_put(hatch, i) == 0 && hatch_put(hatch, -i) == 0,
                 WB_WRONG_ANSWER, "two plates did not go in, with room for 2");
        WB_JUDGE(hatch_take(hatch, &plate) == 0 && plate == i, WB_WRONG_ANSWER,
                 "plate %d was put in first, and %d came out", i, plate);
        WB_JUDGE(hatch_take(hatch, &plate) == 0 && plate == -i, WB_WRONG_ANSWER,
                 "plate %d was put in second, and %d came out", -i, plate);
    }
    WB_JUDGE(hatch_put(hatch, 7) == 0, WB_WRONG_ANSWER,
             "an empty hatch took no plate");
    hatch_close(hatch);
    hatch_close(hatch);
    WB_JUDGE(hatch_put(hatch, 8) == -EPIPE, WB_WRONG_ANSWER,
             "a closed hatch took a plate");
    WB_JUDGE(hatch_take(hatch, &plate) == 0 && plate == 7, WB_WRONG_ANSWER,
             "the plate that was in the hatch when it closed was not served");
    plate = UNTOUCHED;
    WB_JUDGE(hatch_take(hatch, &plate) == -EPIPE && plate == UNTOUCHED,
             WB_WRONG_ANSWER, "a closed and empty hatch gave a plate");
    return 0;
}

static int scene_pair(void)
{
    int plate = UNTOUCHED;

    WB_MUST(hatch_create(&hatch, 1));
    start(&first, cook_two_and_close);
    for (int i = 1; i <= 2; i++) {
        int result = hatch_take(hatch, &plate);

        WB_JUDGE(result == 0 && plate == i, WB_WRONG_ANSWER,
                 "take %d gave result %d and plate %d", i, result, plate);
    }
    WB_JUDGE(hatch_take(hatch, &plate) == -EPIPE, WB_WRONG_ANSWER,
             "a third plate came out, and two went in");
    end(&first);
    WB_JUDGE(first.result == 0, WB_WRONG_ANSWER,
             "the cook was turned away although the hatch was open");
    return 0;
}

static int scene_waiters(void)
{
    WB_MUST(hatch_create(&hatch, 1));
    start(&first, waiter);
    start(&second, waiter);
    WB_JUDGE(hatch_put(hatch, 1) == 0 && hatch_put(hatch, 2) == 0,
             WB_WRONG_ANSWER, "a cook was turned away from an open hatch");
    end(&first);
    end(&second);
    WB_JUDGE(first.result == 0 && second.result == 0, WB_WRONG_ANSWER,
             "a waiter was sent home although the hatch is open");
    WB_JUDGE(first.plate * second.plate == 2, WB_WRONG_ANSWER,
             "plates 1 and 2 went in, %d and %d came out", first.plate,
             second.plate);
    return 0;
}

static int scene_cooks(void)
{
    int plates[2] = { UNTOUCHED, UNTOUCHED };

    WB_MUST(hatch_create(&hatch, 1));
    start(&first, cook);
    start(&second, cook);
    for (int i = 0; i < 2; i++)
        WB_JUDGE(hatch_take(hatch, &plates[i]) == 0, WB_WRONG_ANSWER,
                 "a waiter was sent home although the hatch is open");
    end(&first);
    end(&second);
    WB_JUDGE(first.result == 0 && second.result == 0, WB_WRONG_ANSWER,
             "a cook was turned away from an open hatch");
    WB_JUDGE(plates[0] * plates[1] == 2, WB_WRONG_ANSWER,
             "plates 1 and 2 went in, %d and %d came out", plates[0],
             plates[1]);
    return 0;
}

/* Both plates go in while both waiters sleep: who signals for the first only,
 * as the hatch is no longer empty, wakes one of them. */
static int scene_two_plates(void)
{
    WB_MUST(hatch_create(&hatch, 2));
    start(&first, waiter);
    start(&second, waiter);
    WB_JUDGE(hatch_put(hatch, 1) == 0 && hatch_put(hatch, 2) == 0,
             WB_WRONG_ANSWER, "a cook was turned away from an open hatch");
    end(&first);
    end(&second);
    WB_JUDGE(first.result == 0 && second.result == 0 &&
                 first.plate * second.plate == 2,
             WB_WRONG_ANSWER, "plates 1 and 2 went in, %d and %d came out",
             first.plate, second.plate);
    return 0;
}

/* Two places become free while both cooks sleep. */
static int scene_two_places(void)
{
    int plate = UNTOUCHED;

    WB_MUST(hatch_create(&hatch, 2));
    WB_MUST(hatch_put(hatch, 7));
    WB_MUST(hatch_put(hatch, 8));
    start(&first, cook);
    start(&second, cook);
    for (int i = 7; i <= 8; i++)
        WB_JUDGE(hatch_take(hatch, &plate) == 0 && plate == i, WB_WRONG_ANSWER,
                 "plate %d was first, and %d came out", i, plate);
    end(&first);
    end(&second);
    WB_JUDGE(first.result == 0 && second.result == 0, WB_WRONG_ANSWER,
             "a cook was turned away from an open hatch");
    return 0; /* hatch_free() finds both plates there */
}

static int scene_close_waiters(void)
{
    WB_MUST(hatch_create(&hatch, 1));
    start(&first, waiter);
    start(&second, waiter);
    hatch_close(hatch);
    end(&first);
    end(&second);
    WB_JUDGE(first.result == -EPIPE && second.result == -EPIPE, WB_WRONG_ANSWER,
             "a waiter was served from an empty hatch");
    WB_JUDGE(first.plate == UNTOUCHED && second.plate == UNTOUCHED,
             WB_WRONG_ANSWER, "a waiter was sent home with a plate");
    return 0;
}

/* There is room for one plate and it is taken, so neither cook gets his in,
 * unless the hatch holds more than it has room for. */
static int scene_close_cooks(void)
{
    int plate = UNTOUCHED;

    WB_MUST(hatch_create(&hatch, 1));
    WB_MUST(hatch_put(hatch, 7));
    start(&first, cook);
    start(&second, cook);
    hatch_close(hatch);
    end(&first);
    end(&second);
    WB_JUDGE(first.result != 0 && second.result != 0, WB_UNBOUNDED,
             "there was room for one plate, and a second one went in");
    WB_JUDGE(first.result == -EPIPE && second.result == -EPIPE, WB_WRONG_ANSWER,
             "a cook at a closed hatch got %d, not -EPIPE",
             first.result != -EPIPE ? first.result : second.result);
    WB_JUDGE(hatch_take(hatch, &plate) == 0 && plate == 7, WB_WRONG_ANSWER,
             "the plate that was in the hatch when it closed was not served");
    return 0;
}

static int scene_idle_waiter(void)
{
    WB_MUST(hatch_create(&hatch, 1));
    start(&first, waiter);
    end(&first);
    return wb_verdict_say(WB_WRONG_ANSWER,
                          "a waiter did not wait at an empty hatch");
}

static int scene_idle_cook(void)
{
    WB_MUST(hatch_create(&hatch, 1));
    WB_MUST(hatch_put(hatch, 7));
    start(&first, cook);
    end(&first);
    WB_JUDGE(first.result != 0, WB_UNBOUNDED,
             "there was room for one plate, and a second one went in");
    return wb_verdict_say(WB_WRONG_ANSWER,
                          "a cook was turned away from an open hatch");
}

static const struct wb_scene scenes[] = {
    { "alone", scene_alone, 0 },
    { "pair", scene_pair, 0 },
    { "waiters", scene_waiters, 0 },
    { "cooks", scene_cooks, 0 },
    { "two-plates", scene_two_plates, 0 },
    { "two-places", scene_two_places, 0 },
    { "close-waiters", scene_close_waiters, 0 },
    { "close-cooks", scene_close_cooks, 0 },
    { "idle-waiter", scene_idle_waiter, 0 },
    { "idle-cook", scene_idle_cook, 0 },
};
enum {
    SCENES = sizeof(scenes) / sizeof(scenes[0]),
    ENDING = SCENES - 2 /* those before the idle ones */
};

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    int failed = wb_scene_pick(scenes, SCENES, ENDING, name)->play();

    if (!failed)
        hatch_free(hatch);
    return failed;
}

#endif
