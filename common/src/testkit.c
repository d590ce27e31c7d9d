/*
 * CMocka with verdicts. See wb/testkit.h.
 *
 * Every test is wrapped: cmocka turns a SEGV into a failed assertion and goes
 * on in a process nobody should trust any more. The wrapper puts handlers in
 * place of cmocka's, after cmocka has set its own; cmocka restores what was
 * there before when the test ends.
 */

#include "wb/testkit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "watchdog.h"
#include "wb/base.h"
#include "wb/inspect.h"

enum {
    WATCHDOG_SECONDS = 60,
    NAME_MAX_BYTES = 128,
    ALT_STACK_BYTES = 65536,
    MESSAGE_BYTES = 1024
};

static const int crashes[] = {
    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGABRT
};
enum { CRASHES = sizeof(crashes) / sizeof(crashes[0]) };

/* owner thread only, the main one; handlers run on whichever thread crashes
 * and only read it */
static struct {
    pid_t pid;                        /* forked children are not judged */
    char *test;                       /* name; shared with the watchdog */
    const struct CMUnitTest *current; /* NULL between tests */
    struct sigaction before[CRASHES]; /* a sanitizer's handlers, or none */
    size_t begun, passed;
    bool told; /* a verdict has been printed */
} run;

/* -- telling ------------------------------------------------------------ */

static void tell(enum wb_verdict kind, char *message)
{
    for (char *c = message; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    printf("verdict: %s: %s\n", wb_verdict_name(kind), message);
    fflush(stdout);
    run.told = true;
}

void wb_fail_at(const char *file, int line, enum wb_verdict kind,
                const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (gettid() != getpid())
        wb_misuse("wb_fail off the main thread, which is the one that judges: "
                  "%s: %s",
                  wb_verdict_name(kind), message);
    tell(kind, message);
    _fail(file, line);
    abort(); /* _fail() does not come back */
}

/* Written piece by piece with write(): all that a signal handler may do. */
static void put(const char *text)
{
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));
    (void)written;
}

static void tell_crash(const char *what, const char *name)
{
    put("\nverdict: crash: ");
    put(what);
    put(name != NULL ? name : "");
    put(" in ");
    put(run.test);
    put("\n");
}

/* -- crashes ------------------------------------------------------------ */

/* Say so, then let whoever was there before have it: the kernel, which ends
 * the process, or a sanitizer, which first says more. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (getpid() == run.pid)
        tell_crash("signal ", sigabbrev_np(number));
    for (int i = 0; i < CRASHES; i++)
        if (crashes[i] == number)
            sigaction(number, &run.before[i], NULL);
    /* A faulting instruction faults again when this returns. */
    if (info->si_code <= 0)
        raise(number);
}

static void catch_crashes(void)
{
    struct sigaction action = { .sa_sigaction = on_crash,
                                .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CRASHES; i++)
        WB_MUST_SYS(sigaction(crashes[i], &action, NULL));
}

/* Cmocka restores the handlers it knows, and SIGABRT is not among them. */
static void release_crashes(void)
{
    for (int i = 0; i < CRASHES; i++)
        WB_MUST_SYS(sigaction(crashes[i], &run.before[i], NULL));
}

static void remember_handlers(void)
{
    static char stack[ALT_STACK_BYTES]; /* for when the stack is the trouble */
    stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
    WB_MUST_SYS(sigaltstack(&alternative, NULL));
    for (int i = 0; i < CRASHES; i++)
        WB_MUST_SYS(sigaction(crashes[i], NULL, &run.before[i]));
}

/* exit(0) inside a test would pass for success, as no failure is counted. */
static void on_exit_inside_test(void)
{
    if (getpid() != run.pid || run.current == NULL)
        return;
    fflush(stdout);
    tell_crash("exit called", NULL);
    _exit(EXIT_FAILURE);
}

/* -- running ------------------------------------------------------------ */

static int set_up(void **state)
{
    run.current = *state;
    run.begun++;
    snprintf(run.test, NAME_MAX_BYTES, "%s", run.current->name);
    *state = run.current->initial_state;
    return run.current->setup_func != NULL ? run.current->setup_func(state) : 0;
}

static void judge_one(void **state)
{
    catch_crashes();
    run.current->test_func(state);
    run.passed++;
}

static int tear_down(void **state)
{
    release_crashes();
    int rc = run.current->teardown_func != NULL
                 ? run.current->teardown_func(state)
                 : 0;
    run.current = NULL;
    return rc;
}

static struct CMUnitTest *wrap(const struct CMUnitTest *tests, size_t n)
{
    struct CMUnitTest *wrapped = wb_alloc(n, sizeof(*wrapped));
    for (size_t i = 0; i < n; i++)
        wrapped[i] = (struct CMUnitTest){ tests[i].name, judge_one, set_up,
                                          tear_down, (void *)&tests[i] };
    return wrapped;
}

static int watchdog_seconds(void)
{
    const char *text = getenv("WB_WATCHDOG_SECONDS");
    if (text == NULL)
        return WATCHDOG_SECONDS;
    char *end;
    long seconds = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || seconds < 1 || seconds > 86400)
        wb_die("WB_WATCHDOG_SECONDS is \"%s\": set it to a number of seconds "
               "from 1 to 86400, or unset it",
               text);
    return (int)seconds;
}

static void prepare(void)
{
    run.pid = getpid();
    run.test = mmap(NULL, NAME_MAX_BYTES, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run.test == MAP_FAILED)
        wb_die("no memory for the name of a test: %s", strerror(errno));
    remember_handlers();
    WB_MUST(atexit(on_exit_inside_test));
    wb_watchdog_start(watchdog_seconds(), run.test);
}

/* The last word, for a run where no test has spoken. */
static int conclude(int failed, size_t n, const char *pattern)
{
    char message[MESSAGE_BYTES];
    size_t skipped = run.begun - run.passed;
    if (run.begun == 0) {
        snprintf(message, sizeof(message), "no test matches \"%s\"",
                 pattern != NULL ? pattern : "*");
        tell(WB_ASSERTION, message);
        return EXIT_FAILURE;
    }
    if (failed != 0 && !run.told) {
        snprintf(message, sizeof(message), "%d of %zu tests failed", failed, n);
        tell(WB_ASSERTION, message);
    }
    if (failed != 0)
        return EXIT_FAILURE;
    snprintf(message, sizeof(message), "tests passed: %zu, skipped: %zu",
             run.passed, skipped);
    tell(WB_CLEAN, message);
    return EXIT_SUCCESS;
}

int wb_run_tests(char **argv, const struct CMUnitTest *tests, size_t n)
{
    const char *name = argv[0] != NULL ? argv[0] : "tests";
    const char *pattern = argv[0] != NULL ? argv[1] : NULL;
    const char *slash = strrchr(name, '/');
    struct CMUnitTest *wrapped = wrap(tests, n);
    prepare();
    if (pattern != NULL)
        cmocka_set_test_filter(pattern);
    int failed = _cmocka_run_group_tests(slash != NULL ? slash + 1 : name,
                                         wrapped, n, NULL, NULL);
    free(wrapped);
    run.current = NULL;
    return conclude(failed, n, pattern);
}

/* -- judging ------------------------------------------------------------ */

const char *wb_candidate_source(void)
{
    const char *path = getenv("WB_CANDIDATE");
    if (path == NULL || path[0] == '\0')
        wb_fail(WB_ASSERTION, "WB_CANDIDATE is not set: set it to the path of "
                              "the C file to judge");
    if (access(path, R_OK) != 0)
        wb_fail(WB_ASSERTION,
                "WB_CANDIDATE is \"%s\", which cannot be read: %s", path,
                strerror(errno));
    return path;
}

void wb_run_watched(const char *const *argv, int64_t ms,
                    struct wb_subprocess_result *res)
{
    const struct wb_subprocess_options opt = {
        .argv = argv,
        .deadline = wb_deadline_in_ms(ms),
        .sweep = true,
    };
    int rc = wb_subprocess_run(&opt, res);
    if (rc >= 0)
        return;
    char why[sizeof(res->message)];
    memcpy(why, res->message, sizeof(why));
    wb_subprocess_result_free(res);
    wb_fail(WB_ASSERTION, "%s", why);
}

char *wb_scratch_path(char *dst, size_t size, const char *name)
{
    static const char *top; /* a test may set another TMPDIR */
    const char *tmp = getenv("TMPDIR");
    if (top == NULL)
        top = strdup(tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
    int n = snprintf(dst, size, "%s/%s-XXXXXX", top, name);
    wb_expect(n > 0 && (size_t)n < size, WB_ASSERTION, "TMPDIR is too long: %s",
              top);
    return dst;
}

void wb_expect_run(const char *const *argv, int64_t ms, int code,
                   const char *out, const char *err)
{
    struct wb_subprocess_result res;
    wb_run_watched(argv, ms, &res);
    if (res.outcome != WB_EXITED)
        fail_msg("%s", res.message);
    assert_string_equal(res.out, out);
    if (err != NULL)
        assert_string_equal(res.err, err);
    assert_int_equal(res.code, code);
    wb_subprocess_result_free(&res);
}

int wb_await_stuck(struct wb_subprocess *p, int64_t deadline)
{
    while (wb_subprocess_alive(p)) {
        int rc = wb_inspect_stuck(wb_subprocess_pid(p));
        if (rc != 0)
            return rc == 1 ? 0 : rc;
        if (wb_deadline_passed(deadline))
            return -ETIMEDOUT;
        poll(NULL, 0, 1);
    }
    return -ESRCH;
}

void wb_skip_if_hidden(int rc)
{
    if (rc != -EACCES && rc != -EPERM && rc != -ENOENT && rc != -ENOSYS)
        return;
    print_message("skipped: the kernel hides /proc/PID/syscall\n");
    skip();
}
