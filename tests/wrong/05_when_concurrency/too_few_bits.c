/* The difference is kept in an int: of nanoseconds, one holds two seconds.
 *
 * rejected: wrong-answer "CPU_BOUND, and classify says" */
#include "exercise.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int one(const char *dir, const char *tid, struct figures *s)
{
    char path[600], line[256];
    long long cpu, q;
    long v = -1, rb = 0, wb = 0, x;
    FILE *f;
    snprintf(path, sizeof path, "%s/%s/schedstat", dir, tid);
    if (!(f = fopen(path, "r")))
        return -1;
    int ok = fscanf(f, "%lld %lld", &cpu, &q) == 2;
    fclose(f);
    if (!ok)
        return -1;
    snprintf(path, sizeof path, "%s/%s/status", dir, tid);
    if (!(f = fopen(path, "r")))
        return -1;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "voluntary_ctxt_switches: %ld", &x) == 1)
            v = x;
    fclose(f);
    snprintf(path, sizeof path, "%s/%s/io", dir, tid);
    if (!(f = fopen(path, "r")))
        return -1;
    while (fgets(line, sizeof line, f)) {
        sscanf(line, "rchar: %ld", &rb);
        sscanf(line, "wchar: %ld", &wb);
    }
    fclose(f);
    if (v < 0)
        return -1;
    s->cpu += cpu;
    s->queued += q;
    s->waits += v;
    s->bytes += rb + wb;
    return 0;
}

int observe(pid_t pid, struct figures *f)
{
    char dir[64];
    struct dirent *e;
    struct figures s = { 0 };
    int n = 0;
    snprintf(dir, sizeof dir, "/proc/%d/task", (int)pid);
    DIR *d = opendir(dir);
    if (d == NULL)
        return -ESRCH;
    while ((e = readdir(d)))
        if (e->d_name[0] != '.' && one(dir, e->d_name, &s) == 0)
            n++;
    closedir(d);
    if (n == 0)
        return -ESRCH;
    *f = s;
    return 0;
}

enum kind classify(const struct figures *a, const struct figures *b)
{
    int cpu = (int)(b->cpu - a->cpu), q = b->queued - a->queued;
    long w = b->waits - a->waits, by = b->bytes - a->bytes;
    if (cpu == 0 && q == 0 && w == 0 && by == 0)
        return IDLE;
    if (w == 0 || cpu / w >= SPELL_NS)
        return q > cpu ? CROWDED : CPU_BOUND;
    return by / w >= BULK ? IO_BOUND : LATENCY_BOUND;
}
