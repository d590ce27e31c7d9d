/* The judge of exercise 13. It takes any file that implements exercise.h.
 *
 * For each scene of scenes.h the judge starts itself anew, as the caller of
 * measure_all(). So a call that hangs, crashes or leaks does so in a process
 * of its own, and the judge looks at it from outside. When the caller and all
 * its workers sleep, and only they could wake each other, it says at once what
 * each of them waits in. */
#include <errno.h>
#include <stdio.h>

#include "scenes.h"
#include "wb/inspect.h"

enum { LOOK_MS = 5, SHOWN = 8 };

static const struct scene {
    const char *name;
    int (*play)(void);
    const char *proved;
} scenes[] = {
    { "healthy", scene_healthy, "healthy samples are measured, in order" },
    { "together", scene_together, "the whole team is at work at once" },
    { "long", scene_long, "a long sample holds up nobody else" },
    { "crash", scene_crash, "a crash costs one sample, and is reported" },
    { "one-by-one", scene_one_by_one, "so it is in a team of one" },
    { "all", scene_all, "a team that died to the last is replaced" },
    { "lack", scene_lack, "a lack of descriptors leaves nothing behind" },
    { "forks", scene_forks, "a lack of processes leaves nothing behind" },
};
enum { SCENES = sizeof(scenes) / sizeof(scenes[0]) };

/* Before the watchdog would end it all, and know less. */
static int64_t give_up;

/* -- hanging ----------------------------------------------------------------
 */

/* @return how many workers wait in measure() for others; text is what all of
 * them wait in, *running whether one does not wait */
static int describe(pid_t caller, char *text, size_t size, bool *running)
{
    pid_t pids[1 + SHOWN] = { caller };
    struct wb_blocked at;
    int waiting = 0, n = wb_inspect_children(caller, pids + 1, SHOWN);

    text[0] = '\0';
    for (int i = 0; i <= n && i <= SHOWN; i++) {
        size_t used = strlen(text);

        if (wb_proc_blocked(pids[i], &at) != 0)
            continue;
        snprintf(text + used, size - used, "%s%s %s%s", used > 0 ? "; " : "",
                 i > 0 ? "a worker" : "measure_all",
                 at.state == 'Z'   ? "is a zombie"
                 : at.state == 'R' ? "runs"
                                   : "waits in ",
                 at.state == 'Z' || at.state == 'R' ? "" : at.syscall);
        *running = *running || at.state == 'R';
        waiting += i > 0 && strcmp(at.syscall, "futex") == 0;
    }
    return waiting;
}

static _Noreturn void fail_hanging(struct wb_subprocess *p, bool stuck)
{
    char text[700];
    bool running = false;
    int waiting = describe(wb_subprocess_pid(p), text, sizeof(text), &running);

    wb_subprocess_free(p);
    if (stuck && waiting > 0)
        wb_fail(WB_NOT_CONCURRENT,
                "%d at work, waiting for the rest of the team or for other "
                "samples: %s",
                waiting, text);
    wb_fail(running && !stuck ? WB_LIVELOCK : WB_DEADLOCK, "%s%s",
            stuck ? "" : "not finished by now: ", text);
}

/* Wait for its end; fail when that will never come. Whoever is stuck is so for
 * good: one more look costs little, and is sure. */
static void await_end(struct wb_subprocess *p)
{
    pid_t pid = wb_subprocess_pid(p);
    int looks = 0;

    while (looks < 2 && !wb_deadline_passed(give_up)) {
        if (wb_subprocess_wait_until(p, wb_deadline_in_ms(LOOK_MS)) == 0)
            return;
        looks = wb_inspect_stuck(pid) == 1 ? looks + 1 : 0;
    }
    fail_hanging(p, looks > 0);
}

/* -- one scene --------------------------------------------------------------
 */

static void judge_signal(int number)
{
    if (number == SIGXCPU)
        wb_fail(WB_LIVELOCK,
                "measure_all has used %d s of processor time, and goes on",
                CPU_SECONDS);
    wb_fail(WB_CRASH, "measure_all was ended by signal %s",
            sigabbrev_np(number));
}

static void judge_end(const struct wb_subprocess_result *res)
{
    char message[1024];
    enum wb_verdict kind;

    /* A sanitizer has its say there. */
    if (res->outcome != WB_EXITED || res->code != 0)
        fwrite(res->err, 1, res->err_size, stderr);
    if (wb_verdict_in(res->out, &kind, message, sizeof(message)) == 0 &&
        kind != WB_CLEAN)
        wb_fail(kind, "%s", message);
    if (res->outcome == WB_SIGNALED)
        judge_signal(res->code);
    wb_expect(res->outcome == WB_EXITED && res->code == 0, WB_CRASH,
              "the caller of measure_all ended with exit status %d", res->code);
}

static void judge(void **state)
{
    const struct scene *s = *state;
    const char *argv[] = { "/proc/self/exe", "--scene", s->name, NULL };
    struct wb_subprocess *p;
    static bool failed; /* one fault at a time */

    if (failed)
        skip();
    failed = true;
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = argv, .sweep = true }, &p));
    await_end(p);
    judge_end(wb_subprocess_result(p));
    wb_subprocess_free(p);
    failed = false;
    printf("proved: %s\n", s->proved);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[SCENES];
    const char *watchdog = getenv("WB_WATCHDOG_SECONDS");

    for (int i = 0; i < SCENES; i++) {
        if (argc > 2 && strcmp(argv[1], "--scene") == 0 &&
            strcmp(argv[2], scenes[i].name) == 0)
            return play(scenes[i].play);
        tests[i] = (struct CMUnitTest){ .name = scenes[i].name,
                                        .test_func = judge,
                                        .initial_state = (void *)&scenes[i] };
    }
    give_up =
        wb_deadline_in_ms((int64_t)750 * (watchdog ? atoi(watchdog) : 60));
    return wb_run_tests(argv, tests, SCENES);
}
