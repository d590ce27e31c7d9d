#ifndef DESK_H
#define DESK_H

/* The desk of exercise 06 as the judge runs it: in a process of its own, so
 * that its limits, its threads and its descriptors are its own, and so that
 * it may crash. What happens there is told through memory that is shared. */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum {
    FD_MAX = 256,
    LATE_MS = 2000,
    PATIENCE_MS = 10000,
    LOOKS = 5,
    NO_STACK = -1,
    STACK = 8 << 20
};

/* What both processes see. */
struct desk {
    struct wb_gauge finding; /* customers in find() */
    int listener, port;      /* const while the desk runs */
    int clerks;              /* const while the desk runs */
    int descriptors;         /* before serve() */
    _Atomic int returned;    /* atomic: publishes what serve() has left */
    int own_threads;         /* main, and those of a sanitizer */
    int rc, threads_left, fds_left;
};

static struct desk *desk;

/* Each process has its own of these. */
static int desk_gate[2] = { -1, -1 }; /* find("wait") waits for its end */
static bool is_customer[FD_MAX];      /* by descriptor: the judge's only */
static pid_t desk_pid;                /* the judge's only; 0: it has ended */

/* -- in the desk's process ------------------------------------------------ */

static int find(const char *question, char answer[LINE_BYTES])
{
    char byte;

    if (strcmp(question, "fail") == 0)
        return -ENOENT;
    snprintf(answer, LINE_BYTES, "%s", question);
    wb_gauge_enter(&desk->finding);
    if (strncmp(question, "wait", 4) == 0)
        while (read(desk_gate[0], &byte, 1) < 0 && errno == EINTR)
            ;
    wb_gauge_leave(&desk->finding);
    /* Whoever was inside with us has written on nothing of ours. */
    if (strcmp(answer, question) != 0)
        snprintf(answer, LINE_BYTES, "what another wrote there");
    return 0;
}

static bool others_sleep_on(void)
{
    uint64_t before, after;

    return wb_inspect_look(getpid(), gettid(), &before) == 1 &&
           poll(NULL, 0, 1) == 0 &&
           wb_inspect_look(getpid(), gettid(), &after) == 1 && before == after;
}

#ifdef __SANITIZE_THREAD__
static void *be_first(void *unused)
{
    return unused;
}
#endif

/* ThreadSanitizer starts threads of its own, one with the first of ours. */
static int count_own_threads(void)
{
#ifdef __SANITIZE_THREAD__
    pthread_t first;

    WB_MUST(pthread_create(&first, NULL, be_first, NULL));
    WB_MUST(pthread_join(first, NULL));
    while (!others_sleep_on())
        continue;
#endif
    return wb_proc_threads(getpid());
}

/* One that was joined may take a moment to go; one that sleeps stays. */
static int count_threads_left(void)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);

    while (wb_proc_threads(getpid()) > desk->own_threads &&
           !wb_deadline_passed(deadline) && !others_sleep_on())
        continue;
    return wb_proc_threads(getpid()) - desk->own_threads;
}

static void limit_stacks(int stacks)
{
    long pages = 0;
    FILE *in = fopen("/proc/self/statm", "re");
    pthread_attr_t attr;

    if (in == NULL || fscanf(in, "%ld", &pages) != 1)
        _exit(3);
    fclose(in);
    rlim_t bytes = (rlim_t)(pages * sysconf(_SC_PAGESIZE)) +
                   (rlim_t)stacks * STACK + STACK / 2;
    const struct rlimit limit = { bytes, bytes };
    WB_MUST(pthread_attr_init(&attr));
    WB_MUST(pthread_attr_setstacksize(&attr, STACK));
    WB_MUST(pthread_setattr_default_np(&attr));
    WB_MUST_SYS(setrlimit(RLIMIT_AS, &limit));
}

static _Noreturn void be_desk(int stacks)
{
    int before;

    signal(SIGPIPE, SIG_DFL);
    close(desk_gate[1]);
    before = desk->descriptors = wb_proc_descriptors(getpid());
    desk->own_threads = count_own_threads();
    if (stacks != 0)
        limit_stacks(stacks == NO_STACK ? 0 : stacks);
    desk->rc = serve(desk->listener, desk->clerks, find);
    desk->threads_left = count_threads_left();
    desk->fds_left = wb_proc_descriptors(getpid()) - before;
    desk->returned = 1;
    _exit(0);
}

/* -- in the judge's ------------------------------------------------------- */

/* stacks: what it has memory for besides; NO_STACK: none; 0: no limit */
static void open_desk(int clerks, int stacks)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);

    *desk = (struct desk){ .clerks = clerks };
    desk->listener = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM, 0));
    WB_MUST_SYS(bind(desk->listener, (struct sockaddr *)&at, sizeof(at)));
    WB_MUST_SYS(listen(desk->listener, 128));
    WB_MUST_SYS(getsockname(desk->listener, (struct sockaddr *)&at, &size));
    desk->port = ntohs(at.sin_port);
    WB_MUST_SYS(pipe(desk_gate));
    fflush(NULL);
    desk_pid = WB_MUST_SYS(fork());
    if (desk_pid == 0)
        be_desk(stacks);
    close(desk_gate[0]);
    desk_gate[0] = -1;
}

static void open_gate(void)
{
    if (desk_gate[1] >= 0)
        close(desk_gate[1]);
    desk_gate[1] = -1;
}

/* The verdict of a process that has ended otherwise than be_desk() does. */
static void judge_death(int status)
{
    if (WIFSIGNALED(status))
        wb_fail(WB_CRASH, "the desk was ended by signal %s",
                sigabbrev_np(WTERMSIG(status)));
    wb_expect(desk->returned, WB_CRASH, "the desk ended with exit status %d",
              WEXITSTATUS(status));
}

/* Has the desk's process ended? If it crashed, that is the verdict. */
static bool is_gone(void)
{
    int status;

    if (desk_pid > 0 && waitpid(desk_pid, &status, WNOHANG) == desk_pid) {
        desk_pid = 0;
        judge_death(status);
    }
    return desk_pid == 0;
}

/* What was sent by a customer stands in its queue until the desk's side of the
 * connection has it, however late the kernel delivers. If that side is gone,
 * it stands there for ever. */
static bool is_under_way(void)
{
    int unsent;

    for (int fd = 0; fd < FD_MAX; fd++) {
        struct pollfd end = { .fd = fd };

        if (is_customer[fd] && poll(&end, 1, 0) == 0 &&
            ioctl(fd, SIOCOUTQ, &unsent) == 0 && unsent > 0)
            return true;
    }
    return false;
}

/* Until all threads of the desk sleep, and go on sleeping for some looks, so
 * that nothing is under way to them; or until `ready` has something to read.
 * @return whether all sleep */
static bool await_rest(int ready)
{
    uint64_t mark = 0, last = 1;

    for (int looks = 0; looks < LOOKS && !is_gone();) {
        struct pollfd at = { .fd = ready, .events = POLLIN };

        if (poll(&at, 1, 3) > 0)
            return false;
        int rc = wb_inspect_look(desk_pid, 0, &mark);
        wb_skip_if_hidden(rc);
        bool same = rc == 1 && mark == last && !is_under_way();
        looks = same ? looks + 1 : 0;
        last = rc == 1 ? mark : 0;
    }
    return true;
}

/* End it, whatever a test has left of it. */
static int close_desk(void **state)
{
    (void)state;
    if (desk_pid > 0) {
        kill(desk_pid, SIGKILL);
        waitpid(desk_pid, NULL, 0);
    }
    open_gate();
    close(desk->listener);
    return 0;
}

/* -- customers ------------------------------------------------------------ */

static int come(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)desk->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM, 0));

    WB_MUST_SYS(connect(fd, (struct sockaddr *)&to, sizeof(to)));
    if (fd < FD_MAX)
        is_customer[fd] = true;
    return fd;
}

static void go(int fd)
{
    if (fd < FD_MAX)
        is_customer[fd] = false;
    close(fd);
}

static void say(int fd, const char *line)
{
    WB_MUST_SYS((int)send(fd, line, strlen(line), MSG_NOSIGNAL));
}

static void expect_answer(int fd, const char *question, const char *answer)
{
    char line[LINE_BYTES] = "";
    size_t n = 0;
    ssize_t got = 1;

    while (got > 0 && n < sizeof(line) - 1 && memchr(line, '\n', n) == NULL) {
        struct pollfd late = { .fd = fd, .events = POLLIN };

        /* The answer may be on its way to us. */
        wb_expect(!await_rest(fd) || poll(&late, 1, LATE_MS) > 0, WB_DEADLOCK,
                  "\"%s\" gets no answer: all threads of the desk sleep",
                  question);
        got = read(fd, line + n, sizeof(line) - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    line[strcspn(line, "\n")] = '\0';
    go(fd);
    wb_expect(strcmp(line, answer) == 0, WB_WRONG_ANSWER,
              "\"%s\" gets %s%s%s, expected \"%s\"", question,
              n > 0 ? "\"" : "no answer", line, n > 0 ? "\"" : "", answer);
}

static void expect_nothing_left(void)
{
    wb_expect(desk->threads_left == 0, WB_LEAKED_THREAD,
              "serve() came back, and %d of its threads are left",
              desk->threads_left);
    wb_expect(desk->fds_left == 0, WB_LEAKED_DESCRIPTOR,
              "serve() came back, and %d more descriptors are open than before",
              desk->fds_left);
    wb_expect(desk->rc == 0, WB_WRONG_ANSWER, "serve() gave %d, expected 0",
              desk->rc);
}

/* The desk is closed, and all that it has made is gone. */
static void expect_end(void)
{
    wb_expect(!is_gone(), WB_WRONG_ANSWER, "serve() came back before its end");
    WB_MUST_SYS(shutdown(desk->listener, SHUT_RDWR));
    wb_expect(await_rest(-1) && is_gone(), WB_DEADLOCK,
              "the listener is closed, and serve() does not come back");
    expect_nothing_left();
}

#endif
