/* A first stage that has read enough is an error here, and both stages are
 * killed for it.
 *
 * rejected: wrong-answer "filter_through gave -32" */
#include "exercise.h"

#include "wb/base.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t spawn(const char *const argv[], int in, int out)
{
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGPIPE, SIG_DFL);
        dup2(in, 0);
        dup2(out, 1);
        execvp(argv[0], (char **)argv);
        _exit(127);
    }
    return pid;
}

static int pump(int to, int from, const char *p, size_t n, struct result *res,
                int64_t deadline)
{
    size_t cap = 0;
    int rc = 0;
    fcntl(to, F_SETFL, O_NONBLOCK);
    if (n == 0) {
        close(to);
        to = -1;
    }
    while (from >= 0) {
        struct pollfd f[2] = { { from, POLLIN, 0 }, { to, POLLOUT, 0 } };
        int k = poll(f, 2, wb_deadline_poll_ms(deadline));
        if (k < 0 && errno == EINTR)
            continue;
        if (k == 0 && wb_deadline_passed(deadline)) {
            rc = -ETIMEDOUT;
            break;
        }
        if (to >= 0 && f[1].revents) {
            ssize_t w = write(to, p, n);
            if (w > 0) {
                p += w;
                n -= (size_t)w;
            }
            if ((w < 0 && errno != EAGAIN && errno != EINTR)) {
                rc = -errno;
                break;
            }
            if (n == 0) {
                close(to);
                to = -1;
            }
        }
        if (f[0].revents) {
            if (res->size == cap) {
                cap = cap ? 2 * cap : 4096;
                char *more = realloc(res->out, cap);
                if (!more) {
                    rc = -ENOMEM;
                    break;
                }
                res->out = more;
            }
            ssize_t r = read(from, res->out + res->size, cap - res->size);
            if (r > 0)
                res->size += (size_t)r;
            else if (r == 0 || errno != EINTR) {
                close(from);
                from = -1;
            }
        }
    }
    if (to >= 0)
        close(to);
    if (from >= 0)
        close(from);
    return rc;
}

static int wait_until(pid_t pid, int64_t deadline, int *status)
{
    int64_t ms = 1;
    for (;;) {
        pid_t r = waitpid(pid, status, WNOHANG);
        if (r == pid)
            return 0;
        if (wb_deadline_passed(deadline))
            return -ETIMEDOUT;
        poll(NULL, 0, (int)ms);
        if (ms < 50)
            ms *= 2;
    }
}

int filter_through(const char *const first[], const char *const second[],
                   const void *input, size_t n, struct result *res,
                   int64_t deadline)
{
    int a[2], b[2], c[2], rc;
    *res = (struct result){ 0 };
    if (pipe2(a, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(b, O_CLOEXEC) < 0) {
        rc = -errno;
        close(a[0]);
        close(a[1]);
        return rc;
    }
    if (pipe2(c, O_CLOEXEC) < 0) {
        rc = -errno;
        close(a[0]);
        close(a[1]);
        close(b[0]);
        close(b[1]);
        return rc;
    }
    rc = 0;
    pid_t p1 = spawn(first, a[0], b[1]), p2 = -1;
    if (p1 < 0)
        rc = -errno;
    else if ((p2 = spawn(second, b[0], c[1])) < 0)
        rc = -errno;
    close(a[0]);
    close(b[0]);
    close(b[1]);
    close(c[1]);
    if (rc == 0)
        rc = pump(a[1], c[0], input, n, res, deadline);
    else {
        close(a[1]);
        close(c[0]);
    }
    pid_t ps[2] = { p1, p2 };
    for (int i = 0; i < 2; i++) {
        int st = 0;
        if (ps[i] < 0)
            continue;
        if (rc == 0)
            rc = wait_until(ps[i], deadline, &st) ? -ETIMEDOUT : 0;
        else {
            kill(ps[i], SIGKILL);
            waitpid(ps[i], &st, 0);
            goto set;
        }
        if (rc == -ETIMEDOUT) {
            kill(ps[0], SIGKILL);
            kill(ps[i], SIGKILL);
            waitpid(ps[i], &st, 0);
        }
    set:
        res->status[i] = WIFSIGNALED(st) ? -WTERMSIG(st) : WEXITSTATUS(st);
    }
    if (rc < 0) {
        free(res->out);
        res->out = NULL;
        res->size = 0;
    }
    return rc;
}
