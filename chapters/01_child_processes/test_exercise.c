/* The judge of exercise 01. It takes any file that implements exercise.h.
 *
 * This program plays three parts. For each call of filter_through() the judge
 * starts itself anew, as the caller (calls.h); the two stages are this program
 * once more (stages.h). So a call that hangs, crashes or leaks does so in a
 * process of its own, and the judge looks at it from outside. When all who
 * take part sleep, and only they could wake each other, it says at once who
 * waits for whom. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "stages.h"
#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum { HOUR_MS = 3600000, LATE_MS = 100, LATEST_MS = 10000, LOOK_MS = 5 };
enum { STAGES_SHOWN = 8, PEERS_SHOWN = 4, FDS_SEEN = 64 };

static const struct call {
    const char *name;
    int (*run)(void);
    int64_t ms;  /* until its deadline */
    int lingers; /* stages that must be there for good when it comes */
    const char *proved;
} calls[] = {
    { "little", call_with_little, HOUR_MS, 0,
      "5 bytes and no bytes come through" },
    { "much", call_with_much, HOUR_MS, 0,
      "4 MiB come through, every byte in its place" },
    { "statuses", call_with_statuses, HOUR_MS, 0,
      "exit statuses, crashes and missing commands are told apart" },
    { "early-end", call_with_early_end, HOUR_MS, 0,
      "a second stage may end early, the first then dies of SIGPIPE" },
    { "early-close", call_with_early_close, HOUR_MS, 0,
      "a first stage may stop reading, and all that it writes comes through" },
    { "counting", call_with_counting, HOUR_MS, 0,
      "no stage inherits a descriptor by mistake" },
    { "lack", call_without_descriptors, HOUR_MS, 0,
      "a lack of descriptors leaves no process and no descriptor behind" },
    { "deaf", call_with_deaf_stage, LATE_MS, 1,
      "a stage that never reads is killed and reaped at the deadline" },
    { "mute-first", call_with_mute_first, LATE_MS, 1,
      "so is a first stage that closes its output and goes on" },
    { "mute-second", call_with_mute_second, LATE_MS, 2,
      "so is a second stage that does" },
};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* -- who waits for whom -------------------------------------------------- */

/* The part that a process plays, by its command line. */
static const char *name_part(pid_t pid, pid_t caller)
{
    char path[40], line[64] = "";

    if (pid == caller)
        return "filter_through";
    snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
    FILE *file = fopen(path, "r");
    size_t n = file != NULL ? fread(line, 1, sizeof(line) - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    const char *part = memmem(line, n, "--stage", sizeof("--stage"));
    if (part == NULL)
        return "a child";
    return strcmp(part + sizeof("--stage"), "first") == 0 ? "first" : "second";
}

/* Is there a pipe that it holds both ends of, and nobody else any? */
static bool keeps_pipe_to_itself(pid_t pid)
{
    char path[64], target[64];
    bool found = false;

    for (int fd = 3; fd < FDS_SEEN && !found; fd++) {
        pid_t readers[2] = { 0 }, writers[2] = { 0 };

        snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
        ssize_t n = readlink(path, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = '\0';
        found = strncmp(target, "pipe:", 5) == 0 &&
                wb_inspect_holders(target, false, readers, 2) == 1 &&
                wb_inspect_holders(target, true, writers, 2) == 1 &&
                readers[0] == pid && writers[0] == pid;
    }
    return found;
}

/* "first waits in write (to be read by second)" */
static void describe(FILE *to, const struct wb_blocked *at, pid_t caller)
{
    pid_t peers[PEERS_SHOWN];
    bool reads = strcmp(at->syscall, "read") == 0;

    fprintf(to, "%s ", name_part(at->tid, caller));
    fprintf(to, at->state == 'R' ? "runs" : "waits in %s", at->syscall);
    if (at->tid == caller && keeps_pipe_to_itself(caller))
        fprintf(to, " and holds both ends of a pipe that nobody else has");
    if (strncmp(at->target, "pipe:", 5) != 0)
        return;
    int n = wb_inspect_holders(at->target, reads, peers, PEERS_SHOWN);
    fprintf(to, reads ? " (still open for writing in " : " (to be read by ");
    for (int i = 0; i < n && i < PEERS_SHOWN; i++)
        fprintf(to, "%s%s", i > 0 ? ", " : "", name_part(peers[i], caller));
    fprintf(to, "%s)", n > 0 ? "" : "nobody");
}

/* @return whether one of them runs */
static bool describe_all(pid_t caller, char *text, size_t size)
{
    pid_t pids[1 + STAGES_SHOWN] = { caller };
    bool running = false;
    struct wb_blocked at;
    FILE *to = fmemopen(text, size, "w");
    int n = wb_inspect_children(caller, pids + 1, STAGES_SHOWN);

    for (int i = 0; to != NULL && i <= n && i <= STAGES_SHOWN; i++) {
        if (wb_proc_blocked(pids[i], &at) != 0 || at.state == 'Z')
            continue;
        fprintf(to, "%s", i > 0 ? "; " : "");
        describe(to, &at, caller);
        running = running || at.state == 'R';
    }
    if (to != NULL)
        fclose(to);
    return running;
}

/* Does it print, and wait for us to read? */
static bool waits_for_us(pid_t pid)
{
    struct wb_blocked at;
    pid_t reader = -1;

    return wb_proc_blocked(pid, &at) == 0 && strcmp(at.syscall, "write") == 0 &&
           wb_inspect_holders(at.target, false, &reader, 1) == 1 &&
           reader == getpid();
}

/* Can nothing ever happen again in this call? */
static bool is_stuck(pid_t caller)
{
    pid_t pids[STAGES_SHOWN];

    if (wb_inspect_stuck(caller) != 1 || waits_for_us(caller))
        return false;
    int n = wb_inspect_children(caller, pids, STAGES_SHOWN);
    for (int i = 0; i < n && i < STAGES_SHOWN; i++)
        if (waits_for_us(pids[i]))
            return false;
    return true;
}

/* -- one call ------------------------------------------------------------ */

/* Before the watchdog would end it all, and know less. */
static int64_t give_up;

static struct wb_subprocess *start_call(const struct call *c, int64_t deadline)
{
    char number[24];
    struct wb_subprocess *p;

    snprintf(number, sizeof(number), "%lld", (long long)deadline);
    const char *argv[] = { "/proc/self/exe", "--call", c->name, number, NULL };
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = argv, .sweep = true }, &p));
    return p;
}

static _Noreturn void fail_hanging(struct wb_subprocess *p, bool stuck,
                                   bool late)
{
    char text[700] = "";
    bool running = describe_all(wb_subprocess_pid(p), text, sizeof(text));

    wb_subprocess_free(p);
    wb_fail(running && !stuck ? WB_LIVELOCK : WB_DEADLOCK, "%s%s%s",
            stuck ? "" : "not finished by now: ",
            late ? "after the deadline: " : "", text);
}

/* Wait for its end; fail when that will never come. A near deadline may be
 * what it waits for, so before that nothing is wrong with sleeping. Whoever
 * is stuck is so for good: one more look costs little, and is sure. */
static void await_end(struct wb_subprocess *p, int64_t deadline)
{
    pid_t pid = wb_subprocess_pid(p);
    bool far = deadline > wb_deadline_in_ms(HOUR_MS / 2);
    int looks = 0;

    while (looks < 2 && !wb_deadline_passed(give_up)) {
        if (wb_subprocess_wait_until(p, wb_deadline_in_ms(LOOK_MS)) == 0)
            return;
        bool may_sleep = !far && !wb_deadline_passed(deadline);
        looks = !may_sleep && is_stuck(pid) ? looks + 1 : 0;
    }
    fail_hanging(p, looks > 0, !far);
}

static void judge_signal(const struct wb_subprocess_result *res)
{
    if (res->code == SIGXCPU)
        wb_fail(WB_LIVELOCK,
                "filter_through has used %d s of processor time, and goes on",
                CPU_SECONDS);
    wb_fail(WB_CRASH, "filter_through was ended by signal %s",
            sigabbrev_np(res->code));
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
        judge_signal(res);
    wb_expect(res->outcome == WB_EXITED && res->code == 0, WB_CRASH,
              "the caller of filter_through ended with exit status %d",
              res->code);
}

static int count_lingering(const struct wb_subprocess_result *res)
{
    int n = 0;

    for (size_t i = 0; i < res->err_size; i++)
        n += res->err[i] == '*';
    return n;
}

/* @return whether the stages were as far as they should be when the deadline
 * came; if not, nothing has been shown */
static bool judge_once(const struct call *c, int64_t ms)
{
    int64_t deadline = wb_deadline_in_ms(ms);
    struct wb_subprocess *p = start_call(c, deadline);

    await_end(p, deadline);
    const struct wb_subprocess_result *res = wb_subprocess_result(p);
    bool shown =
        res->outcome != WB_EXITED || count_lingering(res) >= c->lingers;
    if (shown)
        judge_end(res);
    wb_subprocess_free(p);
    return shown;
}

static void judge(void **state)
{
    const struct call *c = *state;
    int64_t ms = c->ms;
    static bool failed; /* one fault at a time */

    if (failed)
        skip();
    failed = true;
    /* A machine too busy to start them in time gets more of it. */
    while (!judge_once(c, ms)) {
        ms *= 4;
        wb_expect(ms < LATEST_MS, WB_WRONG_ANSWER,
                  "the stages did not run until the deadline");
    }
    failed = false;
    printf("proved: %s\n", c->proved);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[CALLS];

    if (argc > 2 && strcmp(argv[1], "--stage") == 0)
        return be_stage(argv + 1);
    for (int i = 0; i < CALLS; i++) {
        if (argc > 3 && strcmp(argv[1], "--call") == 0 &&
            strcmp(argv[2], calls[i].name) == 0)
            return be_caller(calls[i].run, argv[3]);
        tests[i] = (struct CMUnitTest){ .name = calls[i].name,
                                        .test_func = judge,
                                        .initial_state = (void *)&calls[i] };
    }
    const char *watchdog = getenv("WB_WATCHDOG_SECONDS");
    give_up =
        wb_deadline_in_ms((int64_t)750 * (watchdog ? atoi(watchdog) : 60));
    return wb_run_tests(argv, tests, CALLS);
}
