/*
 * Reading /proc. See proc.h.
 */

#include "proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sanitizers.h"

#ifdef WB_TSAN
/* libuv closes with a system call that ThreadSanitizer does not see. When we
 * then get the same number, it takes our open() for a race with libuv's. */
const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
    return "race:^read_path$\n";
}
#endif

static int read_path(const char *path, char *buf, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    ssize_t n = read(fd, buf, size - 1);
    int error = errno;
    close(fd);
    if (n < 0)
        return -error;
    if (n > 0 && buf[n - 1] == '\n')
        n--;
    buf[n] = '\0';
    return (int)n;
}

int wb_proc_read(char *buf, size_t size, const char *format, ...)
{
    char path[80];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof(path), format, args);
    va_end(args);
    return read_path(path, buf, size);
}

unsigned wb_proc_crowd(void)
{
    char text[128];
    unsigned running, all;
    if (wb_proc_read(text, sizeof(text), "/proc/loadavg") < 0 ||
        sscanf(text, "%*f %*f %*f %u/%u", &running, &all) != 2)
        return 0;
    return all;
}

int wb_proc_stat(pid_t pid, struct wb_proc_stat *out)
{
    char text[512];
    int n = wb_proc_read(text, sizeof(text), "/proc/%d/stat", (int)pid);
    if (n < 0)
        return n;
    /* The name stands in parentheses and may contain some itself. */
    const char *after = strrchr(text, ')');
    if (after == NULL ||
        sscanf(after, ") %c %d %d", &out->state, &out->ppid, &out->pgrp) != 3)
        return -ESRCH;
    out->pid = pid;
    return 0;
}

bool wb_proc_is_dead(const struct wb_proc_stat *s)
{
    return s->state == 'Z' || s->state == 'X';
}

static int compare_pids(const void *a, const void *b)
{
    const struct wb_proc_stat *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

static int scan_dir(DIR *dir, struct wb_proc_stat **list, size_t *n)
{
    size_t room = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (*n == room) {
            room = room > 0 ? 2 * room : 256;
            struct wb_proc_stat *more = realloc(*list, room * sizeof(*more));
            if (more == NULL)
                return -ENOMEM;
            *list = more;
        }
        if (wb_proc_stat(atoi(entry->d_name), &(*list)[*n]) == 0)
            (*n)++;
    }
    return 0;
}

int wb_proc_scan(struct wb_proc_stat **list, size_t *n)
{
    *list = NULL;
    *n = 0;
    DIR *dir = opendir("/proc");
    if (dir == NULL)
        return -errno;
    int rc = scan_dir(dir, list, n);
    closedir(dir);
    if (rc < 0) {
        free(*list);
        *list = NULL;
        *n = 0;
        return rc;
    }
    if (*n > 0)
        qsort(*list, *n, sizeof(**list), compare_pids);
    return 0;
}

int wb_proc_count(const char *format, ...)
{
    char path[80];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof(path), format, args);
    va_end(args);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return errno == ENOENT ? -ESRCH : -errno;
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        count += isdigit((unsigned char)entry->d_name[0]) != 0;
    closedir(dir);
    return count;
}
