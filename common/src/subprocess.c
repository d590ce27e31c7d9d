/*
 * Run programs. See wb/subprocess.h for the promises, and subprocess_impl.h
 * for which file keeps which of them.
 */

#include "wb/subprocess.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subprocess_impl.h"
#include "wb/base.h"

/* -- results ------------------------------------------------------------ */

void wb_subprocess_result_free(struct wb_subprocess_result *res)
{
    free(res->out);
    free(res->err);
    res->out = res->err = NULL;
}

static void describe_outcome(const struct wb_subprocess *p, char *text,
                             size_t size)
{
    const struct wb_subprocess_result *res = &p->res;
    const char *signal_name = sigabbrev_np(res->code);
    switch (res->outcome) {
    case WB_EXITED: snprintf(text, size, "exit status %d", res->code); break;
    case WB_SIGNALED:
        snprintf(text, size, "killed by signal %d (%s)", res->code,
                 signal_name != NULL ? signal_name : "?");
        break;
    case WB_TIMED_OUT:
        snprintf(text, size, "still running at its deadline: killed");
        break;
    case WB_TOO_MUCH_OUTPUT:
        snprintf(text, size, "more than %zu bytes of output: killed",
                 p->output_max);
        break;
    case WB_TOO_MANY_PROCESSES:
        snprintf(text, size, "more than %u processes: killed",
                 p->processes_max);
        break;
    case WB_NOT_RUN: snprintf(text, size, "not run"); break;
    }
}

/* Hand the captures over and write the message: how it ended, and the first
 * line it wrote to stderr, which mostly says why. */
void wb_subprocess_describe(struct wb_subprocess *p)
{
    struct wb_capture *captures[] = { &p->out, &p->err };
    for (int i = 0; i < 2; i++) {
        if (captures[i]->bytes == NULL)
            captures[i]->bytes = wb_alloc(1, 1);
        captures[i]->bytes[captures[i]->size] = '\0';
    }
    p->res.out = p->out.bytes;
    p->res.out_size = p->out.size;
    p->res.err = p->err.bytes;
    p->res.err_size = p->err.size;
    p->out.bytes = p->err.bytes = NULL;

    char how[80];
    int line = (int)strcspn(p->res.err, "\n");
    describe_outcome(p, how, sizeof(how));
    snprintf(p->res.message, sizeof(p->res.message), "%s: %s%s%.*s", p->name,
             how, line > 0 ? ": " : "", line, p->res.err);
}

/* -- one at a time ------------------------------------------------------ */

int wb_subprocess_run(const struct wb_subprocess_options *opt,
                      struct wb_subprocess_result *res)
{
    struct wb_subprocess *p;
    int rc = wb_subprocess_start(opt, -1, -1, &p, res);
    if (rc < 0)
        return rc;
    rc = wb_subprocess_pump(&p, 1, false, WB_FOREVER);
    if (!p->done)
        wb_subprocess_finish(p);
    if (rc == 0)
        rc = p->error;
    *res = p->res;
    p->res = (struct wb_subprocess_result){ 0 };
    wb_subprocess_free(p);
    return rc;
}

int wb_subprocess_check(const struct wb_subprocess_options *opt,
                        struct wb_subprocess_result *res)
{
    int rc = wb_subprocess_run(opt, res);
    if (rc < 0)
        return rc;
    switch (res->outcome) {
    case WB_EXITED: return res->code == 0 ? 0 : -EIO;
    case WB_TIMED_OUT: return -ETIMEDOUT;
    case WB_TOO_MUCH_OUTPUT: return -EFBIG;
    case WB_TOO_MANY_PROCESSES: return -EAGAIN;
    case WB_SIGNALED:
    case WB_NOT_RUN: break;
    }
    return -EIO;
}

/* -- while the caller does something else ------------------------------- */

int wb_subprocess_spawn(const struct wb_subprocess_options *opt,
                        struct wb_subprocess **out)
{
    struct wb_subprocess_result why;
    int rc = wb_subprocess_start(opt, -1, -1, out, &why);
    if (rc < 0)
        wb_subprocess_result_free(&why);
    return rc;
}

pid_t wb_subprocess_pid(const struct wb_subprocess *p)
{
    return p->pid;
}

bool wb_subprocess_alive(struct wb_subprocess *p)
{
    struct pollfd end = { p->pidfd, POLLIN, 0 };
    return !p->done && poll(&end, 1, 0) <= 0; /* a signal says nothing */
}

int wb_subprocess_wait_all(struct wb_subprocess **p, size_t n, int64_t deadline)
{
    int rc = wb_subprocess_pump(p, n, false, deadline);
    for (size_t i = 0; i < n && rc == 0; i++)
        if (p[i] != NULL)
            rc = p[i]->error;
    return rc;
}

int wb_subprocess_wait_until(struct wb_subprocess *p, int64_t deadline)
{
    return wb_subprocess_wait_all(&p, 1, deadline);
}

int wb_subprocess_wait_any(struct wb_subprocess **p, size_t n, int64_t deadline)
{
    int rc = wb_subprocess_pump(p, n, true, deadline);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (p[i] != NULL && p[i]->done)
            return (int)i;
    return -ECHILD;
}

int wb_subprocess_terminate(struct wb_subprocess *p, int64_t deadline)
{
    if (p->done)
        return p->error;
    kill(-p->pid, SIGTERM);
    int rc = wb_subprocess_wait_until(p, deadline);
    if (!p->done)
        wb_subprocess_finish(p);
    return rc == -ETIMEDOUT ? p->error : rc;
}

const struct wb_subprocess_result *
wb_subprocess_result(const struct wb_subprocess *p)
{
    return p->done ? &p->res : NULL;
}

void wb_subprocess_free(struct wb_subprocess *p)
{
    if (p == NULL)
        return;
    if (!p->done)
        wb_subprocess_finish(p);
    wb_subprocess_close(&p->in);
    wb_subprocess_close(&p->out.fd);
    wb_subprocess_close(&p->err.fd);
    free(p->out.bytes);
    free(p->err.bytes);
    wb_subprocess_result_free(&p->res);
    free(p->name);
    free(p);
}
