/* Runs programs nobody trusts. */
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stuck.h"
#include "text.h"
#include "wb/base.h"

static volatile sig_atomic_t interrupted;
static char directory[PATH_MAX], *old_tmpdir;

static void note_signal(int number)
{
    interrupted = number;
}

static void catch_signals(void)
{
    static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
    struct sigaction action = { .sa_handler = note_signal };
    struct sigaction old;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        /* A signal that was ignored, as under nohup, stays so. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
    }
}

static _Noreturn void end_by_signal(struct wb_guard *g)
{
    wb_guard_free(g);
    wb_guard_directory_remove();
    signal(interrupted, SIG_DFL);
    raise(interrupted);
    _Exit(128 + interrupted);
}

static void take_down(struct wb_guard *g)
{
    pid_t pid = wb_subprocess_pid(g->child);
    g->timed_out = true;
    g->spinning = wb_stuck_describe(pid, g->stuck, sizeof g->stuck);
    wb_subprocess_terminate(g->child, wb_now());
}

static int run(struct wb_guard *g, const struct wb_subprocess_options *opt,
               double seconds, bool until_stuck)
{
    enum { SLICE_MS = 100 };
    int64_t deadline = wb_deadline_in_ns((int64_t)(seconds * 1e9));
    struct wb_subprocess_options own = *opt;
    *g = (struct wb_guard){ 0 };
    own.deadline = 0;
    catch_signals();
    int rc = wb_subprocess_spawn(&own, &g->child);
    if (rc < 0)
        return rc;
    do {
        int64_t slice = wb_deadline_in_ms(SLICE_MS);
        rc = wb_subprocess_wait_until(g->child,
                                      slice < deadline ? slice : deadline);
        if (interrupted)
            end_by_signal(g);
        g->for_ever = until_stuck && rc == -ETIMEDOUT &&
                      wb_stuck_for_ever(wb_subprocess_pid(g->child));
    } while (rc == -ETIMEDOUT && !g->for_ever && !wb_deadline_passed(deadline));
    if (rc == -ETIMEDOUT) {
        take_down(g);
        rc = 0;
    }
    g->result = wb_subprocess_result(g->child);
    return g->result == NULL && rc == 0 ? -ECHILD : rc;
}

int wb_guard_run(struct wb_guard *g, const struct wb_subprocess_options *opt,
                 double seconds)
{
    return run(g, opt, seconds, false);
}

int wb_guard_run_until_stuck(struct wb_guard *g,
                             const struct wb_subprocess_options *opt,
                             double seconds)
{
    return run(g, opt, seconds, true);
}

void wb_guard_free(struct wb_guard *g)
{
    wb_subprocess_free(g->child);
    *g = (struct wb_guard){ 0 };
}

int wb_guard_directory(char *path)
{
    const char *tmp = getenv("TMPDIR");
    catch_signals();
    wb_path(path, "%s/workbook-XXXXXX", tmp != NULL && *tmp ? tmp : "/tmp");
    if (mkdtemp(path) == NULL)
        return -errno;
    wb_path(directory, "%s", path);
    free(old_tmpdir);
    old_tmpdir = tmp != NULL ? strdup(tmp) : NULL;
    setenv("TMPDIR", path, 1);
    return 0;
}

void wb_guard_directory_remove(void)
{
    if (directory[0] == '\0')
        return;
    wb_dir_remove(directory);
    directory[0] = '\0';
    if (old_tmpdir != NULL)
        setenv("TMPDIR", old_tmpdir, 1);
    else
        unsetenv("TMPDIR");
}
