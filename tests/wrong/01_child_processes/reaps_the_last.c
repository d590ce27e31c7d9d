/* Waits for the second stage only, as if the status of a pipeline were all
 * there is to wait for.
 *
 * rejected: zombie "never waited for" */
#include "exercise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wb/base.h"

enum { CHUNK = 65536 };

struct run {
    pid_t pid[STAGES]; /* 0: not started */
    int end[STAGES];   /* readable once the stage has ended */
    int in, out;       /* our ends of the first and the last pipe */
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int start(struct run *r, int stage, const char *const argv[], int in,
                 int out)
{
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0) {
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        signal(SIGPIPE, SIG_DFL);
        execvp(argv[0], (char **)argv);
        _exit(127);
    }
    r->pid[stage] = pid;
    r->end[stage] = (int)syscall(SYS_pidfd_open, pid, 0);
    return r->end[stage] < 0 ? -errno : 0;
}

static int start_both(struct run *r, const char *const first[],
                      const char *const second[])
{
    int a[2] = { -1, -1 }, b[2] = { -1, -1 }, c[2] = { -1, -1 }, rc = 0;

    if (pipe2(a, O_CLOEXEC) < 0 || pipe2(b, O_CLOEXEC) < 0 ||
        pipe2(c, O_CLOEXEC) < 0)
        rc = -errno;
    if (rc == 0)
        rc = start(r, FIRST, first, a[0], b[1]);
    if (rc == 0)
        rc = start(r, SECOND, second, b[0], c[1]);
    r->in = a[1];
    r->out = c[0];
    shut(&a[0]);
    shut(&b[0]);
    shut(&b[1]);
    shut(&c[1]);
    return rc;
}

/* Read once; the end of the output shuts it. */
static int take(struct run *r, struct result *res)
{
    char *more = realloc(res->out, res->size + CHUNK);

    if (more == NULL)
        return -ENOMEM;
    res->out = more;
    ssize_t got = read(r->out, res->out + res->size, CHUNK);
    if (got > 0)
        res->size += (size_t)got;
    else
        shut(&r->out);
    return 0;
}

static int talk(struct run *r, const char *input, size_t n, struct result *res,
                int64_t deadline)
{
    fcntl(r->in, F_SETFL, O_NONBLOCK);
    while (r->out >= 0 || r->end[FIRST] >= 0 || r->end[SECOND] >= 0) {
        struct pollfd fd[] = { { r->in, POLLOUT, 0 },
                               { r->out, POLLIN, 0 },
                               { r->end[FIRST], POLLIN, 0 },
                               { r->end[SECOND], POLLIN, 0 } };

        if (wb_deadline_passed(deadline))
            return -ETIMEDOUT;
        poll(fd, 4, wb_deadline_poll_ms(deadline));
        if (fd[0].revents != 0) {
            ssize_t sent = write(r->in, input, n);
            if (sent <= 0)
                shut(&r->in);
            input += sent > 0 ? sent : 0;
            n -= sent > 0 ? (size_t)sent : 0;
        }
        if (fd[1].revents != 0 && take(r, res) < 0)
            return -ENOMEM;
        for (int i = 0; i < STAGES; i++)
            if (fd[2 + i].revents != 0)
                shut(&r->end[i]);
    }
    return 0;
}

static void finish(struct run *r, int rc, struct result *res)
{
    for (int i = 0; i < STAGES; i++) {
        int status = 0;

        if (r->pid[i] == 0)
            continue;
        if (rc < 0)
            kill(r->pid[i], SIGKILL);
        if (i == SECOND)
            waitpid(r->pid[i], &status, 0);
        res->status[i] =
            WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
        shut(&r->end[i]);
    }
    shut(&r->in);
    shut(&r->out);
    if (rc < 0) {
        free(res->out);
        res->out = NULL;
        res->size = 0;
    }
}

int filter_through(const char *const first[], const char *const second[],
                   const void *input, size_t n, struct result *res,
                   int64_t deadline)
{
    struct run r = { .end = { -1, -1 }, .in = -1, .out = -1 };

    *res = (struct result){ 0 };
    int rc = start_both(&r, first, second);
    if (rc == 0)
        rc = talk(&r, input, n, res, deadline);
    finish(&r, rc, res);
    return rc;
}
