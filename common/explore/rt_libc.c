/* rt_libc.c: library calls that touch the program's memory or its output.
 *
 * The C library is not compiled with announcements, so what it reads and
 * writes on the program's behalf is announced here. Output is kept, not
 * printed: the program runs thousands of times. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt.h"

static uint64_t random_states[WBX_MAX_THREADS];
static bool options_are_new; /* to getopt(), in this execution */
static uint64_t output_hash; /* of what was printed in this execution */

void wbx_libc_reset(void)
{
    options_are_new = true;
    output_hash = 14695981039346656037u;
}

uint64_t wbx_output_hash(void)
{
    return output_hash;
}

void wbx_output(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        output_hash = (output_hash ^ (unsigned char)text[i]) * 1099511628211u;
    wbx_record_output(text, n);
}

WRAP(void *, memcpy, void *to, const void *from, size_t n)
{
    wbx_range(WBX_PC, from, n, to, n);
    return memcpy(to, from, n);
}

WRAP(void *, memmove, void *to, const void *from, size_t n)
{
    wbx_range(WBX_PC, from, n, to, n);
    return memmove(to, from, n);
}

WRAP(void *, memset, void *to, int c, size_t n)
{
    wbx_range(WBX_PC, NULL, 0, to, n);
    return memset(to, c, n);
}

WRAP(int, memcmp, const void *a, const void *b, size_t n)
{
    wbx_range(WBX_PC, a, n, NULL, 0);
    wbx_range(WBX_PC, b, n, NULL, 0);
    return memcmp(a, b, n);
}

WRAP(void *, memchr, const void *s, int c, size_t n)
{
    const char *end = memchr(s, c, n);

    wbx_range(WBX_PC, s, end ? (size_t)(end - (const char *)s) + 1 : n, NULL,
              0);
    return memchr(s, c, n);
}

WRAP(size_t, strlen, const char *s)
{
    wbx_range(WBX_PC, s, strlen(s) + 1, NULL, 0);
    return strlen(s);
}

WRAP(char *, strcpy, char *to, const char *from)
{
    size_t n = strlen(from) + 1;

    wbx_range(WBX_PC, from, n, to, n);
    return strcpy(to, from);
}

WRAP(char *, strncpy, char *to, const char *from, size_t n)
{
    size_t read = strnlen(from, n);

    wbx_range(WBX_PC, from, read < n ? read + 1 : n, to, n);
    return strncpy(to, from, n);
}

/* A comparison reads both strings up to the first difference. */
static void compared(const char *a, const char *b, size_t most, uint64_t pc)
{
    size_t n = 0;

    while (n < most && a[n] == b[n] && a[n] != '\0')
        n++;
    n += n < most;
    wbx_range(pc, a, n, NULL, 0);
    wbx_range(pc, b, n, NULL, 0);
}

WRAP(int, strcmp, const char *a, const char *b)
{
    compared(a, b, SIZE_MAX, WBX_PC);
    return strcmp(a, b);
}

WRAP(int, strncmp, const char *a, const char *b, size_t n)
{
    compared(a, b, n, WBX_PC);
    return strncmp(a, b, n);
}

WRAP(char *, strchr, const char *s, int c)
{
    wbx_range(WBX_PC, s, strlen(s) + 1, NULL, 0);
    return strchr(s, c);
}

WRAP(char *, strrchr, const char *s, int c)
{
    wbx_range(WBX_PC, s, strlen(s) + 1, NULL, 0);
    return strrchr(s, c);
}

/* getopt() has a state of its own, and 0 tells it to begin anew. */
static void begin_options(void)
{
    if (options_are_new)
        optind = 0;
    options_are_new = false;
}

WRAP(int, getopt, int argc, char *const *argv, const char *letters)
{
    begin_options();
    return getopt(argc, argv, letters);
}

WRAP(int, getopt_long, int argc, char *const *argv, const char *letters,
     const struct option *words, int *which)
{
    begin_options();
    return getopt_long(argc, argv, letters, words, which);
}

WRAP(int, setvbuf, FILE *stream, char *buffer, int mode, size_t size)
{
    (void)stream, (void)buffer, (void)mode, (void)size;
    return 0;
}

/* Fixed sequences: an execution must be repeatable. Each thread has its own,
 * which begins where its creator's stands, so that what it draws does not
 * depend on who draws first. */
void wbx_random_inherit(const wbx_thread *t)
{
    random_states[t->id] =
        t->creator == NULL ? 1 : random_states[t->creator->id] + t->id;
}

static int next_random(void)
{
    uint64_t *state = &random_states[wbx.current->id];

    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int)(*state >> 33);
}

WRAP(int, rand, void)
{
    return next_random();
}

WRAP(long, random, void)
{
    return next_random();
}

WRAP(void, srand, unsigned seed)
{
    random_states[wbx.current->id] = seed;
}

WRAP(void, srandom, unsigned seed)
{
    random_states[wbx.current->id] = seed;
}
