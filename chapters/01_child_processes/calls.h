#ifndef CALLS_H
#define CALLS_H

/* The calls of filter_through() that exercise 01 is judged by, from inside:
 * what it gives back, and what it leaves behind. Each is made in a process of
 * its own; argv is: --call NAME DEADLINE */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exercise.h"
#include "stages.h"
#include "wb/base.h"
#include "wb/testkit.h"

#define STAGE(...)                                                             \
    ((const char *const[]){ "/proc/self/exe", "--stage", __VA_ARGS__, NULL })
#define NO_PROGRAM ((const char *const[]){ "/no such program", NULL })

enum { MANY = 4 << 20, SPARE_MAX = 64, CPU_SECONDS = 2, ANY = 12345 };

static char *many;      /* MANY bytes of input */
static int64_t limit;   /* the deadline */
static int descriptors; /* open before any call */

/* What every call has to leave behind: nothing. */
static int judge_rest(void)
{
    siginfo_t info;
    int now = wb_proc_descriptors(getpid());

    WB_JUDGE(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0,
             WB_ZOMBIE, "a stage was started and never waited for");
    WB_JUDGE(now == descriptors, WB_LEAKED_DESCRIPTOR,
             "%d descriptors were open before the call, and %d after it",
             descriptors, now);
    return 0;
}

static int judge_call(const char *const first[], const char *const second[],
                      size_t n, int expected, struct result *res)
{
    memset(res, 0x5a, sizeof(*res)); /* whatever was there before */
    int rc = filter_through(first, second, many, n, res, limit);

    if (judge_rest() != 0)
        return 1;
    WB_JUDGE(rc == expected, WB_WRONG_ANSWER,
             "filter_through gave %d (%s), expected %d (%s)", rc,
             rc == 0 ? "both ended" : strerror(abs(rc)), expected,
             expected == 0 ? "both ended" : strerror(-expected));
    WB_JUDGE(rc == 0 || (res->out == NULL && res->size == 0), WB_WRONG_ANSWER,
             "filter_through failed, and still gave %zu bytes", res->size);
    return 0;
}

static int judge_status(const struct result *res, int first, int second)
{
    WB_JUDGE(first == ANY || res->status[FIRST] == first, WB_WRONG_ANSWER,
             "status of the first stage is %d, expected %d", res->status[FIRST],
             first);
    WB_JUDGE(second == ANY || res->status[SECOND] == second, WB_WRONG_ANSWER,
             "status of the second stage is %d, expected %d",
             res->status[SECOND], second);
    return 0;
}

/* -- bytes ---------------------------------------------------------------- */

static int judge_bytes(size_t n)
{
    struct result res;

    if (judge_call(STAGE("first", "add"), STAGE("second", "triple"), n, 0,
                   &res) != 0)
        return 1;
    WB_JUDGE(res.size == n, WB_WRONG_ANSWER,
             "%zu bytes went in and %zu came out, expected as many", n,
             res.size);
    for (size_t i = 0; i < n; i++)
        WB_JUDGE(res.out[i] == (char)((many[i] + 1) * 3), WB_WRONG_ANSWER,
                 "byte %zu of %zu came out wrong", i, n);
    free(res.out);
    return judge_status(&res, 0, 0);
}

static int call_with_little(void)
{
    return judge_bytes(5) || judge_bytes(0);
}

static int call_with_much(void)
{
    return judge_bytes(MANY);
}

/* -- ends ----------------------------------------------------------------- */

static int judge_ends(const char *const first[], const char *const second[],
                      int first_status, int second_status)
{
    struct result res;

    if (judge_call(first, second, 0, 0, &res) != 0)
        return 1;
    free(res.out);
    return judge_status(&res, first_status, second_status);
}

static int call_with_statuses(void)
{
    limit = WB_FOREVER;
    return judge_ends(STAGE("first", "copy", "3"), STAGE("second", "copy", "7"),
                      3, 7) ||
           judge_ends(STAGE("first", "crash"), STAGE("second", "copy"),
                      -SIGSEGV, 0) ||
           judge_ends(STAGE("first", "copy"), STAGE("second", "crash"), 0,
                      -SIGSEGV) ||
           judge_ends(NO_PROGRAM, STAGE("second", "copy"), 127, 0) ||
           judge_ends(STAGE("first", "copy"), NO_PROGRAM, 0, 127);
}

/* A first stage without reader dies of SIGPIPE. One that writes on and on
 * shows that nobody else holds its pipe open, and that both run at once. */
static int call_with_early_end(void)
{
    struct result res;

    if (judge_call(STAGE("first", "flood"), STAGE("second", "sip"), MANY, 0,
                   &res) != 0)
        return 1;
    free(res.out);
    WB_JUDGE(res.status[FIRST] != NEVER_READ, WB_NOT_CONCURRENT,
             "the first stage had written %d MiB before the second was there "
             "to read",
             FLOOD >> 20);
    WB_JUDGE(res.status[FIRST] != NO_SIGPIPE, WB_WRONG_ANSWER,
             "SIGPIPE is ignored in the first stage: it writes to nobody, and "
             "goes on");
    return judge_status(&res, -SIGPIPE, 0);
}

/* Nobody reads what is left of the input, and all of the output is to come. */
static int call_with_early_close(void)
{
    struct result res;

    if (judge_call(STAGE("first", "enough"), STAGE("second", "copy"), MANY, 0,
                   &res) != 0)
        return 1;
    free(res.out);
    WB_JUDGE(res.size == FLOOD, WB_WRONG_ANSWER,
             "the first stage closed its input and wrote %d bytes, %zu came "
             "out",
             FLOOD, res.size);
    return judge_status(&res, 0, 0);
}

static int call_with_counting(void)
{
    struct result res;

    if (judge_call(STAGE("first", "count"), STAGE("second", "count"), 0, 0,
                   &res) != 0)
        return 1;
    free(res.out);
    for (int i = 0; i < STAGES; i++)
        WB_JUDGE(res.status[i] == 0, WB_LEAKED_DESCRIPTOR,
                 "the %s stage has %d descriptors besides 0, 1 and 2",
                 i == FIRST ? "first" : "second", res.status[i]);
    return 0;
}

/* -- deadlines ------------------------------------------------------------ */

static int judge_late(const char *const first[], const char *const second[],
                      int first_status, int second_status)
{
    struct result res;

    if (judge_call(first, second, MANY, -ETIMEDOUT, &res) != 0)
        return 1;
    WB_JUDGE(wb_deadline_passed(limit), WB_WRONG_ANSWER,
             "filter_through gave up before its deadline");
    return judge_status(&res, first_status, second_status);
}

/* A stage that does not linger may end by itself, as the clock has it. */
static int call_with_deaf_stage(void)
{
    return judge_late(STAGE("first", "copy"), STAGE("second", "deaf"), ANY,
                      -SIGKILL);
}

static int call_with_mute_first(void)
{
    return judge_late(STAGE("first", "mute"), STAGE("second", "copy"), -SIGKILL,
                      ANY);
}

static int call_with_mute_second(void)
{
    return judge_late(STAGE("first", "deaf"), STAGE("second", "mute"), -SIGKILL,
                      -SIGKILL);
}

/* -- lack ----------------------------------------------------------------- */

/* Leave it one descriptor more each time, until that is enough. */
static int call_without_descriptors(void)
{
    struct rlimit whole, part;
    int rc = -EMFILE;

    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &whole));
    for (int spare = 0; rc == -EMFILE && spare < SPARE_MAX; spare++) {
        struct result res;

        memset(&res, 0x5a, sizeof(res));
        part = whole;
        part.rlim_cur = (rlim_t)descriptors + (rlim_t)spare;
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &part));
        rc = filter_through(STAGE("first", "copy"), STAGE("second", "copy"),
                            many, 5, &res, limit);
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &whole));
        free(res.out);
        if (judge_rest() != 0)
            return 1;
    }
    WB_JUDGE(rc == 0, WB_WRONG_ANSWER,
             "without enough descriptors filter_through gave %d (%s), "
             "expected %d (%s)",
             rc, strerror(abs(rc)), -EMFILE, strerror(EMFILE));
    return 0;
}

/* -- the caller ----------------------------------------------------------- */

static int be_caller(int (*run)(void), const char *deadline)
{
    const struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS + 1 };

    syscall(SYS_close_range, 3u, ~0u, 0u); /* what we inherited by mistake */
    signal(SIGPIPE, SIG_IGN);
    WB_MUST_SYS(setrlimit(RLIMIT_CPU, &cpu));
    many = wb_alloc(MANY, 1);
    for (int i = 0; i < MANY; i++)
        many[i] = (char)(i % 251);
    limit = strtoll(deadline, NULL, 10);
    descriptors = wb_proc_descriptors(getpid());
    int failed = run();
    free(many);
    if (failed == 0)
        wb_verdict_say(WB_CLEAN, "nothing is left of the call");
    return failed;
}

#endif
