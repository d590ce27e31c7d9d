/* Running /bin/true, one after another, from a small parent and a large one:
 * how much the library adds to a bare posix_spawn(), and what fork() costs. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "wb/base.h"
#include "wb/subprocess.h"

enum { SMALL = 10, LARGE = 1024 /* MiB */ };

static const char *const command[] = { "/bin/true", NULL };

/* Every page is touched: only then is there something to copy. */
static char *grow(long mib)
{
    size_t size = (size_t)mib << 20;
    char *memory = malloc(size);

    if (memory != NULL)
        memset(memory, 1, size);
    return memory;
}

static int run_ours(void)
{
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(
        &(struct wb_subprocess_options){ .argv = command, .discard = true },
        &res);

    wb_subprocess_result_free(&res);
    return rc;
}

static int reap(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) < 0)
        return -errno;
    return status == 0 ? 0 : -EIO;
}

static int run_bare(void)
{
    pid_t pid;
    int rc =
        posix_spawn(&pid, command[0], NULL, NULL, (char **)command, environ);

    return rc != 0 ? -rc : reap(pid);
}

static int run_forked(void)
{
    pid_t pid = fork();

    if (pid < 0)
        return -errno;
    if (pid == 0) {
        execv(command[0], (char **)command);
        _exit(127);
    }
    return reap(pid);
}

static double repeat(long n, long mib, int (*run)(void))
{
    char *memory = grow(mib);
    int rc = memory != NULL ? run() : -ENOMEM;
    int64_t start = wb_now();

    for (long i = 0; i < n && rc == 0; i++)
        rc = run();
    double rate = rc == 0 ? bench_rate(n, start) : rc;
    free(memory);
    return rate;
}

static double ours_small(long n, double *extra)
{
    (void)extra;
    return repeat(n, SMALL, run_ours);
}

static double ours_large(long n, double *extra)
{
    (void)extra;
    return repeat(n, LARGE, run_ours);
}

static double bare_small(long n, double *extra)
{
    (void)extra;
    return repeat(n, SMALL, run_bare);
}

static double bare_large(long n, double *extra)
{
    (void)extra;
    return repeat(n, LARGE, run_bare);
}

static double forked_small(long n, double *extra)
{
    (void)extra;
    return repeat(n, SMALL, run_forked);
}

static double forked_large(long n, double *extra)
{
    (void)extra;
    return repeat(n, LARGE, run_forked);
}

const struct bench_row bench_spawn[] = {
    { .name = "spawn-small",
      .what = "run /bin/true, parent at 10 MiB",
      .unit = "runs/s",
      .n = 1000,
      .tiny = 2,
      .runs = { { .name = "wb_subprocess_check", .measure = ours_small },
                { .name = "posix_spawn",
                  .measure = bare_small,
                  .wanted = 1 / 1.05 },
                { .name = "fork and exec", .measure = forked_small } } },
    { .name = "spawn-large",
      .what = "run /bin/true, parent at 1 GiB",
      .unit = "runs/s",
      .n = 1000,
      .tiny = 2,
      .runs = { { .name = "wb_subprocess_check", .measure = ours_large },
                { .name = "posix_spawn",
                  .measure = bare_large,
                  .wanted = 1 / 1.05 },
                { .name = "fork and exec",
                  .measure = forked_large,
                  .share = 50 } } },
    { 0 }
};
