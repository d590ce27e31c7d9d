/* Exercise 05: what does that program do with its time?
 *
 * rejected: wrong-answer "of a process"
 *
 * It looks at a process, and says of some what they are. Others have more
 * threads than one, and programs do not do the same all their life:
 *
 *     ./workbook check 05
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 8192 };

/* @return whether it could be read as a whole; text ends with a 0 */
static int read_text(int task, const char *tid, const char *name, char *text)
{
    char path[300];
    size_t size = 0;
    ssize_t n;

    snprintf(path, sizeof(path), "%s/%s", tid, name);
    int fd = openat(task, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    while ((n = read(fd, text + size, TEXT_MAX - 1 - size)) > 0)
        size += (size_t)n;
    text[size] = '\0';
    close(fd);
    return n == 0 && size > 0;
}

/* The number behind a name that begins a line. */
static long number_of(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0)
            return atol(line + length);
    }
    return 0;
}

/* A thread that is gone has no figures. */
static void add_thread(int task, const char *tid, struct figures *sum)
{
    char sched[TEXT_MAX], status[TEXT_MAX], io[TEXT_MAX];
    long long cpu, queued;

    if (!read_text(task, tid, "schedstat", sched) ||
        !read_text(task, tid, "status", status) ||
        !read_text(task, tid, "io", io) ||
        sscanf(sched, "%lld %lld", &cpu, &queued) != 2)
        return;
    sum->cpu += cpu;
    sum->queued += queued;
    sum->waits += number_of(status, "voluntary_ctxt_switches:");
    sum->bytes += number_of(io, "rchar:") + number_of(io, "wchar:");
}

int observe(pid_t pid, struct figures *f)
{
    char path[40], tid[16];
    struct figures sum = { 0 };

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    snprintf(tid, sizeof(tid), "%d", (int)pid);
    DIR *task = opendir(path);
    if (task == NULL)
        return -ESRCH;
    add_thread(dirfd(task), tid, &sum);
    closedir(task);
    *f = sum;
    return 0;
}

enum kind classify(const struct figures *before, const struct figures *after)
{
    (void)before;
    if (after->cpu > SPELL_NS)
        return CPU_BOUND;
    return after->bytes > BULK ? IO_BOUND : LATENCY_BOUND;
}
