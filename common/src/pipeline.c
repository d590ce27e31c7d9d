/*
 * a | b | c: neighbours share a pipe, all run at the same time. See
 * wb/subprocess.h.
 *
 * Only the children may hold the ends of a pipe between two of them. One
 * kept open here would hide the end of file from the reader for ever.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subprocess_impl.h"
#include "wb/base.h"

/* region: stage */
/* Start stage i of n, which reads *in and leaves its own pipe there. */
static int start_stage(const struct wb_subprocess_options *opt, bool is_last,
                       int *in, struct wb_subprocess **p,
                       struct wb_subprocess_result *res)
{
    int next[2] = { -1, -1 };
    int rc = 0;
    if (!is_last && pipe2(next, O_CLOEXEC) != 0)
        rc = -errno;
    if (rc == 0)
        rc = wb_subprocess_start(opt, *in, next[1], p, res);
    wb_subprocess_close(in);
    wb_subprocess_close(&next[1]);
    *in = next[0];
    return rc;
}
/* endregion: stage */

static void take_result(struct wb_subprocess *p,
                        struct wb_subprocess_result *res)
{
    if (!p->done)
        wb_subprocess_finish(p);
    *res = p->res;
    p->res = (struct wb_subprocess_result){ 0 };
    wb_subprocess_free(p);
}

static void fill_not_run(const struct wb_subprocess_options *opt, int rc,
                         struct wb_subprocess_result *res)
{
    *res = (struct wb_subprocess_result){ .outcome = WB_NOT_RUN, .code = rc };
    res->out = wb_alloc(1, 1);
    res->err = wb_alloc(1, 1);
    snprintf(res->message, sizeof(res->message),
             "%s: not run, because its pipeline could not be started",
             opt->argv[0]);
}

int wb_subprocess_pipeline(const struct wb_subprocess_options *opt, size_t n,
                           struct wb_subprocess_result *res)
{
    struct wb_subprocess **p = wb_alloc(n, sizeof(struct wb_subprocess *));
    int in = -1, rc = 0;
    memset(res, 0, n * sizeof(*res));
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = start_stage(&opt[i], i + 1 == n, &in, &p[i], &res[i]);
    wb_subprocess_close(&in);
    if (rc == 0)
        rc = wb_subprocess_wait_all(p, n, WB_FOREVER);
    for (size_t i = 0; i < n; i++) {
        if (p[i] != NULL)
            take_result(p[i], &res[i]);
        else if (res[i].out == NULL)
            fill_not_run(&opt[i], rc, &res[i]);
    }
    free(p);
    return rc;
}
