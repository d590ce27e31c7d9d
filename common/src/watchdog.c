/*
 * Say what a stuck test program is stuck in, and end it. See watchdog.h.
 */

#include "watchdog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"
#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum {
    THREADS_MAX = 256,
    SHOWN_MAX = 4,
    LOOKS = 10,
    BETWEEN_LOOKS_MS = 30,
    WITHOUT_PIDFD_MS = 100
};

/* A thread at the first look, and how often it had left a processor. */
struct seen {
    struct wb_blocked at;
    unsigned long switches;
};

struct scene {
    pid_t pid;
    const char *test;
    struct seen threads[THREADS_MAX];
    size_t n;
};

/* -- looking ------------------------------------------------------------ */

static void look(struct scene *s)
{
    char path[48];
    snprintf(path, sizeof(path), "/proc/%d/task", (int)s->pid);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    s->n = 0;
    while (dir != NULL && s->n < THREADS_MAX &&
           (entry = readdir(dir)) != NULL) {
        pid_t tid = atoi(entry->d_name);
        struct seen *t = &s->threads[s->n];
        if (tid <= 0 || wb_inspect_is_runtime(s->pid, tid))
            continue;
        t->switches = wb_inspect_switches(s->pid, tid);
        if (wb_thread_blocked(s->pid, tid, &t->at) != -ESRCH)
            s->n++;
    }
    if (dir != NULL)
        closedir(dir);
}

static bool is_any_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

/* Does it sleep in something only another thread or process can end? */
static bool waits_for_others(const struct wb_blocked *b)
{
    static const char *const always[] = { "futex",  "wait4",   "waitid",
                                          "accept", "accept4", NULL };
    static const char *const on_channel[] = { "read",     "write",   "readv",
                                              "writev",   "sendto",  "sendmsg",
                                              "recvfrom", "recvmsg", NULL };
    if (b->state != 'S' && b->state != 'D')
        return false;
    bool channel = strncmp(b->target, "pipe:", 5) == 0 ||
                   strncmp(b->target, "socket:", 7) == 0;
    return is_any_of(b->syscall, always) ||
           (channel && is_any_of(b->syscall, on_channel));
}

/* Has thread t run since the first look, or ended? */
static bool has_moved(const struct scene *s, const struct seen *t)
{
    struct wb_blocked now;
    return wb_thread_blocked(s->pid, t->at.tid, &now) < 0 ||
           !waits_for_others(&now) ||
           wb_inspect_switches(s->pid, t->at.tid) != t->switches;
}

/* The first thread that goes on, or NULL: look more than once, since one
 * that polls is asleep most of the time. */
static const struct seen *find_moving(const struct scene *s)
{
    for (int i = 0; i < LOOKS; i++) {
        for (size_t t = 0; t < s->n; t++)
            if (has_moved(s, &s->threads[t]))
                return &s->threads[t];
        poll(NULL, 0, BETWEEN_LOOKS_MS);
    }
    return NULL;
}

/* -- telling ------------------------------------------------------------ */

static void describe(const struct wb_blocked *b, char *text, size_t size)
{
    char on[96] = "";
    if (b->fd >= 0)
        snprintf(on, sizeof(on), " of descriptor %d (%s)", b->fd, b->target);
    snprintf(text, size, "%s in %s%s", b->name, b->syscall, on);
}

static void tell_threads(const struct scene *s, int seconds)
{
    dprintf(STDOUT_FILENO,
            "\nwatchdog: %s has not ended after %d s; its threads:\n", s->test,
            seconds);
    for (size_t i = 0; i < s->n; i++) {
        char text[192];
        const struct wb_blocked *b = &s->threads[i].at;
        describe(b, text, sizeof(text));
        dprintf(STDOUT_FILENO, "watchdog:   %d %s, state %c%s%s\n", (int)b->tid,
                text, b->state, b->wchan[0] ? ", wchan " : "", b->wchan);
    }
}

static void tell_verdict(const struct scene *s)
{
    char text[192], all[1024] = "";
    const struct seen *moving = find_moving(s);
    for (size_t i = 0; moving == NULL && i < s->n && i < SHOWN_MAX; i++) {
        size_t end = strlen(all);
        describe(&s->threads[i].at, text, sizeof(text));
        snprintf(all + end, sizeof(all) - end, "%s%s", i > 0 ? "; " : "", text);
    }
    if (moving == NULL) {
        dprintf(STDOUT_FILENO,
                "verdict: %s: %s: %zu thread%s, all waiting: %s%s\n",
                wb_verdict_name(WB_DEADLOCK), s->test, s->n,
                s->n == 1 ? "" : "s", all, s->n > SHOWN_MAX ? "; ..." : "");
        return;
    }
    describe(&moving->at, text, sizeof(text));
    dprintf(STDOUT_FILENO, "verdict: %s: %s: still going on: %s\n",
            wb_verdict_name(WB_LIVELOCK), s->test, text);
}

/* Kill pid and its descendants, as far as they can be seen. */
static void kill_tree(pid_t pid)
{
    struct wb_proc_stat *all;
    size_t n;
    int rc = wb_proc_scan(&all, &n);
    kill(pid, SIGKILL);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (all[i].ppid == pid)
            kill_tree(all[i].pid);
    if (rc == 0)
        free(all);
}

/* -- the watchdog's process ---------------------------------------------- */

/* Wait for the end of the owner. Returns whether it came in time. Where the
 * kernel, or valgrind, has no pidfd, look whether it is there now and then. */
static bool await_end(pid_t owner, int pidfd, int seconds)
{
    int64_t deadline = wb_deadline_in_ms(1000 * (int64_t)seconds);
    struct pollfd end = { pidfd, POLLIN, 0 };
    while (!wb_deadline_passed(deadline)) {
        int ms = wb_deadline_poll_ms(deadline);
        if (pidfd < 0 && ms > WITHOUT_PIDFD_MS)
            ms = WITHOUT_PIDFD_MS;
        if (poll(&end, 1, ms) > 0 || kill(owner, 0) != 0)
            return true;
    }
    return false;
}

/* Hold nothing open that a test might want to see closed. */
static void keep_only(int pidfd)
{
    int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(pidfd, 3);
    syscall(SYS_close_range, 4u, ~0u, 0u);
}

static void watch(pid_t owner, int pidfd, int seconds, const char *test_name)
{
    static struct scene scene;
    keep_only(pidfd);
    if (await_end(owner, pidfd < 0 ? -1 : 3, seconds))
        return;
    scene.pid = owner;
    scene.test = test_name[0] != '\0' ? test_name : "(no test)";
    look(&scene);
    tell_threads(&scene, seconds);
    tell_verdict(&scene);
    kill_tree(owner);
}

void wb_watchdog_start(int seconds, const char *test_name)
{
    pid_t owner = getpid();
    int pidfd = (int)syscall(SYS_pidfd_open, owner, 0);
    fflush(NULL);
    pid_t between = WB_MUST_SYS(fork());
    if (between == 0) {
        if (fork() == 0)
            watch(owner, pidfd, seconds, test_name);
        _exit(0);
    }
    if (pidfd >= 0)
        close(pidfd);
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
        ;
#ifdef PR_SET_PTRACER
    /* Where Yama restricts ptrace, only those we name may read /proc/PID/
     * syscall. Elsewhere this fails, and is not needed. */
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
#endif
}
