#ifndef JURY_H
#define JURY_H

/**
 * @file jury.h
 * Has many candidates judged by `workbook judge`, a few at a time.
 */

#include <stddef.h>

enum fate {
    SURVIVED, /* the judge found nothing */
    CAUGHT,
    UNCOMPILED, /* says nothing about the judge */
    BROKEN      /* there was no judgement */
};

struct candidate {
    char *source;      /* to judge, NUL-terminated; freed by the caller */
    enum fate fate;    /* from here on: filled by jury_judge() */
    char verdict[256]; /* the word; when broken, all that was said */
    double seconds;
};

struct jury {
    const char *workbook; /* the command */
    const char *chapter;
    int seconds; /* for one judgement; half of it is the judge's own watchdog */
};

/**
 * Judge c[0..n), at most at_once at the same time, each from a file of its own
 * in a temporary directory that is gone at the end. Main thread only.
 *
 * @return 0, or a negative errno when there can be no such files
 */
int jury_judge(const struct jury *jury, struct candidate *c, size_t n,
               size_t at_once);

#endif
