/*
 * A program that does what its argument says, for tests that need a child
 * process with a certain behaviour, or misuse that must end a process.
 *
 * A mode that runs for ever says on descriptor argv[2], if given, that it is
 * ready, so that no test has to guess.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/procpool.h"
#include "wb/queue.h"
#include "wb/subprocess.h"

static int number(const char *text)
{
    return text != NULL ? atoi(text) : -1;
}

static void say_ready(const char *fd)
{
    if (fd != NULL)
        WB_MUST_SYS((int)write(number(fd), "r", 1));
}

static _Noreturn void pause_for_ever(void)
{
    for (;;)
        pause();
}

/* -- children ----------------------------------------------------------- */

static int run_for_ever(char **args)
{
    say_ready(args[0]);
    pause_for_ever();
}

static int ignore_term(char **args)
{
    signal(SIGTERM, SIG_IGN);
    return run_for_ever(args);
}

/* The signal is waited for and not handled: a sanitizer may put a handler
 * off for as long as the program sleeps. */
static int exit_on_term(char **args)
{
    sigset_t term;
    int sig;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    WB_MUST(pthread_sigmask(SIG_BLOCK, &term, NULL));
    say_ready(args[0]);
    WB_MUST(sigwait(&term, &sig));
    return 5;
}

/* Have a child that runs for ever, print its pid, run for ever. */
static int have_grandchild(char **args)
{
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        pause_for_ever();
    printf("%d\n", (int)pid);
    fflush(stdout);
    return run_for_ever(args);
}

/* Leave a child behind that has left the group, and end. It keeps our stdout
 * open, too. */
static int leave_escapee(char **args)
{
    int gate[2];
    char byte;
    (void)args;
    WB_MUST_SYS(pipe(gate));
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0) {
        setsid();
        close(gate[0]);
        close(gate[1]);
        pause_for_ever();
    }
    close(gate[1]);
    /* The end of file comes when the child has left. */
    WB_MUST_SYS((int)read(gate[0], &byte, 1));
    printf("%d\n", (int)pid);
    return 0;
}

/* End and leave a child in the group. */
static int leave_child(char **args)
{
    (void)args;
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0)
        pause_for_ever();
    printf("%d\n", (int)pid);
    return 0;
}

/* Have so many children; each in a session of its own if args[1] is there. */
static int have_children(char **args)
{
    for (int i = 0; i < number(args[0]); i++) {
        if (WB_MUST_SYS(fork()) > 0)
            continue;
        if (args[1] != NULL)
            setsid();
        pause_for_ever();
    }
    pause_for_ever();
}

/* -- input and output ---------------------------------------------------- */

/* Write to a descriptor until nobody reads any more. */
static int write_for_ever(char **args)
{
    char bytes[4096] = { 0 };
    while (write(number(args[0]), bytes, sizeof(bytes)) > 0)
        ;
    return 0;
}

/* Read one byte from a descriptor, print it, and end. */
static int read_one(char **args)
{
    char byte;
    if (read(number(args[0]), &byte, 1) != 1)
        return 1;
    putchar(byte);
    return 0;
}

/* Write so many lines to stdout and to stderr, in turns, before reading. */
static int write_then_read(char **args)
{
    for (int i = 0; i < number(args[0]); i++) {
        puts("this line goes to the output, and is long enough to fill it");
        fputs("this line goes to the error output, which fills as well\n",
              stderr);
    }
    fflush(stdout);
    int bytes = 0;
    while (getchar() != EOF)
        bytes++;
    printf("%d\n", bytes);
    return 0;
}

/* Print the number of each open descriptor. */
static int run_with_my_output(char **args)
{
    const char *argv[] = { "sh", "-c", "echo out; echo err >&2", NULL };
    struct wb_subprocess_result res;
    (void)args;
    int rc = wb_subprocess_check(
        &(struct wb_subprocess_options){ .argv = argv, .inherit = true }, &res);
    bool nothing = res.out_size + res.err_size == 0;
    wb_subprocess_result_free(&res);
    return rc == 0 && nothing ? 0 : 1;
}

static int list_descriptors(char **args)
{
    (void)args;
    for (int fd = 0; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d ", fd);
    return 0;
}

/* Run a program while descriptors 0, 1 and 2 are closed in this one. */
static int run_without_stdio(char **args)
{
    const char *const argv[] = { "cat", NULL };
    struct wb_subprocess_result res;
    (void)args;
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    int rc = wb_subprocess_check(
        &(struct wb_subprocess_options){
            .argv = argv, .input = "hello", .input_size = 5 },
        &res);
    bool same = rc == 0 && strcmp(res.out, "hello") == 0;
    wb_subprocess_result_free(&res);
    return same ? 0 : 1;
}

static int crash(char **args)
{
    (void)args;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
    raise(SIGSEGV);
    return 0;
}

/* -- misuse, and lines on stderr ------------------------------------------ */

static int done_too_often(char **args)
{
    struct wb_queue *q;
    void *item;
    (void)args;
    WB_MUST(wb_queue_create(&q, 2));
    WB_MUST(wb_queue_push(q, NULL));
    WB_MUST(wb_queue_push(q, NULL));
    WB_MUST(wb_queue_pop(q, &item));
    wb_queue_task_done(q);
    wb_queue_task_done(q);
    return 0;
}

static int leave_too_often(char **args)
{
    struct wb_gauge g = WB_GAUGE_INIT;
    (void)args;
    wb_gauge_leave(&g);
    return 0;
}

static int must_positive(char **args)
{
    (void)args;
    WB_MUST(EINVAL);
    return 0;
}

static int must_negative(char **args)
{
    (void)args;
    WB_MUST(-ETIMEDOUT);
    return 0;
}

static int must_sys(char **args)
{
    (void)args;
    WB_MUST_SYS(close(-1));
    return 0;
}

static int die(char **args)
{
    (void)args;
    wb_die("no %s today", "bread");
}

static void *log_lines(void *name)
{
    wb_thread_name_set(name);
    for (int i = 0; i < 200; i++)
        wb_log("line %d of mine, and some more to be cut in two", i);
    return NULL;
}

static int log_from_threads(char **args)
{
    static char names[4][5] = { "anna", "bert", "carl", "dora" };
    pthread_t threads[4];
    (void)args;
    for (int i = 0; i < 4; i++)
        WB_MUST(pthread_create(&threads[i], NULL, log_lines, names[i]));
    for (int i = 0; i < 4; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    return 0;
}

static int do_nothing(const void *task, size_t size,
                      struct wb_procpool_reply *reply)
{
    return wb_procpool_answer(reply, task, size);
}

static int pool_without_serve(char **args)
{
    struct wb_procpool *pool;
    (void)args;
    return wb_procpool_create(&pool, 1, do_nothing);
}

/* -- choosing ------------------------------------------------------------ */

static const struct {
    const char *name;
    int (*run)(char **args);
} modes[] = {
    { "run-for-ever", run_for_ever },
    { "ignore-term", ignore_term },
    { "exit-on-term", exit_on_term },
    { "have-grandchild", have_grandchild },
    { "leave-escapee", leave_escapee },
    { "leave-child", leave_child },
    { "have-children", have_children },
    { "write-for-ever", write_for_ever },
    { "read-one", read_one },
    { "write-then-read", write_then_read },
    { "run-without-stdio", run_without_stdio },
    { "run-with-my-output", run_with_my_output },
    { "list-descriptors", list_descriptors },
    { "crash", crash },
    { "done-too-often", done_too_often },
    { "leave-too-often", leave_too_often },
    { "must-positive", must_positive },
    { "must-negative", must_negative },
    { "must-sys", must_sys },
    { "die", die },
    { "log-from-threads", log_from_threads },
    { "pool-without-serve", pool_without_serve },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(argv[1], modes[i].name) == 0)
            return modes[i].run(argv + 2);
    fprintf(stderr, "usage: tool MODE [ARGUMENT]; see tool.c for the modes\n");
    return 2;
}
