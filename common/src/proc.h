#ifndef WB_PROC_H
#define WB_PROC_H

/*
 * Reading /proc, for the library's own use. All return 0 or more, or a
 * negative errno: -ESRCH when the process is gone. Any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct wb_proc_stat {
    pid_t pid, ppid, pgrp;
    char state; /* R, S, D, T, t, Z, X... */
};

/* Read a file of /proc into buf as a string without the final line break;
 * what does not fit is left out. Returns its length. */
int wb_proc_read(char *buf, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int wb_proc_stat(pid_t pid, struct wb_proc_stat *out);

/* Has it ended, so that only its parent is to be told? */
bool wb_proc_is_dead(const struct wb_proc_stat *s);

/* How many threads there are in the whole system; 0 when that is not shown.
 * Far cheaper than a list. */
unsigned wb_proc_crowd(void);

/* List all processes by rising pid; the caller frees *list. */
int wb_proc_scan(struct wb_proc_stat **list, size_t *n);

/* Count the numbers among the names in a directory of /proc. */
int wb_proc_count(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
