/* rt_print.c: the printf family and its like: what they read for the program,
 * and the output, which is kept. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt.h"

static void read_text(const char *s, uint64_t pc)
{
    wbx_range(pc, s, strlen(s) + 1, NULL, 0);
}

/* One conversion of a format, after its '%'. */
struct conversion {
    int stars; /* of width and precision, each an int among the arguments */
    long precision; /* -1: none, or a star */
    bool last_star; /* the precision is the last star */
    char length;    /* 'l' for all that are as long; 'L'; 0 */
    char letter;    /* '\0' when the format ends or counts its arguments */
};

static const char *skip_number(const char *f, struct conversion *c)
{
    if (*f == '*') {
        c->stars++;
        return f + 1;
    }
    return f + strspn(f, "0123456789");
}

static const char *parse(const char *f, struct conversion *c)
{
    *c = (struct conversion){ .precision = -1 };
    f = skip_number(f + strspn(f, "-+ #0'I"), c);
    if (*f == '.') {
        c->last_star = *++f == '*';
        c->precision = c->last_star ? -1 : strtol(f, NULL, 10);
        f = skip_number(f, c);
    }
    for (; *f != '\0' && strchr("hlLqjzt", *f) != NULL; f++)
        if (*f != 'h')
            c->length = *f == 'L' ? 'L' : 'l';
    c->letter = *f;
    if (*f == '$')
        c->letter = '\0';
    return c->letter != '\0' ? f + 1 : f + strlen(f);
}

static void read_string(const char *s, const struct conversion *c, uint64_t pc)
{
    size_t n;

    if (s == NULL || c->length != 0) /* "%ls" reads wide characters */
        return;
    n = c->precision < 0 ? strlen(s) : strnlen(s, (size_t)c->precision);
    n += c->precision < 0 || n < (size_t)c->precision;
    wbx_range(pc, s, n, NULL, 0);
}

/* An argument list that is handed down by reference. */
struct arguments {
    va_list ap;
};

/* Take the argument of a conversion, and announce what it points to. */
static void take(struct arguments *a, struct conversion *c, uint64_t pc)
{
    for (; c->stars > 0; c->stars--) {
        int n = va_arg(a->ap, int);

        if (c->stars == 1 && c->last_star)
            c->precision = n;
    }
    switch (c->letter) {
    case '%':
    case 'm':
    case '\0': break;
    case 's': read_string(va_arg(a->ap, const char *), c, pc); break;
    case 'p':
    case 'n': (void)va_arg(a->ap, void *); break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        if (c->length == 'L')
            (void)va_arg(a->ap, long double);
        else
            (void)va_arg(a->ap, double);
        break;
    default:
        if (c->length != 0)
            (void)va_arg(a->ap, long);
        else
            (void)va_arg(a->ap, int);
    }
}

/* Announce that the strings among the arguments are read. Formats that number
 * their arguments ("%2$s") are not looked into. */
static void announce(const char *format, va_list ap, uint64_t pc)
{
    struct arguments a;
    struct conversion c;

    read_text(format, pc);
    va_copy(a.ap, ap);
    while ((format = strchr(format, '%')) != NULL) {
        format = parse(format + 1, &c);
        take(&a, &c, pc);
    }
    va_end(a.ap);
}

static int format_into(char *to, size_t size, const char *format, va_list ap,
                       uint64_t pc)
{
    va_list again;
    int n;

    announce(format, ap, pc);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n >= 0 && size > 0)
        wbx_range(pc, NULL, 0, to, (size_t)n < size ? (size_t)n + 1 : size);
    return vsnprintf(to, size, format, ap);
}

WRAP(int, vsnprintf, char *to, size_t size, const char *format, va_list ap)
{
    return format_into(to, size, format, ap, WBX_PC);
}

WRAP(int, vsprintf, char *to, const char *format, va_list ap)
{
    return format_into(to, SIZE_MAX / 2, format, ap, WBX_PC);
}

WRAP(int, snprintf, char *to, size_t size, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = format_into(to, size, format, ap, WBX_PC);
    va_end(ap);
    return n;
}

WRAP(int, sprintf, char *to, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = format_into(to, SIZE_MAX / 2, format, ap, WBX_PC);
    va_end(ap);
    return n;
}

/* The only streams a program can have here: others need a call that is not
 * modelled, and so refused. */
static int print(const char *format, va_list ap, uint64_t pc)
{
    static char text[4096];
    va_list again;
    int n;

    announce(format, ap, pc);
    va_copy(again, ap);
    n = vsnprintf(text, sizeof(text), format, again);
    va_end(again);
    if (n > 0)
        wbx_output(text,
                   (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
    return n;
}

WRAP(int, vprintf, const char *format, va_list ap)
{
    return print(format, ap, WBX_PC);
}

WRAP(int, vfprintf, FILE *stream, const char *format, va_list ap)
{
    (void)stream;
    return print(format, ap, WBX_PC);
}

WRAP(int, printf, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = print(format, ap, WBX_PC);
    va_end(ap);
    return n;
}

WRAP(int, fprintf, FILE *stream, const char *format, ...)
{
    va_list ap;
    int n;

    (void)stream;
    va_start(ap, format);
    n = print(format, ap, WBX_PC);
    va_end(ap);
    return n;
}

/* What goes to a descriptor may go to a pipe of the program. */
ssize_t __wrap_write(int fd, const void *from, size_t n);

static int print_to(int fd, const char *format, va_list ap, uint64_t pc)
{
    char text[4096];
    va_list again;
    int n;

    if (fd == STDOUT_FILENO || fd == STDERR_FILENO)
        return print(format, ap, pc);
    announce(format, ap, pc);
    va_copy(again, ap);
    n = vsnprintf(text, sizeof(text), format, again);
    va_end(again);
    if (n >= (int)sizeof(text))
        wbx_refuse("dprintf of more than %zu bytes is not modelled",
                   sizeof(text) - 1);
    return n > 0 ? (int)__wrap_write(fd, text, (size_t)n) : n;
}

WRAP(int, vdprintf, int fd, const char *format, va_list ap)
{
    return print_to(fd, format, ap, WBX_PC);
}

WRAP(int, dprintf, int fd, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = print_to(fd, format, ap, WBX_PC);
    va_end(ap);
    return n;
}

WRAP(int, puts, const char *s)
{
    read_text(s, WBX_PC);
    wbx_output(s, strlen(s));
    wbx_output("\n", 1);
    return 1;
}

WRAP(int, putchar, int c)
{
    char one = (char)c;

    wbx_output(&one, 1);
    return c;
}

WRAP(int, fputs, const char *s, FILE *stream)
{
    (void)stream;
    read_text(s, WBX_PC);
    wbx_output(s, strlen(s));
    return 1;
}

WRAP(int, fputc, int c, FILE *stream)
{
    (void)stream;
    return __wrap_putchar(c);
}

WRAP(int, putc, int c, FILE *stream)
{
    (void)stream;
    return __wrap_putchar(c);
}

WRAP(size_t, fwrite, const void *data, size_t size, size_t n, FILE *stream)
{
    (void)stream;
    wbx_range(WBX_PC, data, size * n, NULL, 0);
    wbx_output(data, size * n);
    return n;
}

WRAP(int, fflush, FILE *stream)
{
    (void)stream;
    return 0;
}

WRAP(void, perror, const char *s)
{
    read_text(s, WBX_PC);
    wbx_output(s, strlen(s));
    wbx_output(": an error\n", 11);
}
