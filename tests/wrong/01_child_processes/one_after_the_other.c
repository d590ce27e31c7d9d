/* Runs the first stage to its end, keeps what it wrote, and then runs the
 * second with that.
 *
 * rejected: not-concurrent "before the second was there" */
#include "exercise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"

enum { CHUNK = 65536 };

struct run {
    pid_t pid;
    int in, out, end;
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int start(struct run *r, const char *const argv[])
{
    int to[2], from[2] = { -1, -1 };

    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_DFL);
        execvp(argv[0], (char **)argv);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    *r = (struct run){ pid, to[1], from[0],
                       (int)syscall(SYS_pidfd_open, pid, 0) };
    return 0;
}

static int talk(struct run *r, const char *input, size_t n, struct result *res,
                int64_t deadline)
{
    fcntl(r->in, F_SETFL, O_NONBLOCK);
    while (r->out >= 0 || r->end >= 0) {
        struct pollfd fd[] = { { r->in, POLLOUT, 0 },
                               { r->out, POLLIN, 0 },
                               { r->end, POLLIN, 0 } };

        if (wb_deadline_passed(deadline))
            return -ETIMEDOUT;
        poll(fd, 3, wb_deadline_poll_ms(deadline));
        if (fd[0].revents != 0) {
            ssize_t sent = write(r->in, input, n);
            if (sent <= 0)
                shut(&r->in);
            input += sent > 0 ? sent : 0;
            n -= sent > 0 ? (size_t)sent : 0;
        }
        if (fd[1].revents != 0) {
            res->out = realloc(res->out, res->size + CHUNK);
            ssize_t got = read(r->out, res->out + res->size, CHUNK);
            res->size += got > 0 ? (size_t)got : 0;
            if (got <= 0)
                shut(&r->out);
        }
        if (fd[2].revents != 0)
            shut(&r->end);
    }
    return 0;
}

static int run(const char *const argv[], const char *input, size_t n,
               struct result *res, int *status, int64_t deadline)
{
    struct run r;
    int rc = start(&r, argv), how;

    if (rc < 0)
        return rc;
    rc = talk(&r, input, n, res, deadline);
    shut(&r.in);
    shut(&r.out);
    shut(&r.end);
    if (rc < 0)
        kill(r.pid, SIGKILL);
    waitpid(r.pid, &how, 0);
    *status = WIFSIGNALED(how) ? -WTERMSIG(how) : WEXITSTATUS(how);
    return rc;
}

int filter_through(const char *const first[], const char *const second[],
                   const void *input, size_t n, struct result *res,
                   int64_t deadline)
{
    struct result between = { 0 };

    *res = (struct result){ 0 };
    int rc = run(first, input, n, &between, &res->status[FIRST], deadline);
    if (rc == 0)
        rc = run(second, between.out, between.size, res, &res->status[SECOND],
                 deadline);
    free(between.out);
    if (rc < 0) {
        free(res->out);
        res->out = NULL;
        res->size = 0;
    }
    return rc;
}
