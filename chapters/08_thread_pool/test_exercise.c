/* The judge of exercise 08. It takes any file that implements exercise.h.
 *
 * It is judged in the explorer: this file is compiled a second time together
 * with the candidate, with WB_EXPLORED, and then is the small program below.
 * Every interleaving of each of its scenes is run, so a doctor who is
 * forgotten is found in the one order in which it happens. Without an argument
 * the program plays any of the scenes that come to an end. */
#ifndef WB_EXPLORED

#include <string.h>

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

/* The first failure is the verdict, so the scenes after it are not played. */
static bool failed;

static void every_order(void **scene)
{
    if (failed)
        skip();
    failed = true;
    explore(*scene, NULL);
    failed = false;
}

static bool is_stuck(const struct wbx_report *report)
{
    return report->status == WBX_FAULT && (report->verdict == WB_DEADLOCK ||
                                           report->verdict == WB_LOST_WAKEUP);
}

/* In this scene a doctor waits for ever, and rightly so. All that matters is
 * how: asleep, or looking again and again. */
static void asleep(void **scene)
{
    struct wbx_report report;
    char why[512];

    if (failed)
        skip();
    explore(*scene, &report);
    enum wb_verdict kind =
        report.status == WBX_FAULT ? report.verdict : WB_LIVELOCK;
    failed = !is_stuck(&report);
    if (failed)
        wbx_print(stdout, &report, &(struct wbx_style){ .ascii = true });
    snprintf(why, sizeof(why), "%s%s",
             kind == WB_LIVELOCK ? "whoever has to wait looks again and again: "
                                 : "",
             report.nfailures > 0 ? report.failures[0].cause : report.message);
    wbx_report_free(&report);
    wb_expect(!failed, kind, "%s", why);
}

/* For news, not for a lock. */
static bool waits(const struct wbx_thread *thread)
{
    return thread->blocked_op != NULL &&
           strcmp(thread->blocked_op, "wait") == 0;
}

/* Here one sample is finished and the other is not, so whoever waits for it
 * takes the samples one after the other. */
static void at_once(void **scene)
{
    struct wbx_report report;

    if (failed)
        skip();
    explore(*scene, &report);
    failed = is_stuck(&report) && waits(&report.failures[0].threads[0]);
    if (failed)
        wbx_print(stdout, &report, &(struct wbx_style){ .ascii = true });
    wbx_report_free(&report);
    wb_expect(!failed, WB_NOT_CONCURRENT,
              "one sample is finished, and its report waits for the other");
    every_order(scene);
}

static const struct CMUnitTest tests[] = {
    { "test_a_finished_report_does_not_wait", at_once, NULL, NULL,
      (void *)"early" },
    { "test_one_alone", every_order, NULL, NULL, (void *)"alone" },
    { "test_a_doctor_sleeps", asleep, NULL, NULL, (void *)"idle" },
    { "test_in_order_of_completion", every_order, NULL, NULL, (void *)"order" },
    { "test_two_machines", every_order, NULL, NULL, (void *)"machines" },
    { "test_one_sample_twice", every_order, NULL, NULL, (void *)"twice" },
    { "test_two_doctors", every_order, NULL, NULL, (void *)"doctors" },
    { "test_more_doctors_than_reports", every_order, NULL, NULL,
      (void *)"last" },
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/scenes.h"
#include "wb/verdict.h"

enum { NOBODY = -77 };

static struct lab *lab;

/* A machine with one sample, or a doctor, and what came of the call. */
static struct person {
    pthread_t thread;
    struct report report;
    int result;
} first, second;

static struct report of(int sample)
{
    return (struct report){ .sample = sample, .value = 10 + sample };
}

static bool is_of(struct report r, int sample)
{
    return r.sample == sample && r.error == 0 && r.value == 10 + sample;
}

static void *machine(void *arg)
{
    struct person *me = arg;

    me->result = lab_finish(lab, me->report);
    return NULL;
}

static void *doctor(void *arg)
{
    struct person *me = arg;

    me->report.sample = NOBODY;
    me->result = lab_next(lab, &me->report);
    return NULL;
}

static void *machine_of_both(void *arg)
{
    struct person *me = arg;

    me->result = lab_finish(lab, of(1));
    if (me->result == 0)
        me->result = lab_finish(lab, of(0));
    return NULL;
}

static void start(struct person *p, void *(*job)(void *), int sample)
{
    p->report = of(sample);
    WB_MUST(pthread_create(&p->thread, NULL, job, p));
}

static void end(struct person *p)
{
    WB_MUST(pthread_join(p->thread, NULL));
}

static int scene_early(void)
{
    struct report r;

    WB_MUST(lab_create(&lab, 2));
    for (int sample = 1; sample >= 0; sample--) {
        WB_JUDGE(lab_finish(lab, of(sample)) == 0, WB_WRONG_ANSWER,
                 "the report on sample %d was refused", sample);
        WB_JUDGE(lab_next(lab, &r) == 0 && is_of(r, sample), WB_WRONG_ANSWER,
                 "sample %d was finished, and another report came", sample);
    }
    return 0;
}

static int scene_alone(void)
{
    static const int order[] = { 2, 0, 1 };
    struct lab *none = NULL;
    struct report r = of(NOBODY), failure = { .sample = 0, .error = -EIO };

    WB_JUDGE(lab_create(&none, 0) == -EINVAL &&
                 lab_create(&none, -1) == -EINVAL && none == NULL,
             WB_WRONG_ANSWER, "a laboratory without a sample was made");
    WB_JUDGE(lab_create(&lab, 3) == 0, WB_WRONG_ANSWER, "lab_create failed");
    WB_JUDGE(lab_finish(lab, of(3)) == -EINVAL &&
                 lab_finish(lab, of(-1)) == -EINVAL,
             WB_WRONG_ANSWER, "there is a report on no sample");
    WB_JUDGE(lab_finish(lab, of(2)) == 0 && lab_finish(lab, failure) == 0,
             WB_WRONG_ANSWER, "a report was refused");
    WB_JUDGE(lab_finish(lab, of(0)) == -EEXIST &&
                 lab_finish(lab, of(2)) == -EEXIST,
             WB_WRONG_ANSWER, "a second report on one sample was taken");
    WB_JUDGE(lab_finish(lab, of(1)) == 0, WB_WRONG_ANSWER,
             "a report was refused");
    for (int i = 0; i < 3; i++) {
        WB_JUDGE(lab_next(lab, &r) == 0 && r.sample == order[i],
                 WB_WRONG_ANSWER, "report %d was on sample %d, not %d", i + 1,
                 r.sample, order[i]);
        WB_JUDGE(r.error == (r.sample == 0 ? -EIO : 0), WB_WRONG_ANSWER,
                 "the report on sample %d has error %d", r.sample, r.error);
    }
    r.sample = NOBODY;
    for (int i = 0; i < 2; i++)
        WB_JUDGE(lab_next(lab, &r) == -ENODATA && r.sample == NOBODY,
                 WB_WRONG_ANSWER, "a fourth report came, on three samples");
    return 0;
}

/* One machine finishes 1, then 0: they come in this order, whatever doctor and
 * machine do first. */
static int scene_order(void)
{
    struct report r = of(NOBODY);

    WB_MUST(lab_create(&lab, 2));
    start(&first, machine_of_both, NOBODY);
    for (int sample = 1; sample >= 0; sample--) {
        int result = lab_next(lab, &r);

        WB_JUDGE(result == 0 && is_of(r, sample), WB_WRONG_ANSWER,
                 "sample %d came next, but lab_next gave %d and sample %d",
                 sample, result, r.sample);
    }
    WB_JUDGE(lab_next(lab, &r) == -ENODATA, WB_WRONG_ANSWER,
             "a third report came, on two samples");
    end(&first);
    return 0;
}

static int scene_machines(void)
{
    struct report a, b;

    WB_MUST(lab_create(&lab, 2));
    start(&first, machine, 0);
    start(&second, machine, 1);
    WB_JUDGE(lab_next(lab, &a) == 0 && lab_next(lab, &b) == 0, WB_WRONG_ANSWER,
             "two samples, and not two reports");
    WB_JUDGE((is_of(a, 0) && is_of(b, 1)) || (is_of(a, 1) && is_of(b, 0)),
             WB_WRONG_ANSWER, "samples 0 and 1 were finished, %d and %d came",
             a.sample, b.sample);
    end(&first);
    end(&second);
    WB_JUDGE(first.result == 0 && second.result == 0, WB_WRONG_ANSWER,
             "a machine's report was refused");
    return 0;
}

/* Both machines have the same sample: one of them is late. */
static int scene_twice(void)
{
    struct report r = of(NOBODY);

    WB_MUST(lab_create(&lab, 2));
    start(&first, machine, 0);
    start(&second, machine, 0);
    WB_JUDGE(lab_next(lab, &r) == 0 && is_of(r, 0), WB_WRONG_ANSWER,
             "sample 0 was finished, and another report came");
    end(&first);
    end(&second);
    WB_JUDGE(first.result + second.result == -EEXIST, WB_WRONG_ANSWER,
             "there are two reports on one sample: both lab_finish gave %d",
             first.result);
    WB_JUDGE(lab_finish(lab, of(1)) == 0, WB_WRONG_ANSWER,
             "the report on sample 1 was refused");
    return 0; /* lab_free() finds a report there */
}

static int scene_doctors(void)
{
    WB_MUST(lab_create(&lab, 3));
    start(&first, doctor, NOBODY);
    start(&second, doctor, NOBODY);
    WB_JUDGE(lab_finish(lab, of(0)) == 0 && lab_finish(lab, of(1)) == 0,
             WB_WRONG_ANSWER, "a report was refused");
    end(&first);
    end(&second);
    WB_JUDGE(first.result == 0 && second.result == 0, WB_WRONG_ANSWER,
             "a doctor was sent home although there was a report for each");
    WB_JUDGE(first.report.sample + second.report.sample == 1 &&
                 first.report.sample * second.report.sample == 0,
             WB_WRONG_ANSWER, "samples 0 and 1 were finished, %d and %d came",
             first.report.sample, second.report.sample);
    return 0;
}

/* One of two doctors gets the only report; the other must not wait on. */
static int scene_last(void)
{
    WB_MUST(lab_create(&lab, 1));
    start(&first, doctor, NOBODY);
    start(&second, doctor, NOBODY);
    WB_JUDGE(lab_finish(lab, of(0)) == 0, WB_WRONG_ANSWER,
             "a report was refused");
    end(&first);
    end(&second);
    WB_JUDGE(first.result + second.result == -ENODATA, WB_WRONG_ANSWER,
             "one report and two doctors, who got %d and %d", first.result,
             second.result);
    struct report r = first.result == 0 ? first.report : second.report;
    struct report none = first.result == 0 ? second.report : first.report;
    WB_JUDGE(is_of(r, 0) && none.sample == NOBODY, WB_WRONG_ANSWER,
             "the report is not what the machine handed in");
    return 0;
}

static int scene_idle(void)
{
    WB_MUST(lab_create(&lab, 1));
    start(&first, doctor, NOBODY);
    end(&first);
    return wb_verdict_say(WB_WRONG_ANSWER,
                          "a doctor did not wait for the only report");
}

static const struct wb_scene scenes[] = {
    { "early", scene_early, 0 }, { "alone", scene_alone, 0 },
    { "order", scene_order, 0 }, { "machines", scene_machines, 0 },
    { "twice", scene_twice, 0 }, { "doctors", scene_doctors, 0 },
    { "last", scene_last, 0 },   { "idle", scene_idle, 0 },
};
enum {
    SCENES = sizeof(scenes) / sizeof(scenes[0]),
    ENDING = SCENES - 1 /* those before the idle one */
};

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    int failed = wb_scene_pick(scenes, SCENES, ENDING, name)->play();

    if (!failed)
        lab_free(lab);
    return failed;
}

#endif
