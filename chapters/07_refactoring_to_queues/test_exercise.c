/* The judge of exercise 07. It takes any file that implements exercise.h.
 *
 * It is judged in the explorer: this file is compiled a second time together
 * with the candidate, with WB_EXPLORED, and then is the small program below.
 * Every interleaving of most of its scenes is run, so a sample that is lost in
 * one order of steps is found in that order; of the three with most threads,
 * those with one preemption. Without an argument the program plays any of the
 * scenes that come to an end. */
#ifndef WB_EXPLORED

#include <string.h>

#include "check.h"
#include "wb/testkit.h"

/* With a bound, only schedules of so many preemptions are run. */
static void explore(const char *scene, int bound, struct wbx_report *report)
{
    const char *files[] = { __FILE__, wb_candidate_source() };
    const struct wbx_options opt = {
        .files = files,
        .nfiles = 2,
        WBX_CFLAGS("-DWB_EXPLORED", "-I" WB_CHAPTER_DIR),
        .args = &scene,
        .nargs = 1,
        .bound = bound,
    };

    if (report == NULL)
        wbx_check_clean(&opt);
    else
        wbx_explore(&opt, report);
}

/* The first failure is the verdict, so the scenes after it are not played. */
static bool failed;

static void every_order(void **scene)
{
    if (failed)
        skip();
    failed = true;
    explore(*scene, 0, NULL);
    failed = false;
}

static bool is_stuck(const struct wbx_report *report)
{
    return report->status == WBX_FAULT && (report->verdict == WB_DEADLOCK ||
                                           report->verdict == WB_LOST_WAKEUP);
}

/* Whether somebody waits for ever at the gate of these scenes. */
static bool is_at_the_gate(const struct wbx_report *report)
{
    const struct wbx_failure *f = report->failures;

    for (size_t i = 0; is_stuck(report) && i < f->nthreads; i++)
        if (f->threads[i].blocked_object != NULL &&
            strcmp(f->threads[i].blocked_object, "gate.open") == 0)
            return true;
    return false;
}

/* Show what was found, and fail with it. */
static void reject(struct wbx_report *report)
{
    char why[512];
    enum wb_verdict kind =
        report->status == WBX_FAULT ? report->verdict : WB_CRASH;

    wbx_print(stdout, report, &(struct wbx_style){ .ascii = true });
    snprintf(why, sizeof(why), "%s",
             report->nfailures > 0 ? report->failures[0].cause
                                   : report->message);
    wbx_report_free(report);
    wb_fail(kind, "%s", why);
}

/* Scenes with too many orders to run all: those with one preemption at most
 * are, and the mistakes that they are for need no more. In some a gate opens
 * when two samples are worked at together: if they never are, no order opens
 * it. */
static void one_preemption(void **scene)
{
    struct wbx_report report;

    if (failed)
        skip();
    explore(*scene, 1, &report);
    bool apart = is_at_the_gate(&report);
    failed = report.status != WBX_CLEAN && report.status != WBX_NOT_EXHAUSTIVE;
    if (failed && !apart)
        reject(&report);
    wbx_report_free(&report);
    wb_expect(!apart, WB_NOT_CONCURRENT,
              "while one sample is worked at, the other has to wait (%s)",
              (char *)*scene);
}

/* In this scene main waits for ever, and rightly so: nothing leaves, and all
 * room is taken. If it goes on, it says what is wrong. */
static void bounded(void **scene)
{
    struct wbx_report report;

    if (failed)
        skip();
    explore(*scene, 0, &report);
    failed = !is_at_the_gate(&report);
    if (failed)
        reject(&report);
    wbx_report_free(&report);
}

#define SCENE(how, scene)                                                      \
    {                                                                          \
        "test_" scene, how, NULL, NULL, (void *)(scene)                        \
    }

/* The quick ones first: the learner waits. */
static const struct CMUnitTest tests[] = {
    SCENE(every_order, "refuse"),     SCENE(every_order, "fail-first"),
    SCENE(every_order, "one-two"),    SCENE(every_order, "two-one"),
    SCENE(one_preemption, "workers"), SCENE(bounded, "room"),
    SCENE(every_order, "through"),    SCENE(every_order, "fail-last"),
    SCENE(every_order, "survive"),    SCENE(every_order, "finish"),
    SCENE(one_preemption, "stages"),  SCENE(one_preemption, "overtake"),
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/scenes.h"
#include "wb/verdict.h"

enum { SAMPLES = 8, UNTOUCHED = 77, NO_STAGE = 0 };

static struct lab *lab;
static struct sample samples[SAMPLES];
static int fails_in[SAMPLES]; /* stage 1 or 2, or NO_STAGE */
static int trail[SAMPLES];    /* stages it has seen: 12 is first 1, then 2 */

static int visit(struct sample *s, int stage)
{
    trail[s->number] = 10 * trail[s->number] + stage;
    if (fails_in[s->number] != stage)
        return 0;
    return stage == 1 ? -EIO : -ERANGE;
}

static int first(struct sample *s)
{
    return visit(s, 1);
}

static int second(struct sample *s)
{
    return visit(s, 2);
}

/* A gate that opens when so many have come. */
static struct {
    pthread_mutex_t mu;
    pthread_cond_t open; /* here >= needed */
    int needed;          /* const after init */
    int here;            /* guarded by mu */
} gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 2, 0 };

static void meet(void)
{
    WB_MUST(pthread_mutex_lock(&gate.mu));
    if (++gate.here == gate.needed)
        WB_MUST(pthread_cond_broadcast(&gate.open));
    while (gate.here < gate.needed)
        WB_MUST(pthread_cond_wait(&gate.open, &gate.mu));
    WB_MUST(pthread_mutex_unlock(&gate.mu));
}

static int meet_in_any(struct sample *s)
{
    (void)s;
    meet();
    return 0;
}

/* Sample 0 passes the first stage, and meets sample 1 when it is in the
 * second: sample 1 is then in the first. */
static int meet_first(struct sample *s)
{
    if (s->number == 1)
        meet();
    return 0;
}

static int meet_second(struct sample *s)
{
    if (s->number == 0)
        meet();
    return 0;
}

/* -- the scenes ------------------------------------------------------------ */

static void open_lab(int (*one)(struct sample *), int ones,
                     int (*two)(struct sample *), int twos)
{
    const struct stage stages[] = { { one, ones }, { two, twos } };

    WB_MUST(lab_open(&lab, stages, two != NULL ? 2 : 1, 1));
}

static void submit(int number, int fails)
{
    samples[number] = (struct sample){ .number = number, .result = UNTOUCHED };
    fails_in[number] = fails;
    lab_submit(lab, &samples[number]);
}

static int judge_sample(int number, int path, int result)
{
    WB_JUDGE(trail[number] == path, WB_WRONG_ANSWER,
             "sample %d went through stages %d, it should be %d", number,
             trail[number], path);
    WB_JUDGE(samples[number].result == result, WB_WRONG_ANSWER,
             "the result of sample %d is %d, it should be %d", number,
             samples[number].result, result);
    return 0;
}

static int scene_refuse(void)
{
    const struct stage good = { first, 1 }, bad = { first, 0 };
    const struct stage stages[] = { good, bad };

    lab = NULL;
    WB_JUDGE(lab_open(&lab, &good, 0, 1) == -EINVAL &&
                 lab_open(&lab, &good, 1, 0) == -EINVAL &&
                 lab_open(&lab, stages, 2, 1) == -EINVAL && lab == NULL,
             WB_WRONG_ANSWER,
             "a laboratory without stages, room or workers was opened");
    return 0;
}

static int one_sample(int fails, int path, int result)
{
    open_lab(first, 1, second, 1);
    submit(0, fails);
    lab_wait(lab);
    int wrong = judge_sample(0, path, result);
    lab_close(lab);
    return wrong;
}

static int scene_through(void)
{
    return one_sample(NO_STAGE, 12, 0);
}

static int scene_fail_first(void)
{
    return one_sample(1, 1, -EIO);
}

static int scene_fail_last(void)
{
    return one_sample(2, 12, -ERANGE);
}

/* Waits twice, as the workers of a laboratory outlive a sample. */
static int scene_survive(void)
{
    open_lab(first, 1, NULL, 0);
    submit(0, 1);
    lab_wait(lab);
    submit(1, NO_STAGE);
    lab_wait(lab);
    int wrong = judge_sample(0, 1, -EIO) || judge_sample(1, 1, 0);
    lab_close(lab);
    return wrong;
}

/* Workers that have nothing to do, not as many in each stage. */
static int scene_one_two(void)
{
    open_lab(first, 1, second, 2);
    lab_close(lab);
    return 0;
}

static int scene_two_one(void)
{
    open_lab(first, 2, second, 1);
    lab_close(lab);
    return 0;
}

static int scene_finish(void)
{
    open_lab(first, 1, second, 1);
    submit(0, NO_STAGE);
    submit(1, 1);
    lab_close(lab);
    return judge_sample(0, 12, 0) || judge_sample(1, 1, -EIO);
}

/* One of two workers has nothing to do and ends; the other has the sample. */
static int scene_overtake(void)
{
    open_lab(first, 2, second, 1);
    submit(0, NO_STAGE);
    lab_close(lab);
    return judge_sample(0, 12, 0);
}

static int scene_workers(void)
{
    open_lab(meet_in_any, 2, NULL, 0);
    submit(0, NO_STAGE);
    submit(1, NO_STAGE);
    lab_close(lab);
    return 0;
}

static int scene_stages(void)
{
    open_lab(meet_first, 1, meet_second, 1);
    submit(0, NO_STAGE);
    submit(1, NO_STAGE);
    lab_close(lab);
    return 0;
}

/* The second stage never ends. One sample is there, one in front of it, one
 * in the first stage and cannot go on, one in front of that. */
static int scene_room(void)
{
    gate.needed = SAMPLES;
    open_lab(first, 1, meet_in_any, 1);
    for (int i = 0; i < 5; i++)
        submit(i, NO_STAGE);
    return wb_verdict_say(WB_UNBOUNDED,
                          "5 samples are in a laboratory that has room for 4");
}

static const struct wb_scene scenes[] = {
    { "refuse", scene_refuse, 0 },         { "through", scene_through, 0 },
    { "fail-first", scene_fail_first, 0 }, { "fail-last", scene_fail_last, 0 },
    { "survive", scene_survive, 0 },       { "one-two", scene_one_two, 0 },
    { "two-one", scene_two_one, 0 },       { "finish", scene_finish, 0 },
    { "overtake", scene_overtake, 0 },     { "workers", scene_workers, 0 },
    { "stages", scene_stages, 0 },         { "room", scene_room, 0 },
};
enum {
    SCENES = sizeof(scenes) / sizeof(scenes[0]),
    ENDING = SCENES - 1 /* all but the last */
};

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    return wb_scene_pick(scenes, SCENES, ENDING, name)->play();
}

#endif
