#ifndef STAGES_H
#define STAGES_H

/* The programs that the judge of exercise 01 gives to filter_through().
 *
 * argv is: --stage first|second KIND [NUMBER] */

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"

enum { CHUNK = 16384, FLOOD = 4 << 20, STRANGERS_MAX = 90 };

/* Exit statuses of a stage that meets what it should not. */
enum { READ_FAILED = 96, NO_SIGPIPE = 97, NEVER_READ = 98 };

static void write_all(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, n);
        if (done <= 0)
            _exit(NO_SIGPIPE);
        bytes += done;
        n -= (size_t)done;
    }
}

/* Pass on what comes in, each byte times factor, plus summand. */
static int pass_on(int factor, int summand, int status)
{
    char bytes[CHUNK];
    ssize_t n;

    while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0) {
        for (ssize_t i = 0; i < n; i++)
            bytes[i] = (char)(bytes[i] * factor + summand);
        write_all(bytes, (size_t)n);
    }
    return n == 0 ? status : READ_FAILED;
}

static int crash(void)
{
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
    raise(SIGSEGV);
    return EXIT_FAILURE;
}

/* Write more than any pipe holds, and never read. */
static int flood(void)
{
    static const char bytes[CHUNK];

    for (int i = 0; i < FLOOD / CHUNK; i++)
        write_all(bytes, sizeof(bytes));
    return NEVER_READ;
}

/* Read no more after a byte, and have much to say. */
static int had_enough(void)
{
    char byte;
    ssize_t n = read(STDIN_FILENO, &byte, 1);

    close(STDIN_FILENO);
    flood();
    return n == 1 ? EXIT_SUCCESS : READ_FAILED;
}

static int sip(void)
{
    char byte;
    return read(STDIN_FILENO, &byte, 1) == 1 ? EXIT_SUCCESS : READ_FAILED;
}

/* How many descriptors are open that a stage should not have? */
static int count_strangers(void)
{
    int n = 0;

    for (int fd = 3; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n < STRANGERS_MAX ? n : STRANGERS_MAX;
}

/* Neither listen nor end; tell the judge when it has come to that. What it
 * has said by then does not count. */
static _Noreturn void linger(bool mute)
{
    write_all("?", 1);
    if (mute)
        close(STDOUT_FILENO);
    WB_MUST_SYS((int)write(STDERR_FILENO, "*", 1));
    for (;;)
        pause();
}

static int be_stage(char **argv)
{
    const char *kind = argv[2];

    if (strcmp(kind, "copy") == 0)
        return pass_on(1, 0, argv[3] != NULL ? atoi(argv[3]) : 0);
    if (strcmp(kind, "add") == 0)
        return pass_on(1, 1, 0);
    if (strcmp(kind, "triple") == 0)
        return pass_on(3, 0, 0);
    if (strcmp(kind, "crash") == 0)
        return crash();
    if (strcmp(kind, "flood") == 0)
        return flood();
    if (strcmp(kind, "enough") == 0)
        return had_enough();
    if (strcmp(kind, "sip") == 0)
        return sip();
    if (strcmp(kind, "count") == 0)
        return count_strangers();
    linger(strcmp(kind, "mute") == 0);
}

#endif
