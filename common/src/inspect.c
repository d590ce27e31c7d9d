/*
 * Families of processes and their pipes. See wb/inspect.h.
 */

#include "wb/inspect.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"

enum { FAMILY_MAX = 64, LONG_MS = 60000 };

/* -- one thread --------------------------------------------------------- */

unsigned long wb_inspect_switches(pid_t pid, pid_t tid)
{
    char text[4096];
    unsigned long voluntary = 0, forced = 0;
    if (wb_proc_read(text, sizeof(text), "/proc/%d/task/%d/status", (int)pid,
                     (int)tid) < 0)
        return 0;
    const char *line = strstr(text, "\nvoluntary_ctxt_switches:");
    if (line != NULL)
        sscanf(line, " voluntary_ctxt_switches: %lu", &voluntary);
    line = strstr(text, "\nnonvoluntary_ctxt_switches:");
    if (line != NULL)
        sscanf(line, " nonvoluntary_ctxt_switches: %lu", &forced);
    return voluntary + forced;
}

/* Its watcher looks at others, and they do not depend on it; wb/heart.h. */
static bool is_watcher(const char *status)
{
    static const char name[] = "Name:\t" WB_WATCHER_NAME "\n";
    return strncmp(status, name, sizeof(name) - 1) == 0;
}

/*
 * ThreadSanitizer has a thread of its own that wakes now and then. It blocks
 * every signal but KILL, STOP and SYS, for which no thread of a test has a
 * reason while it sleeps. (One that starts or ends blocks them as well, for a
 * moment in which it is about to run.)
 */
bool wb_inspect_is_runtime(pid_t pid, pid_t tid)
{
    char text[4096];
    const unsigned long long nearly_all = 0x3ffbfeff;
    unsigned long long blocked = 0;
    if (pid == tid ||
        wb_proc_read(text, sizeof(text), "/proc/%d/task/%d/status", (int)pid,
                     (int)tid) < 0)
        return false;
    if (is_watcher(text))
        return true;
    const char *line = strstr(text, "\nSigBlk:");
    if (line != NULL && strstr(text, "\nState:\tS") != NULL)
        sscanf(line, " SigBlk: %llx", &blocked);
    return (blocked & nearly_all) == nearly_all;
}

/* May the clock end this call? For a futex, the fourth argument is the time
 * it waits at most; for poll() the third, for epoll_wait() the fourth. */
static bool is_endless(const char *call, const unsigned long *argument)
{
    static const char *const always[] = {
        "read",  "write",   "readv",    "writev", "wait4",   "waitid",
        "pause", "recvmsg", "sendmsg",  "accept", "accept4", "rt_sigsuspend",
        "flock", "splice",  "recvfrom", "sendto"
    };
    if (strcmp(call, "futex") == 0)
        return argument[3] == 0;
    if (strcmp(call, "poll") == 0)
        return (int)argument[2] < 0 || (int)argument[2] > LONG_MS;
    if (strncmp(call, "epoll_", 6) == 0)
        return (int)argument[3] < 0 || (int)argument[3] > LONG_MS;
    if (strcmp(call, "ppoll") == 0)
        return argument[2] == 0;
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        if (strcmp(call, always[i]) == 0)
            return true;
    return false;
}

/* @return 1 when the thread sleeps in a call that only others can end */
static int sleeps(pid_t pid, pid_t tid)
{
    struct wb_blocked at;
    unsigned long argument[4] = { 0 };
    char text[256];
    int rc = wb_thread_blocked(pid, tid, &at);
    if (rc < 0)
        return rc;
    rc = wb_proc_read(text, sizeof(text), "/proc/%d/task/%d/syscall", (int)pid,
                      (int)tid);
    if (rc < 0)
        return rc;
    if (sscanf(text, "%*d %lx %lx %lx %lx", &argument[0], &argument[1],
               &argument[2], &argument[3]) != 4)
        return 0;
    return at.state == 'S' && is_endless(at.syscall, argument);
}

/* -- a family ----------------------------------------------------------- */

int wb_inspect_children(pid_t pid, pid_t *pids, size_t max)
{
    struct wb_proc_stat *all, self;
    size_t n, found = 0;
    int rc = wb_proc_stat(pid, &self);
    if (rc == 0)
        rc = wb_proc_scan(&all, &n);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (all[i].ppid == pid && found++ < max)
            pids[found - 1] = all[i].pid;
    free(all);
    return (int)found;
}

/* A family, while it is looked at. */
struct family {
    pid_t pid[FAMILY_MAX];
    size_t n;
    pid_t except;
    uint64_t mark; /* of the threads, and of how often each had run */
};

static int list_family(pid_t root, struct family *f)
{
    f->pid[0] = root;
    f->n = 1;
    for (size_t i = 0; i < f->n; i++) {
        int rc =
            wb_inspect_children(f->pid[i], f->pid + f->n, FAMILY_MAX - f->n);
        if (rc > (int)(FAMILY_MAX - f->n))
            return -E2BIG;
        if (rc > 0)
            f->n += (size_t)rc;
    }
    return 0;
}

/* FNV-1a, by Fowler, Noll and Vo, over whole words. */
static void add_to_mark(struct family *f, uint64_t word)
{
    f->mark = (f->mark ^ word) * 0x100000001b3;
}

/*
 * Each thread is counted after it was seen asleep. When a second look finds it
 * asleep with the same count, it has not run from the first count to that look.
 * One that is gone before it was seen has run: to its end.
 */
static int look_at_thread(pid_t pid, pid_t tid, struct family *f)
{
    if (tid <= 0 || tid == f->except || wb_inspect_is_runtime(pid, tid))
        return 1;
    int rc = sleeps(pid, tid);
    add_to_mark(f, (uint64_t)tid);
    add_to_mark(f, wb_inspect_switches(pid, tid));
    return rc == -ESRCH ? 0 : rc;
}

/*
 * @return 1 when all threads of pid sleep. A dead leader is the end of a
 * process only when no other thread is left.
 */
static int look_at(pid_t pid, struct family *f)
{
    char path[40];
    const struct dirent *entry;
    struct wb_proc_stat leader;
    int rc = wb_proc_stat(pid, &leader);
    if (rc < 0)
        return rc;
    if (wb_proc_is_dead(&leader))
        return wb_proc_threads(pid) <= 1;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return errno == ENOENT ? -ESRCH : -errno;
    rc = 1;
    while (rc == 1 && (entry = readdir(dir)) != NULL)
        rc = look_at_thread(pid, atoi(entry->d_name), f);
    closedir(dir);
    return rc;
}

int wb_inspect_look(pid_t pid, pid_t except, uint64_t *mark)
{
    struct family f = { .except = except, .mark = 0xcbf29ce484222325 };
    int rc = list_family(pid, &f);
    if (rc == 0)
        rc = 1;
    for (size_t i = 0; i < f.n && rc == 1; i++) {
        add_to_mark(&f, (uint64_t)f.pid[i]);
        rc = look_at(f.pid[i], &f);
        if (rc == -ESRCH && i > 0)
            rc = 0;
    }
    *mark = f.mark;
    return rc;
}

int wb_inspect_stuck(pid_t pid)
{
    uint64_t marks[2];
    struct wb_proc_stat self;
    for (int i = 0; i < 2; i++) {
        int rc = wb_inspect_look(pid, 0, &marks[i]);
        if (rc != 1)
            return rc;
    }
    /* One that has ended looks asleep, and for it all is well. */
    int rc = wb_proc_stat(pid, &self);
    if (rc < 0 || wb_proc_is_dead(&self))
        return rc < 0 ? rc : -ESRCH;
    return marks[0] == marks[1];
}

/* -- a pipe ------------------------------------------------------------- */

/* The owner's bits of the link say what its descriptor was opened for. */
static bool is_end(const char *path, const char *pipe, bool writer)
{
    char target[64];
    struct stat st;
    ssize_t n = readlink(path, target, sizeof(target) - 1);
    target[n > 0 ? n : 0] = '\0';
    return strcmp(target, pipe) == 0 && lstat(path, &st) == 0 &&
           (st.st_mode & (writer ? S_IWUSR : S_IRUSR)) != 0;
}

static bool holds(pid_t pid, const char *pipe, bool writer)
{
    char path[64];
    const struct dirent *entry;
    bool found = false;
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    DIR *dir = opendir(path);
    while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid,
                 atoi(entry->d_name));
        found = is_end(path, pipe, writer);
    }
    if (dir != NULL)
        closedir(dir);
    return found;
}

int wb_inspect_holders(const char *pipe, bool writers, pid_t *pids, size_t max)
{
    struct wb_proc_stat *all;
    size_t n, found = 0;
    int rc = wb_proc_scan(&all, &n);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (holds(all[i].pid, pipe, writers) && found++ < max)
            pids[found - 1] = all[i].pid;
    free(all);
    return (int)found;
}
