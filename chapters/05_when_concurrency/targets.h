#ifndef TARGETS_H
#define TARGETS_H

/* The processes that exercise 05 is judged with. Each does what it is told, a
 * letter at a time, and then waits for the next. While it waits nothing of
 * what the kernel counts for it changes, so it can be compared exactly. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum { BLOCK = 65536, ROUNDS = 20, BURN_MS = 5, PREEMPTED = 3 };
enum { PATIENCE_MS = 15000 };

/* What a target can be told. */
enum {
    COMPUTE = 'c', /* for BURN_MS */
    RECEIVE = 'r', /* ROUNDS blocks, waiting for each */
    SEND = 's',    /* the same, but it writes them */
    CHAT = 'h',    /* ROUNDS bytes, waiting for each */
    THREAD = 't',  /* have another thread that has computed and waited */
    CROWD = 'x'    /* compute beside another until both were interrupted */
};

struct target {
    pid_t pid;
    int to, from; /* pipes */
};

/* -- in the target ----------------------------------------------------------
 */

static int commands, answers, forever[2]; /* const once it runs */

static int64_t cpu_ns(void)
{
    struct timespec ts;

    WB_MUST_SYS(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts));
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void compute(void)
{
    int64_t end = cpu_ns() + BURN_MS * (int64_t)1000000;

    while (cpu_ns() < end)
        ;
}

static void burn_until_interrupted(void)
{
    struct rusage r = { 0 };

    while (r.ru_nivcsw < PREEMPTED) {
        compute();
        WB_MUST_SYS(getrusage(RUSAGE_THREAD, &r));
    }
}

static void receive(char *block, size_t size)
{
    WB_MUST_SYS((int)write(answers, "?", 1));
    for (size_t got = 0; got < size;)
        got +=
            (size_t)WB_MUST_SYS((int)read(commands, block + got, size - got));
}

static void send_away(const char *block)
{
    int nowhere = WB_MUST_SYS(open("/dev/null", O_WRONLY | O_CLOEXEC));

    WB_MUST_SYS((int)write(nowhere, block, BLOCK));
    close(nowhere);
}

static void stay_on_one_processor(void)
{
    cpu_set_t set;

    WB_MUST(pthread_getaffinity_np(pthread_self(), sizeof(set), &set));
    for (int cpu = 0, found = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &set) && found++ > 0)
            CPU_CLR(cpu, &set);
    }
    WB_MUST(pthread_setaffinity_np(pthread_self(), sizeof(set), &set));
}

/* It ends with the process. */
static void *be_other(void *job)
{
    char byte;

    if (*(char *)job == CROWD)
        burn_until_interrupted();
    else
        compute();
    WB_MUST_SYS((int)write(answers, "+", 1)); /* it is ready */
    WB_MUST_SYS((int)read(forever[0], &byte, 1));
    return NULL;
}

static void start_other(char what)
{
    static char crowd = CROWD, thread = THREAD; /* const */
    char *job = what == CROWD ? &crowd : &thread;
    pthread_t other;

    if (what == CROWD)
        stay_on_one_processor();
    WB_MUST(pthread_create(&other, NULL, be_other, job));
    WB_MUST(pthread_detach(other));
    if (what == CROWD)
        burn_until_interrupted();
}

static void obey(char command)
{
    static char block[BLOCK];

    if (command == COMPUTE)
        compute();
    else if (command == THREAD || command == CROWD)
        start_other(command);
    else
        for (int i = 0; i < ROUNDS; i++) {
            receive(block, command == RECEIVE ? BLOCK : 1);
            if (command == SEND)
                send_away(block);
        }
}

static _Noreturn void be_target(void)
{
    char command;

    WB_MUST_SYS(prctl(PR_SET_PDEATHSIG, SIGKILL));
    WB_MUST_SYS(pipe2(forever, O_CLOEXEC));
    while (read(commands, &command, 1) == 1) {
        obey(command);
        if (command != THREAD && command != CROWD)
            WB_MUST_SYS((int)write(answers, "+", 1));
    }
    _exit(EXIT_SUCCESS);
}

/* -- in the judge -----------------------------------------------------------
 */

static struct target start_target(void)
{
    int to[2], from[2];

    WB_MUST_SYS(pipe2(to, O_CLOEXEC));
    WB_MUST_SYS(pipe2(from, O_CLOEXEC));
    fflush(stdout);
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0) {
        commands = to[0];
        answers = from[1];
        close(to[1]);
        close(from[0]);
        be_target();
    }
    close(to[0]);
    close(from[1]);
    return (struct target){ pid, to[1], from[0] };
}

static void end_target(struct target *t)
{
    close(t->to);
    close(t->from);
    kill(t->pid, SIGKILL);
    WB_MUST_SYS(waitpid(t->pid, NULL, 0));
}

/* Until all its threads sleep in read, and are off the processor. */
static void await_quiet(const struct target *t)
{
    char path[40];
    struct dirent *entry;
    struct wb_blocked at;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)t->pid);
    DIR *task = opendir(path);
    while (task != NULL && (entry = readdir(task)) != NULL) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (tid <= 0 || wb_inspect_is_runtime(t->pid, tid))
            continue;
        int rc = wb_proc_wait_blocked(tid, "read",
                                      wb_deadline_in_ms(PATIENCE_MS), &at);
        if (rc == -EACCES || rc == -EPERM || rc == -ENOENT) {
            closedir(task);
            print_message("skipped: the kernel hides /proc/PID/syscall\n");
            skip();
        }
    }
    if (task != NULL)
        closedir(task);
}

/* Have a target do something, and wait until it has. Whoever asks gets his
 * answer only when he is asleep, so that each question is a wait. */
static void tell(const struct target *t, char command)
{
    static const char block[BLOCK];
    char said = '?';

    WB_MUST_SYS((int)write(t->to, &command, 1));
    while (WB_MUST_SYS((int)read(t->from, &said, 1)) == 1 && said == '?') {
        await_quiet(t);
        WB_MUST_SYS((int)write(t->to, block, command == RECEIVE ? BLOCK : 1));
    }
    await_quiet(t);
}

#endif
