#ifndef WB_SCREEN_H
#define WB_SCREEN_H

/**
 * @file screen.h
 * All the text the command shows. One place decides about colour and about
 * characters outside ASCII, so no command can forget either.
 *
 *     struct wb_screen s;
 *     wb_screen_detect(&s);
 *     wb_say(&s, "%s%s%s passed\n", wb_bold(&s), title, wb_plain(&s));
 *
 * Main thread only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct wb_screen {
    bool colour; /* stdout is a terminal that wants colour */
    bool ascii;  /* the locale is not UTF-8 */
    int width;   /* columns of the terminal, 0 when there is none */
};

/** Reads the locale, NO_COLOR, TERM and whether stdout is a terminal. */
void wb_screen_detect(struct wb_screen *s);

/** Escape sequences, or "" without colour. */
const char *wb_bold(const struct wb_screen *s);
const char *wb_red(const struct wb_screen *s);
const char *wb_green(const struct wb_screen *s);
const char *wb_dim(const struct wb_screen *s);
const char *wb_plain(const struct wb_screen *s);

/** printf to stdout; text outside ASCII is replaced if s->ascii. */
void wb_say(const struct wb_screen *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** printf to stderr, after "workbook: ", with a newline added. */
void wb_complain(const struct wb_screen *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Print text with every line indented by that many spaces. */
void wb_say_indented(const struct wb_screen *s, int spaces, const char *text);

/** Print a paragraph, indented, its lines broken between words so that they
 *  fit the terminal. */
void wb_say_paragraph(const struct wb_screen *s, int spaces, const char *text);

/** A bar of width cells, done of total filled, without newline. */
void wb_say_bar(const struct wb_screen *s, size_t done, size_t total,
                int width);

/**
 * Replace each UTF-8 sequence of text by ASCII that means the same, or by
 * '?'. @return a string to free(), NULL without memory.
 */
char *wb_ascii(const char *text);

#endif
