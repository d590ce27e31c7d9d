/* rt_string.c: the rest of the string functions, numbers in text, and sorting:
 * what they read and write, announced in one step before they do it. A search
 * is taken to read all of the string, as its result depends on the end. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rt.h"

static void reads(const char *s, uint64_t pc)
{
    wbx_range(pc, s, strlen(s) + 1, NULL, 0);
}

static void reads_some(const char *s, size_t most, uint64_t pc)
{
    size_t n = strnlen(s, most);

    wbx_range(pc, s, n < most ? n + 1 : n, NULL, 0);
}

/* Two strings, of which at most so many bytes count. */
static void reads_both(const char *a, const char *b, size_t most, uint64_t pc)
{
    reads_some(a, most, pc);
    reads_some(b, most, pc);
}

/* What is appended to is read up to its end. */
static void appends(char *to, const char *from, size_t most, uint64_t pc)
{
    size_t n = strnlen(from, most);

    reads(to, pc);
    wbx_range(pc, from, n < most ? n + 1 : n, to + strlen(to), n + 1);
}

WRAP(char *, strcat, char *to, const char *from)
{
    appends(to, from, SIZE_MAX, WBX_PC);
    return strcat(to, from);
}

WRAP(char *, strncat, char *to, const char *from, size_t n)
{
    appends(to, from, n, WBX_PC);
    return strncat(to, from, n);
}

WRAP(char *, stpcpy, char *to, const char *from)
{
    size_t n = strlen(from) + 1;

    wbx_range(WBX_PC, from, n, to, n);
    return stpcpy(to, from);
}

WRAP(char *, stpncpy, char *to, const char *from, size_t n)
{
    size_t read = strnlen(from, n);

    wbx_range(WBX_PC, from, read < n ? read + 1 : n, to, n);
    return stpncpy(to, from, n);
}

WRAP(void *, mempcpy, void *to, const void *from, size_t n)
{
    wbx_range(WBX_PC, from, n, to, n);
    return mempcpy(to, from, n);
}

WRAP(void *, memccpy, void *to, const void *from, int c, size_t n)
{
    const char *end = memchr(from, c, n);
    size_t used = end ? (size_t)(end - (const char *)from) + 1 : n;

    wbx_range(WBX_PC, from, used, to, used);
    return memccpy(to, from, c, n);
}

WRAP(void, bzero, void *to, size_t n)
{
    wbx_range(WBX_PC, NULL, 0, to, n);
    memset(to, 0, n);
}

WRAP(void, explicit_bzero, void *to, size_t n)
{
    wbx_range(WBX_PC, NULL, 0, to, n);
    memset(to, 0, n);
}

WRAP(int, bcmp, const void *a, const void *b, size_t n)
{
    wbx_range(WBX_PC, a, n, NULL, 0);
    wbx_range(WBX_PC, b, n, NULL, 0);
    return memcmp(a, b, n);
}

WRAP(void *, memrchr, const void *s, int c, size_t n)
{
    wbx_range(WBX_PC, s, n, NULL, 0);
    return memrchr(s, c, n);
}

WRAP(void *, rawmemchr, const void *s, int c)
{
    const char *end = rawmemchr(s, c);

    wbx_range(WBX_PC, s, (size_t)(end - (const char *)s) + 1, NULL, 0);
    return rawmemchr(s, c);
}

WRAP(void *, memmem, const void *s, size_t n, const void *what, size_t m)
{
    wbx_range(WBX_PC, s, n, NULL, 0);
    wbx_range(WBX_PC, what, m, NULL, 0);
    return memmem(s, n, what, m);
}

WRAP(size_t, strnlen, const char *s, size_t n)
{
    reads_some(s, n, WBX_PC);
    return strnlen(s, n);
}

WRAP(int, strcasecmp, const char *a, const char *b)
{
    reads_both(a, b, SIZE_MAX, WBX_PC);
    return strcasecmp(a, b);
}

WRAP(int, strncasecmp, const char *a, const char *b, size_t n)
{
    reads_both(a, b, n, WBX_PC);
    return strncasecmp(a, b, n);
}

WRAP(int, strcoll, const char *a, const char *b)
{
    reads_both(a, b, SIZE_MAX, WBX_PC);
    return strcoll(a, b);
}

/* Searches in one string for something of another. */
#define SEARCH(type, name)                                                     \
    WRAP(type, name, const char *s, const char *what)                          \
    {                                                                          \
        reads_both(s, what, SIZE_MAX, WBX_PC);                                 \
        return (type)name(s, what);                                            \
    }
SEARCH(char *, strstr)
SEARCH(char *, strcasestr)
SEARCH(char *, strpbrk)
SEARCH(size_t, strspn)
SEARCH(size_t, strcspn)

WRAP(char *, strchrnul, const char *s, int c)
{
    reads(s, WBX_PC);
    return (char *)strchrnul(s, c);
}

/* Words of a text: their ends are overwritten in it. */
static void cuts(char *s, char *const *where, uint64_t pc)
{
    char *text = s != NULL ? s : *where;

    wbx_range(pc, where, sizeof(*where), (void *)where, sizeof(*where));
    if (text != NULL)
        wbx_range(pc, NULL, 0, text, strlen(text) + 1);
}

WRAP(char *, strtok_r, char *s, const char *ends, char **where)
{
    cuts(s, where, WBX_PC);
    return strtok_r(s, ends, where);
}

WRAP(char *, __strtok_r, char *s, const char *ends, char **where)
{
    cuts(s, where, WBX_PC);
    return strtok_r(s, ends, where);
}

WRAP(char *, strsep, char **where, const char *ends)
{
    cuts(NULL, where, WBX_PC);
    return strsep(where, ends);
}

/* A number in text is read up to the first byte that is no part of it. */
static void reads_number(const char *s, const char *end, char **out,
                         uint64_t pc)
{
    wbx_range(pc, s, (size_t)(end - s) + 1, out, out ? sizeof(*out) : 0);
}

#define INTEGER(type, name)                                                    \
    WRAP(type, name, const char *s, char **end, int base)                      \
    {                                                                          \
        int before = errno;                                                    \
        char *stop;                                                            \
                                                                               \
        (void)name(s, &stop, base);                                            \
        errno = before;                                                        \
        reads_number(s, stop, end, WBX_PC);                                    \
        return name(s, end, base);                                             \
    }
INTEGER(long, strtol)
INTEGER(long long, strtoll)
INTEGER(unsigned long, strtoul)
INTEGER(unsigned long long, strtoull)
INTEGER(intmax_t, strtoimax)
INTEGER(uintmax_t, strtoumax)

#define FLOATING(type, name)                                                   \
    WRAP(type, name, const char *s, char **end)                                \
    {                                                                          \
        int before = errno;                                                    \
        char *stop;                                                            \
                                                                               \
        (void)name(s, &stop);                                                  \
        errno = before;                                                        \
        reads_number(s, stop, end, WBX_PC);                                    \
        return name(s, end);                                                   \
    }
FLOATING(float, strtof)
FLOATING(double, strtod)
FLOATING(long double, strtold)

#define SIMPLE(type, name, as)                                                 \
    WRAP(type, name, const char *s)                                            \
    {                                                                          \
        char *stop;                                                            \
                                                                               \
        (void)as;                                                              \
        reads_number(s, stop, NULL, WBX_PC);                                   \
        return name(s);                                                        \
    }
SIMPLE(int, atoi, strtol(s, &stop, 10))
SIMPLE(long, atol, strtol(s, &stop, 10))
SIMPLE(long long, atoll, strtoll(s, &stop, 10))
SIMPLE(double, atof, strtod(s, &stop))

/* One conversion of a scan, after its '%': the bytes it stores, of a text one
 * at least; 0 when it stores nothing. */
static size_t stores(const char **format)
{
    const char *f = *format;
    bool skipped = *f == '*';
    size_t size = 4;

    f += skipped;
    f += strspn(f, "0123456789");
    for (; *f != '\0' && strchr("hlqjztLm", *f) != NULL; f++)
        size = *f == 'h' ? size / 2 : *f == 'L' ? 16 : 8;
    if (*f == '[') {
        f += f[1] == '^' ? 2 : 1;
        f += *f == ']';
        f += strcspn(f, "]");
        size = size == 8 ? 8 : 1;
    } else if ((*f == 's' || *f == 'c') && size == 4) {
        size = 1;
    } else if (*f == 'p') {
        size = 8;
    }
    skipped |= *f == '%' || *f == '\0';
    *format = *f != '\0' ? f + 1 : f;
    return skipped ? 0 : size;
}

static void scans(const char *s, const char *format, va_list targets,
                  uint64_t pc)
{
    reads_both(s, format, SIZE_MAX, pc);
    while ((format = strchr(format, '%')) != NULL) {
        size_t size;

        format++;
        size = stores(&format);
        if (size > 0)
            wbx_range(pc, NULL, 0, va_arg(targets, void *), size);
    }
}

#define SCAN(name)                                                             \
    WRAP(int, name, const char *s, const char *format, ...)                    \
    {                                                                          \
        va_list targets;                                                       \
        int n;                                                                 \
                                                                               \
        va_start(targets, format);                                             \
        scans(s, format, targets, WBX_PC);                                     \
        va_end(targets);                                                       \
        va_start(targets, format);                                             \
        n = vsscanf(s, format, targets);                                       \
        va_end(targets);                                                       \
        return n;                                                              \
    }
SCAN(sscanf)
SCAN(__isoc99_sscanf)
SCAN(__isoc23_sscanf)

/* Sorting moves everything; what is compared, compare() announces itself. */
WRAP(void, qsort, void *base, size_t n, size_t size,
     int (*compare)(const void *, const void *))
{
    wbx_range(WBX_PC, NULL, 0, base, n * size);
    qsort(base, n, size, compare);
}
