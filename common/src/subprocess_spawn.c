/*
 * Starting a program: its three descriptors, and posix_spawn(), which does
 * not copy a large parent as fork() does. See subprocess_impl.h.
 *
 * Everything opened here is close-on-exec from its first moment, so that no
 * other thread's child inherits it, and lies above 2, so that putting it in
 * its place in the child overwrites nothing that is still needed.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"
#include "subprocess_impl.h"
#include "wb/base.h"
#include "wb/trace.h"

enum { THREAD_ROOM = 1024 };

/* The child's ends of stdin, stdout and stderr, all above 2 and owned. */
struct child_ends {
    int fd[3];
};

void wb_subprocess_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int wb_subprocess_above_stdio(int fd)
{
    if (fd < 0)
        return -errno;
    if (fd > 2)
        return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    int rc = moved < 0 ? -errno : moved;
    close(fd);
    return rc;
}

static int duplicate(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return copy < 0 ? -errno : copy;
}

static int open_above_stdio(const char *path, int flags)
{
    return wb_subprocess_above_stdio(open(path, flags | O_CLOEXEC, 0666));
}

/* Our end never blocks us: poll() says when it is worth a try. */
static int make_pipe(int *ours, int *theirs, bool we_write)
{
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0)
        return -errno;
    int read_end = wb_subprocess_above_stdio(fd[0]);
    int write_end = wb_subprocess_above_stdio(fd[1]);
    *ours = we_write ? write_end : read_end;
    *theirs = we_write ? read_end : write_end;
    int rc = *ours < 0 ? *ours : *theirs < 0 ? *theirs : 0;
    if (rc == 0 && fcntl(*ours, F_SETFL, O_NONBLOCK) != 0)
        rc = -errno;
    if (rc < 0) {
        wb_subprocess_close(ours);
        wb_subprocess_close(theirs);
    }
    return rc;
}

static int open_input(struct wb_subprocess *p,
                      const struct wb_subprocess_options *opt, int given,
                      int *theirs)
{
    if (given >= 0)
        return *theirs = duplicate(given);
    if (opt->input == NULL)
        return *theirs = open_above_stdio("/dev/null", O_RDONLY);
    p->input = opt->input;
    p->input_left = opt->input_size;
    return make_pipe(&p->in, theirs, true);
}

static int open_output(struct wb_capture *capture, const char *path,
                       bool discard, int given, int *theirs)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC;
    if (given >= 0)
        *theirs = duplicate(given);
    if (given >= 0 && *theirs != -EBADF) /* nobody's output goes nowhere */
        return *theirs;
    if (path != NULL)
        return *theirs = open_above_stdio(path, flags);
    if (discard || given >= 0)
        return *theirs = open_above_stdio("/dev/null", O_WRONLY);
    return make_pipe(&capture->fd, theirs, false);
}

static int open_ends(struct wb_subprocess *p,
                     const struct wb_subprocess_options *opt, int in_fd,
                     int out_fd, struct child_ends *ends, const char **what)
{
    *what = "its input";
    int rc = open_input(p, opt, in_fd, &ends->fd[0]);
    if (rc < 0)
        return rc;
    *what = opt->out_path != NULL ? opt->out_path : "its output";
    if (opt->inherit && out_fd < 0)
        out_fd = STDOUT_FILENO;
    rc =
        open_output(&p->out, opt->out_path, opt->discard, out_fd, &ends->fd[1]);
    if (rc < 0)
        return rc;
    *what = opt->err_path != NULL ? opt->err_path : "its error output";
    int err_fd = opt->inherit ? STDERR_FILENO : -1;
    return open_output(&p->err, opt->err_path, opt->discard, err_fd,
                       &ends->fd[2]);
}

/* The child starts with a clean slate: no signal blocked, and those a caller
 * may have set to be ignored back to what a program expects. */
static int set_attributes(posix_spawnattr_t *attr)
{
    static const int defaults[] = { SIGPIPE, SIGINT,  SIGQUIT,
                                    SIGTERM, SIGCHLD, SIGHUP };
    sigset_t none, back;
    sigemptyset(&none);
    sigemptyset(&back);
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        sigaddset(&back, defaults[i]);
    int rc = posix_spawnattr_setsigmask(attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(attr, &back);
    if (rc == 0)
        rc = posix_spawnattr_setpgroup(attr, 0);
    if (rc == 0)
        rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
                                                POSIX_SPAWN_SETSIGMASK |
                                                POSIX_SPAWN_SETSIGDEF);
    return -rc;
}

static int set_actions(posix_spawn_file_actions_t *actions,
                       const struct wb_subprocess_options *opt,
                       const struct child_ends *ends)
{
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = posix_spawn_file_actions_adddup2(actions, ends->fd[i], i);
    if (rc == 0 && opt->pass_fd > 0) /* onto itself: not closed on exec */
        rc = posix_spawn_file_actions_adddup2(actions, opt->pass_fd,
                                              opt->pass_fd);
    if (rc == 0 && opt->cwd != NULL)
        rc = posix_spawn_file_actions_addchdir_np(actions, opt->cwd);
    return -rc;
}

static int spawn(struct wb_subprocess *p,
                 const struct wb_subprocess_options *opt,
                 const struct child_ends *ends)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    char **env = opt->env != NULL ? (char **)opt->env : environ;
    int rc = -posix_spawn_file_actions_init(&actions);
    if (rc < 0)
        return rc;
    rc = -posix_spawnattr_init(&attr);
    if (rc < 0)
        goto out_actions;
    rc = set_attributes(&attr);
    if (rc == 0)
        rc = set_actions(&actions, opt, ends);
    if (rc == 0)
        rc = -posix_spawnp(&p->pid, opt->argv[0], &actions, &attr,
                           (char **)opt->argv, env);
    posix_spawnattr_destroy(&attr);
out_actions:
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

/* Without one its end could not be watched: then it must not run. */
static int open_pidfd(struct wb_subprocess *p)
{
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    if (p->pidfd >= 0)
        return 0;
    int rc = -errno;
    kill(-p->pid, SIGKILL);
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return rc;
}

/*
 * A fork bomb can be faster than whoever counts it. Where the kernel keeps
 * RLIMIT_NPROC, which it does not for root, this bounds how far it gets: what
 * runs on the machine now, its cap, and room for threads. Best effort.
 */
static void limit_processes(const struct wb_subprocess *p)
{
    unsigned crowd = wb_proc_crowd();
    struct rlimit limit;
    if (crowd == 0 || prlimit(p->pid, RLIMIT_NPROC, NULL, &limit) != 0)
        return;
    rlim_t most = crowd + p->processes_max + THREAD_ROOM;
    if (limit.rlim_cur > most)
        limit.rlim_cur = most;
    if (limit.rlim_max > most)
        limit.rlim_max = most;
    prlimit(p->pid, RLIMIT_NPROC, &limit, NULL);
}

static int spawn_and_enlist(struct wb_subprocess *p,
                            const struct wb_subprocess_options *opt,
                            const struct child_ends *ends)
{
    wb_subprocess_lock();
    int rc = p->sweep ? wb_subprocess_adopt_locked(p) : 0;
    if (rc == 0)
        rc = spawn(p, opt, ends);
    if (rc == 0)
        rc = open_pidfd(p);
    if (rc == 0)
        wb_subprocess_enlist_locked(p);
    else
        wb_subprocess_disown_locked(p);
    wb_subprocess_unlock();
    if (rc == 0 && p->processes_max > 0)
        limit_processes(p);
    return rc;
}

/* Say what kept it from being started. Only a missing command is -ENOENT by
 * that name; a missing directory or file is named instead. */
static void explain(const struct wb_subprocess_options *opt, int rc,
                    const char *what, struct wb_subprocess_result *res)
{
    *res = (struct wb_subprocess_result){ .outcome = WB_NOT_RUN, .code = rc };
    res->out = wb_alloc(1, 1);
    res->err = wb_alloc(1, 1);
    const char *name = opt->argv[0];
    if (what != NULL)
        snprintf(res->message, sizeof(res->message), "%s: cannot open %s: %s",
                 name, what, strerror(-rc));
    else if (opt->cwd != NULL && access(opt->cwd, X_OK) != 0)
        snprintf(res->message, sizeof(res->message), "%s: cannot run in %s: %s",
                 name, opt->cwd, strerror(errno));
    else if (rc == -ENOENT)
        snprintf(res->message, sizeof(res->message), "%s: command not found%s",
                 name, strchr(name, '/') == NULL ? " in PATH" : "");
    else
        snprintf(res->message, sizeof(res->message), "%s: cannot start: %s",
                 name, strerror(-rc));
}

/* In a trace each child has a track, and on it one span, which is its life. */
static void trace_birth(struct wb_subprocess *p)
{
    static atomic_int children; /* atomic: each has a number of its own */
    char name[WB_TRACE_NAME_MAX];
    const char *slash = strrchr(p->name, '/');
    const char *program = slash != NULL ? slash + 1 : p->name;

    if (!WB_TRACE_IS_ON)
        return;
    snprintf(name, sizeof(name), "child %d",
             atomic_fetch_add(&children, 1) + 1);
    p->track = wb_trace_track(name);
    if (strcmp(p->name, "/proc/self/exe") == 0)
        program = program_invocation_short_name;
    wb_trace_put(p->track, 'B', program, "pid", p->pid);
}

static struct wb_subprocess *make(const struct wb_subprocess_options *opt)
{
    struct wb_subprocess *p = wb_alloc(1, sizeof(*p));
    p->deadline = opt->deadline != 0 ? opt->deadline : WB_FOREVER;
    p->output_max =
        opt->output_max != 0 ? opt->output_max : WB_SUBPROCESS_OUTPUT_MAX;
    p->processes_max = opt->processes_max;
    p->sweep = opt->sweep;
    p->pidfd = p->in = p->out.fd = p->err.fd = p->track = -1;
    p->name = wb_alloc(strlen(opt->argv[0]) + 1, 1);
    strcpy(p->name, opt->argv[0]);
    return p;
}

int wb_subprocess_start(const struct wb_subprocess_options *opt, int in_fd,
                        int out_fd, struct wb_subprocess **out,
                        struct wb_subprocess_result *res)
{
    if (opt->argv == NULL || opt->argv[0] == NULL)
        wb_misuse("wb_subprocess: no command given in argv");
    struct wb_subprocess *p = make(opt);
    struct child_ends ends = { { -1, -1, -1 } };
    const char *what = NULL;
    int rc = open_ends(p, opt, in_fd, out_fd, &ends, &what);
    if (rc >= 0) {
        what = NULL;
        wb_subprocess_raise(p);
        rc = spawn_and_enlist(p, opt, &ends);
        if (rc < 0)
            wb_subprocess_lower(p);
    }
    for (int i = 0; i < 3; i++)
        wb_subprocess_close(&ends.fd[i]);
    if (rc < 0) {
        explain(opt, rc, what, res);
        p->done = true;
        wb_subprocess_free(p);
        return rc;
    }
    trace_birth(p);
    *out = p;
    return 0;
}
