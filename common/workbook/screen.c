/* Text for people: colour and ASCII are decided here and nowhere else. */
#include "screen.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    if (term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0)
        return false;
    return isatty(STDOUT_FILENO) == 1;
}

/* The terminal's columns; without one, what COLUMNS says; 0 when unknown. */
static int terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int width = columns != NULL ? atoi(columns) : 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    return width < 40 ? 0 : width;
}

void wb_screen_detect(struct wb_screen *s)
{
    setlocale(LC_CTYPE, "");
    s->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    s->colour = wants_colour();
    s->width = terminal_width();
}

const char *wb_bold(const struct wb_screen *s)
{
    return s->colour ? "\033[1m" : "";
}

const char *wb_red(const struct wb_screen *s)
{
    return s->colour ? "\033[1;31m" : "";
}

const char *wb_green(const struct wb_screen *s)
{
    return s->colour ? "\033[1;32m" : "";
}

const char *wb_dim(const struct wb_screen *s)
{
    return s->colour ? "\033[2m" : "";
}

const char *wb_plain(const struct wb_screen *s)
{
    return s->colour ? "\033[0m" : "";
}

static const struct {
    const char *utf8, *ascii;
} replacements[] = {
    { "\u2013", "-" },   { "\u2014", "-" },  { "\u2018", "'" },
    { "\u2019", "'" },   { "\u201c", "\"" }, { "\u201d", "\"" },
    { "\u2026", "..." }, { "\u2192", "->" }, { "\u2190", "<-" },
    { "\u00d7", "x" },   { "\u00b5", "u" },  { "\u00b7", "-" },
    { "\u2264", "<=" },  { "\u2265", ">=" }, { "\u2260", "!=" },
    { "\u00a0", " " },   { "\u2022", "*" },
};

/* Length of the sequence at p; a stray byte counts as one. */
static size_t sequence_length(const char *p)
{
    size_t n = 1;
    while (((unsigned char)p[0] & 0xc0) == 0xc0 &&
           ((unsigned char)p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

static const char *replacement(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
        if (strlen(replacements[i].utf8) == n &&
            memcmp(replacements[i].utf8, p, n) == 0)
            return replacements[i].ascii;
    }
    return "?";
}

char *wb_ascii(const char *text)
{
    /* A stray byte becomes one '?', a sequence of two or more bytes at most
     * three characters: half as long again is always enough. */
    char *out = malloc(strlen(text) * 3 / 2 + 4);
    char *to = out;
    if (out == NULL)
        return NULL;
    while (*text != '\0') {
        if ((unsigned char)*text < 0x80) {
            *to++ = *text++;
            continue;
        }
        size_t n = sequence_length(text);
        to = stpcpy(to, replacement(text, n));
        text += n;
    }
    *to = '\0';
    return out;
}

static void show(const struct wb_screen *s, FILE *to, const char *text)
{
    char *plain = s->ascii ? wb_ascii(text) : NULL;
    fputs(plain != NULL ? plain : text, to);
    free(plain);
}

static void show_format(const struct wb_screen *s, FILE *to, const char *fmt,
                        va_list args)
{
    char *text;
    if (vasprintf(&text, fmt, args) < 0) {
        fputs("workbook: out of memory\n", stderr);
        return;
    }
    show(s, to, text);
    free(text);
}

/* Columns of the n bytes at p: each sequence counts as one. */
static int columns(const char *p, size_t n)
{
    int sum = 0;
    while (n-- > 0)
        sum += ((unsigned char)*p++ & 0xc0) != 0x80;
    return sum;
}

/* Print text from that column on, its lines broken between words and
 * indented; no newline at the end. */
static void show_paragraph(const struct wb_screen *s, FILE *to, int spaces,
                           int column, const char *text)
{
    while (*(text += strspn(text, " \n")) != '\0') {
        size_t n = strcspn(text, " \n");
        int w = columns(text, n);
        if (s->width > 0 && column > spaces && column + 1 + w >= s->width) {
            fprintf(to, "\n%*s", spaces, "");
            column = spaces;
        } else if (column > spaces) {
            fputc(' ', to);
            column++;
        }
        fprintf(to, "%.*s", (int)n, text);
        column += w;
        text += n;
    }
}

void wb_say(const struct wb_screen *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    show_format(s, stdout, fmt, args);
    va_end(args);
}

void wb_complain(const struct wb_screen *s, const char *fmt, ...)
{
    va_list args;
    char *text;
    fflush(stdout);
    va_start(args, fmt);
    int rc = vasprintf(&text, fmt, args);
    va_end(args);
    char *shown = rc < 0 ? NULL : s->ascii ? wb_ascii(text) : strdup(text);
    fputs("workbook:", stderr);
    show_paragraph(s, stderr, 4, 9, shown != NULL ? shown : "out of memory");
    if (rc >= 0)
        free(text);
    free(shown);
    fputc('\n', stderr);
}

void wb_say_indented(const struct wb_screen *s, int spaces, const char *text)
{
    while (*text != '\0') {
        int n = (int)strcspn(text, "\n");
        wb_say(s, "%*s%.*s\n", n > 0 ? spaces : 0, "", n, text);
        text += n;
        if (*text == '\n')
            text++;
    }
}

void wb_say_paragraph(const struct wb_screen *s, int spaces, const char *text)
{
    char *shown = s->ascii ? wb_ascii(text) : strdup(text);
    printf("%*s", spaces, "");
    show_paragraph(s, stdout, spaces, spaces, shown != NULL ? shown : text);
    putchar('\n');
    free(shown);
}

void wb_say_bar(const struct wb_screen *s, size_t done, size_t total, int width)
{
    int full = total == 0 ? 0 : (int)(done * (size_t)width / total);
    const char *on = s->ascii ? "#" : "\u2588",
               *off = s->ascii ? "." : "\u2591";
    wb_say(s, "%s", s->ascii ? "[" : "");
    for (int i = 0; i < width; i++)
        wb_say(s, "%s", i < full ? on : off);
    wb_say(s, "%s %zu of %zu", s->ascii ? "]" : "", done, total);
}
