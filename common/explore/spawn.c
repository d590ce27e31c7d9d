/* spawn.c: vfork, because a fork copies the page tables of a large parent, and
 * because posix_spawn() can set neither the parent-death signal nor the
 * personality. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Older libraries and headers lack the call, older kernels refuse it: then the
 * program may see descriptors that others have left open in this process. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
enum { CLOSE_ON_EXEC = 4 };

struct launch {
    const struct wbx_command *command;
    pid_t parent;
    int error_fd;
};

static void set_up_descriptors(const struct wbx_command *c, int error_fd)
{
    int in = open("/dev/null", O_RDONLY);

    if (in < 0 || dup2(in, 0) < 0 || dup2(c->output_fd, 1) < 0 ||
        dup2(c->output_fd, 2) < 0)
        return;
    syscall(SYS_close_range, 3u, ~0u, CLOSE_ON_EXEC);
    if (c->kept_fd >= 0)
        fcntl(c->kept_fd, F_SETFD, 0);
    fcntl(error_fd, F_SETFD, FD_CLOEXEC);
}

/* Runs in the child, on the parent's memory: system calls only. */
static void child_main(const struct launch *l)
{
    const struct wbx_command *c = l->command;
    const struct rlimit no_core = { 0, 0 };
    char *const *envp = c->envp != NULL ? c->envp : environ;
    sigset_t none;
    int error;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != l->parent)
        _exit(127);
    personality(ADDR_NO_RANDOMIZE);
    setrlimit(RLIMIT_CORE, &no_core);
    set_up_descriptors(c, l->error_fd);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (c->program_fd >= 0)
        fexecve(c->program_fd, (char *const *)c->argv, envp);
    else
        execvpe(c->argv[0], (char *const *)c->argv, envp);
    error = errno;
    if (write(l->error_fd, &error, sizeof(error)) < 0)
        _exit(126);
    _exit(127);
}

/* Signals wait meanwhile: a handler must not run in a child that shares our
 * memory. */
static __attribute__((noinline)) pid_t start(const struct launch *l)
{
    sigset_t all, old;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid = vfork();
    if (pid == 0)
        child_main(l);
    if (pid < 0)
        pid = -errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return pid;
}

int wbx_spawn_high_fd(int fd)
{
    int high;

    if (fd < 0)
        return -errno;
    if (fd > 2)
        return fd;
    high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (high < 0)
        high = -errno;
    close(fd);
    return high;
}

static ssize_t read_error(int fd, int *error)
{
    ssize_t n;

    do
        n = read(fd, error, sizeof(*error));
    while (n < 0 && errno == EINTR);
    return n;
}

pid_t wbx_spawn(const struct wbx_command *command)
{
    int fds[2], error = 0, status;
    struct launch l = { .command = command, .parent = getpid() };
    pid_t pid;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    fds[0] = wbx_spawn_high_fd(fds[0]);
    fds[1] = wbx_spawn_high_fd(fds[1]);
    l.error_fd = fds[1];
    pid = fds[0] < 0 || fds[1] < 0 ? -EMFILE : start(&l);
    close(fds[1]);
    if (pid > 0 && read_error(fds[0], &error) == sizeof(error)) {
        wbx_spawn_wait(pid, -1, &status);
        pid = -error;
    }
    close(fds[0]);
    return pid;
}

static void reap(pid_t pid, int *status)
{
    while (waitpid(pid, status, 0) < 0)
        if (errno != EINTR) {
            *status = -1;
            return;
        }
}

bool wbx_spawn_wait(pid_t pid, int timeout_ms, int *status)
{
    struct pollfd p = { .events = POLLIN };
    int n = 1;

    if (timeout_ms >= 0) {
        p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (p.fd >= 0) {
            n = poll(&p, 1, timeout_ms);
            close(p.fd);
        }
    }
    if (n <= 0)
        return false;
    reap(pid, status);
    return true;
}

void wbx_spawn_kill(pid_t pid)
{
    int status;

    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    reap(pid, &status);
}
