/* A program linked as those of the chapters are: it takes --trace FILE. What
 * it does is its first word. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/trace.h"

enum { PATIENCE_MS = 30000, MANY = 300000, THREADS = 8, SPANS = 1000 };

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static atomic_int other; /* atomic: the id of a thread, once it runs */

static int nothing(void)
{
    return 0;
}

static void *take(void *unused)
{
    wb_thread_name_set("taker");
    atomic_store(&other, gettid());
    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(pthread_mutex_unlock(&mu));
    return unused;
}

/* Until the taker sleeps on the lock that we hold. */
static int contend(void)
{
    struct wb_blocked at;
    pthread_t t;

    WB_MUST(pthread_mutex_lock(&mu));
    WB_MUST(pthread_create(&t, NULL, take, NULL));
    while (atomic_load(&other) == 0)
        sched_yield();
    wb_proc_wait_blocked(atomic_load(&other), "futex",
                         wb_deadline_in_ms(PATIENCE_MS), &at);
    WB_MUST(pthread_mutex_unlock(&mu));
    WB_MUST(pthread_join(t, NULL));
    return 0;
}

static int run_coroutines(void)
{
    int a = wb_trace_track("coroutine a"), b = wb_trace_track("coroutine b");

    wb_trace_begin_on(a, "await");
    wb_trace_begin_on(b, "await");
    wb_trace_instant_on(b, "reply");
    wb_trace_end_on(a);
    wb_trace_end_on(b);
    return 0;
}

static int name_oddly(void)
{
    wb_trace_instant("say \"hi\" \\ \n\t\x01\xff\xc3\xa9");
    wb_trace_instant("a name that is far too long for the room it has");
    return 0;
}

static void *span_often(void *unused)
{
    for (int i = 0; i < SPANS; i++) {
        wb_trace_begin("span");
        wb_trace_end();
    }
    return unused;
}

static int run_many_threads(void)
{
    pthread_t t[THREADS];

    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_create(&t[i], NULL, span_often, NULL));
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_join(t[i], NULL));
    return 0;
}

static int overflow(void)
{
    for (int i = 0; i < MANY; i++)
        wb_trace_instant("drop");
    return 0;
}

static int have_child(void)
{
    int status;

    wb_trace_instant("parent");
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0) {
        wb_trace_instant("child");
        exit(0);
    }
    WB_MUST_SYS(waitpid(pid, &status, 0));
    return status;
}

/* Only the child comes to where the file is written. */
static int have_heir(void)
{
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        exit(0);
    wb_trace_instant("parent");
    WB_MUST_SYS(waitpid(pid, NULL, 0));
    _exit(0);
}

static int print_much(void)
{
    printf("printed");
    return run_many_threads();
}

static void *go_on(void *unused)
{
    for (;;) {
        wb_trace_begin("still here");
        atomic_store(&other, 1);
        wb_trace_end();
    }
    return unused;
}

/* The file is written while another thread goes on and on. */
static int leave_early(void)
{
    pthread_t t;

    WB_MUST(pthread_create(&t, NULL, go_on, NULL));
    WB_MUST(pthread_detach(t));
    while (atomic_load(&other) == 0)
        sched_yield();
    exit(7);
}

static void *leave(void *unused)
{
    pthread_exit(unused);
}

static int leave_by_exit(void)
{
    pthread_t t;

    WB_MUST(pthread_create(&t, NULL, leave, NULL));
    WB_MUST(pthread_join(t, NULL));
    return 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} jobs[] = {
    { "nothing", nothing },
    { "contend", contend },
    { "coroutines", run_coroutines },
    { "odd", name_oddly },
    { "threads", run_many_threads },
    { "overflow", overflow },
    { "child", have_child },
    { "early", leave_early },
    { "pthread_exit", leave_by_exit },
    { "heir", have_heir },
    { "print", print_much },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(jobs) / sizeof(jobs[0]); i++)
        if (strcmp(argv[1], jobs[i].name) == 0)
            return jobs[i].run();
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    return 0;
}
