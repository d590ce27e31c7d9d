#ifndef SCENES_H
#define SCENES_H

/* The calls of measure_all() that exercise 13 is judged by, from inside: what
 * it gives back, and what it leaves behind. Each scene is played in a process
 * of its own; argv is: --scene NAME. What the workers do is written on a board
 * in memory that they share with their caller. */

#include <dlfcn.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/testkit.h"

enum { SAMPLES_MAX = 64, CPU_SECONDS = 2, EXIT_STATUS = 3 };

/* A sample is ten times its place and what befalls who measures it. */
enum kind {
    GOOD,
    ABORTS,
    EXITS,
    IS_KILLED,
    MEETS,      /* waits until the whole team is at such a sample */
    MEETS_DIES, /* so, and then aborts */
    IS_LAST     /* waits until all others have been begun */
};

static struct board {
    struct wb_gauge busy;
    atomic_int begun[SAMPLES_MAX]; /* atomic: counts, publishes nothing */
    atomic_int worker[SAMPLES_MAX];
    atomic_int nbegun;
    atomic_int met[2]; /* at a MEETS, at a MEETS_DIES */
    sem_t gate[2], all_begun;
    int team, n; /* const while a call lasts */
} * board;

static long samples[SAMPLES_MAX];
static int descriptors;  /* open before any call */
static int failing_fork; /* that one fails, counted from 1; 0: none */
static int forks;        /* owner thread only */

/* There is no other way to have it fail: limits do not bind root. */
pid_t fork(void)
{
    pid_t (*real)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");

    if (++forks != failing_fork)
        return real();
    errno = EAGAIN;
    return -1;
}

/* -- measuring --------------------------------------------------------------
 */

static long value_of(long sample)
{
    return 1000 - 7 * sample;
}

/* The last to come opens for all. */
static void meet(int which)
{
    if (atomic_fetch_add(&board->met[which], 1) + 1 == board->team)
        for (int i = 0; i < board->team; i++)
            sem_post(&board->gate[which]);
    while (sem_wait(&board->gate[which]) != 0)
        ;
}

static void suffer(enum kind kind)
{
    if (kind == MEETS || kind == MEETS_DIES)
        meet(kind == MEETS_DIES);
    while (kind == IS_LAST && sem_wait(&board->all_begun) != 0)
        ;
    wb_gauge_leave(&board->busy); /* some do not come back */
    if (kind == ABORTS || kind == MEETS_DIES)
        abort();
    if (kind == EXITS)
        exit(EXIT_STATUS);
    if (kind == IS_KILLED)
        raise(SIGKILL);
}

static long measure(long sample)
{
    long place = sample / 10;

    wb_gauge_enter(&board->busy);
    atomic_fetch_add(&board->begun[place], 1);
    atomic_store(&board->worker[place], getpid());
    if (atomic_fetch_add(&board->nbegun, 1) + 1 == board->n)
        sem_post(&board->all_begun);
    suffer((enum kind)(sample % 10));
    return value_of(sample);
}

/* -- judging one call -------------------------------------------------------
 */

static int status_of(long sample)
{
    switch ((enum kind)(sample % 10)) {
    case ABORTS:
    case MEETS_DIES: return -SIGABRT;
    case EXITS: return EXIT_STATUS;
    case IS_KILLED: return -SIGKILL;
    default: return 0;
    }
}

/* What every call has to leave behind: nothing. */
static int judge_rest(void)
{
    siginfo_t info;
    int now = wb_proc_descriptors(getpid());

    WB_JUDGE(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0,
             WB_ZOMBIE, "a worker was started and never waited for");
    WB_JUDGE(now == descriptors, WB_LEAKED_DESCRIPTOR,
             "%d descriptors were open before the call, and %d after it",
             descriptors, now);
    return 0;
}

static int count_workers(int n)
{
    int count = 0;

    for (int i = 0; i < n; i++) {
        bool seen = false;
        for (int j = 0; j < i; j++)
            seen = seen || board->worker[i] == board->worker[j];
        count += !seen;
    }
    return count;
}

static int judge_workers(int n, int team, int deaths)
{
    int most = wb_gauge_peak(&board->busy), count = count_workers(n);

    WB_JUDGE(most <= team, WB_UNBOUNDED,
             "%d samples were measured at once, by a team of %d", most, team);
    WB_JUDGE(count <= team + deaths, WB_UNBOUNDED,
             "%d processes measured %d samples, in a team of %d of whom %d "
             "died",
             count, n, team, deaths);
    return 0;
}

static int judge_outcome(int i, const struct outcome *o)
{
    long value = status_of(samples[i]) == 0 ? value_of(samples[i]) : 0;

    WB_JUDGE(board->worker[i] != getpid(), WB_WRONG_ANSWER,
             "sample %d was measured in the caller, which it may crash", i);
    WB_JUDGE(board->begun[i] == 1, WB_WRONG_ANSWER,
             "sample %d was begun %d times, expected once", i, board->begun[i]);
    WB_JUDGE(o->status == status_of(samples[i]), WB_WRONG_ANSWER,
             "status of sample %d is %d, expected %d", i, o->status,
             status_of(samples[i]));
    WB_JUDGE(o->value == value, WB_WRONG_ANSWER,
             "value of sample %d is %ld, expected %ld", i, o->value, value);
    return 0;
}

static void clear_board(int n, int team)
{
    memset(board, 0, sizeof(*board));
    for (int i = 0; i < 2; i++)
        sem_init(&board->gate[i], 1, 0);
    sem_init(&board->all_begun, 1, 0);
    board->n = n;
    board->team = team;
    forks = 0;
}

/* Measure n samples of these kinds, of which the last counts for the rest. */
static int judge_call(int n, int team, const enum kind *kinds, int nkinds)
{
    struct outcome outcomes[SAMPLES_MAX];
    int deaths = 0;

    memset(outcomes, 0x5a, sizeof(outcomes)); /* whatever was there before */
    clear_board(n, team);
    for (int i = 0; i < n; i++) {
        samples[i] = 10L * i + kinds[i < nkinds ? i : nkinds - 1];
        deaths += status_of(samples[i]) != 0;
    }
    int rc = measure_all(measure, samples, (size_t)n, team, outcomes);
    if (judge_rest() != 0)
        return 1;
    WB_JUDGE(rc == 0, WB_WRONG_ANSWER, "measure_all gave %d (%s), expected 0",
             rc, strerror(abs(rc)));
    for (int i = 0; i < n; i++)
        if (judge_outcome(i, &outcomes[i]) != 0)
            return 1;
    return judge_workers(n, team, deaths);
}

#define JUDGE_CALL(n, team, ...)                                               \
    judge_call((n), (team), (const enum kind[]){ __VA_ARGS__ },                \
               sizeof((const enum kind[]){ __VA_ARGS__ }) / sizeof(enum kind))

/* -- scenes -----------------------------------------------------------------
 */

static int scene_healthy(void)
{
    return JUDGE_CALL(1, 1, GOOD) || JUDGE_CALL(0, 3, GOOD) ||
           JUDGE_CALL(40, 3, GOOD) || JUDGE_CALL(2, TEAM_MAX, GOOD);
}

static int scene_together(void)
{
    return JUDGE_CALL(4, 4, MEETS) || JUDGE_CALL(2, 2, MEETS);
}

static int scene_long(void)
{
    return JUDGE_CALL(20, 2, IS_LAST, GOOD);
}

static int scene_crash(void)
{
    return JUDGE_CALL(12, 3, GOOD, GOOD, ABORTS, GOOD, EXITS, GOOD, IS_KILLED,
                      GOOD);
}

static int scene_one_by_one(void)
{
    return JUDGE_CALL(6, 1, ABORTS, GOOD, EXITS, GOOD, GOOD, IS_KILLED) ||
           JUDGE_CALL(9, 2, ABORTS);
}

/* The team dies to the last, and has to be whole again. */
static int scene_all(void)
{
    return JUDGE_CALL(6, 3, MEETS_DIES, MEETS_DIES, MEETS_DIES, MEETS);
}

/* One descriptor more each time, until it succeeds. */
static int scene_lack(void)
{
    struct rlimit limit;

    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &limit));
    rlim_t all = limit.rlim_cur;
    for (rlim_t spare = 0;; spare++) {
        struct outcome outcomes[SAMPLES_MAX];

        clear_board(4, 3);
        for (int i = 0; i < 4; i++)
            samples[i] = 10L * i;
        limit.rlim_cur = (rlim_t)descriptors + spare;
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &limit));
        int rc = measure_all(measure, samples, 4, 3, outcomes);
        limit.rlim_cur = all;
        WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &limit));
        if (judge_rest() != 0)
            return 1;
        if (rc == 0)
            return 0;
        WB_JUDGE(rc == -EMFILE, WB_WRONG_ANSWER,
                 "measure_all gave %d without descriptors, expected %d", rc,
                 -EMFILE);
    }
}

/* The first, the second... process cannot be made; at last all can. */
static int scene_forks(void)
{
    for (failing_fork = 1;; failing_fork++) {
        struct outcome outcomes[SAMPLES_MAX];

        clear_board(6, 2);
        for (int i = 0; i < 6; i++)
            samples[i] = 10L * i + (i == 2 || i == 4 ? ABORTS : GOOD);
        int rc = measure_all(measure, samples, 6, 2, outcomes);
        if (judge_rest() != 0)
            return 1;
        if (forks < failing_fork)
            return 0;
        WB_JUDGE(rc == -EAGAIN, WB_WRONG_ANSWER,
                 "measure_all gave %d when fork failed, expected %d", rc,
                 -EAGAIN);
    }
}

static int play(int (*scene)(void))
{
    const struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS + 1 }, none = { 0, 0 };

    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_CORE, &none);
    board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    WB_MUST_SYS(board == MAP_FAILED ? -1 : 0);
    descriptors = wb_proc_descriptors(getpid());
    return scene();
}

#endif
