/* Looks at the main thread, and takes it for the process.
 *
 * rejected: wrong-answer "of a process" */
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
    char path[40];
    struct figures sum = { 0 };
    struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *task = opendir(path);
    if (task == NULL)
        return -ESRCH;
    while ((entry = readdir(task)) != NULL)
        if (atoi(entry->d_name) == pid)
            add_thread(dirfd(task), entry->d_name, &sum);
    closedir(task);
    *f = sum;
    return 0;
}

enum kind classify(const struct figures *before, const struct figures *after)
{
    int64_t cpu = after->cpu - before->cpu;
    int64_t queued = after->queued - before->queued;
    long waits = after->waits - before->waits;
    long bytes = after->bytes - before->bytes;

    if (cpu == 0 && waits == 0)
        return IDLE;
    if (waits == 0 || cpu / waits >= SPELL_NS)
        return queued > cpu ? CROWDED : CPU_BOUND;
    return bytes / waits >= BULK ? IO_BOUND : LATENCY_BOUND;
}
