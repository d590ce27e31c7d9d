#ifndef LIMIT_H
#define LIMIT_H

/* The machine that both programs get: this much memory, and a descriptor for
 * every connection. */

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "wb/base.h"

/* region: limit */
/* MiB of addresses a program may have: what it uses and what it reserves. */
enum { LIMIT_MIB = 1024, MIB = 1024 * 1024 };

static inline void limit_memory(void)
{
    struct rlimit limit = { (rlim_t)LIMIT_MIB * MIB, (rlim_t)LIMIT_MIB * MIB };

    WB_MUST_SYS(setrlimit(RLIMIT_AS, &limit));
}
/* endregion: limit */

/* Make room for n connections. The usual limit is 1024, and may be raised. */
static inline void need_descriptors(rlim_t n)
{
    struct rlimit limit;

    WB_MUST_SYS(getrlimit(RLIMIT_NOFILE, &limit));
    n += 64;
    if (limit.rlim_cur >= n)
        return;
    if (limit.rlim_max < n)
        wb_die("%llu descriptors are needed and %llu allowed: run it with "
               "fewer lamps, or raise the limit with ulimit -Hn",
               (unsigned long long)n, (unsigned long long)limit.rlim_max);
    limit.rlim_cur = n;
    WB_MUST_SYS(setrlimit(RLIMIT_NOFILE, &limit));
}

/* @return bytes that are in memory now, by /proc/self/statm */
static inline long resident(void)
{
    long total, pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (f == NULL || fscanf(f, "%ld %ld", &total, &pages) != 2)
        wb_die("cannot read /proc/self/statm");
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

#endif
