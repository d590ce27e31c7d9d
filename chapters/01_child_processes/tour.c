/* A tour of what you do with child processes, one stop for each use.
 *
 * wb_subprocess does what good.c does, for any number of children, and adds
 * what a short program leaves out: the child's own children, its error
 * output, a limit on how much is kept.
 *
 * Run:     ./workbook run 01 tour
 * Next:    parallel.c */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/subprocess.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* region: capture */
static void capture(void)
{
    struct wb_subprocess_result res;

    WB_MUST(wb_subprocess_check(
        &(struct wb_subprocess_options){ .argv = ARGV("echo", "Hello!") },
        &res));
    printf("capture:  it said %s", res.out);
    wb_subprocess_result_free(&res);
}
/* endregion: capture */

/* region: check */
static void check(const char *command)
{
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(
        &(struct wb_subprocess_options){ .argv = ARGV("sh", "-c", command) },
        &res);

    printf("check:    %s: %s\n", rc == 0 ? "fine" : "failed", res.message);
    wb_subprocess_result_free(&res);
}
/* endregion: check */

/* region: apart */
static void keep_apart(void)
{
    static const char script[] = "echo 12 degrees; echo frost at night >&2";
    struct wb_subprocess_result res;

    WB_MUST(wb_subprocess_check(
        &(struct wb_subprocess_options){ .argv = ARGV("sh", "-c", script) },
        &res));
    printf("apart:    stdout: %s", res.out);
    printf("          stderr: %s", res.err);
    wb_subprocess_result_free(&res);
}
/* endregion: apart */

/* region: late */
static void be_impatient(void)
{
    struct wb_subprocess_result res;
    int rc = wb_subprocess_check(
        &(struct wb_subprocess_options){ .argv = ARGV("sleep", "1000"),
                                         .deadline = wb_deadline_in_ms(100) },
        &res);

    if (rc == -ETIMEDOUT)
        printf("deadline: %s\n", res.message);
    wb_subprocess_result_free(&res);
}
/* endregion: late */

/* region: crash */
static void survive(void)
{
    struct wb_subprocess_result res;

    WB_MUST(wb_subprocess_run(
        &(struct wb_subprocess_options){
            .argv = ARGV("sh", "-c", "kill -SEGV $$") },
        &res));
    if (res.outcome == WB_SIGNALED && res.code == SIGSEGV)
        printf("crash:    it is gone, and we are still here\n");
    wb_subprocess_result_free(&res);
}
/* endregion: crash */

/* region: pipeline */
static void join_with_pipes(void)
{
    static const char fruit[] = "pear\napple\npear\nplum\napple\npear\n";
    const struct wb_subprocess_options stages[] = {
        { .argv = ARGV("sort"), .input = fruit, .input_size = strlen(fruit) },
        { .argv = ARGV("uniq") },
        { .argv = ARGV("paste", "-s", "-d", " ", "-") },
    };
    struct wb_subprocess_result res[3];

    WB_MUST(wb_subprocess_pipeline(stages, 3, res));
    printf("pipeline: %s", res[2].out);
    for (int i = 0; i < 3; i++)
        wb_subprocess_result_free(&res[i]);
}
/* endregion: pipeline */

int main(void)
{
    capture();
    check("exit 0");
    check("echo no such letter >&2; exit 3");
    keep_apart();
    be_impatient();
    survive();
    join_with_pipes();
    return EXIT_SUCCESS;
}
