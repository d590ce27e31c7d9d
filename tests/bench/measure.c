/* Measures one run of a row, in a process of its own: this program starts
 * itself with --measure, so that no run finds the heap, the threads or the
 * crash of the one before it. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"
#include "wb/base.h"
#include "wb/subprocess.h"

enum { PATIENCE_MS = 120000 };

double bench_rate(long n, int64_t start)
{
    int64_t ns = wb_now() - start;

    return (double)n * 1e9 / (double)(ns > 0 ? ns : 1);
}

int bench_count(const struct bench_row *row)
{
    int n = 0;

    while (n < BENCH_RUNS && row->runs[n].name != NULL)
        n++;
    return n;
}

/* -- in the new process ---------------------------------------------------- */

static void pin(void)
{
    cpu_set_t allowed, one;

    WB_MUST_SYS(sched_getaffinity(0, sizeof(allowed), &allowed));
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &allowed))
            CPU_SET(i, &one);
    WB_MUST_SYS(sched_setaffinity(0, sizeof(one), &one));
}

static int become_script(const struct bench_run *r, long n)
{
    char path[512], number[32];

    snprintf(path, sizeof(path), "%s/%s", BENCH_PEERS, r->script);
    snprintf(number, sizeof(number), "%ld", n);
    execlp("python3", "python3", path, r->arg != NULL ? r->arg : "", number,
           (char *)NULL);
    printf("python3\n");
    return BENCH_UNFIT;
}

int bench_measure_here(const struct bench_row *row, int run, long n)
{
    const struct bench_run *r = &row->runs[run];
    double extra = 0;

    if (row->pinned)
        pin();
    if (r->measure == NULL)
        return become_script(r, n);
    double rate = r->measure(n, &extra);
    if (rate < 0) {
        fprintf(stderr, "%s\n", strerror((int)-rate));
        return 1;
    }
    printf("%.6g %.6g\n", rate, extra);
    return 0;
}

/* -- in the one that compares ---------------------------------------------- */

static void keep_line(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void keep(struct bench_result *result,
                 const struct wb_subprocess_result *res)
{
    double rate = 0, extra = 0;
    int found = sscanf(res->out, "%lf %lf", &rate, &extra);

    if (res->outcome == WB_EXITED && res->code == BENCH_UNFIT) {
        keep_line(result->skipped, sizeof(result->skipped), res->out);
    } else if (res->outcome != WB_EXITED || res->code != 0 || found < 1) {
        keep_line(result->failed, sizeof(result->failed), res->message);
        if (res->message[0] == '\0')
            keep_line(result->failed, sizeof(result->failed), "no figure");
    } else {
        series_add(&result->rate, rate);
        series_add(&result->extra, extra);
    }
}

void bench_measure(struct bench_chosen *c, int run, bool tiny)
{
    const struct bench_run *r = &c->row->runs[run];
    struct bench_result *result = &c->results[run];
    struct wb_subprocess_result res;
    long n = (tiny ? c->row->tiny : c->row->n) / (r->share > 0 ? r->share : 1);
    char number[32], times[32];

    if (r->missing != NULL)
        keep_line(result->skipped, sizeof(result->skipped), r->missing);
    if (result->skipped[0] != '\0' || result->failed[0] != '\0')
        return;
    snprintf(number, sizeof(number), "%d", run);
    snprintf(times, sizeof(times), "%ld", n > 0 ? n : 1);
    const char *argv[] = { "/proc/self/exe", "--measure", c->row->name,
                           number,           times,       NULL };
    wb_subprocess_run(
        &(struct wb_subprocess_options){
            .argv = argv, .deadline = wb_deadline_in_ms(PATIENCE_MS) },
        &res);
    keep(result, &res);
    wb_subprocess_result_free(&res);
}
