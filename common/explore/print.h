#ifndef WBX_PRINT_H
#define WBX_PRINT_H

/**
 * @file print.h
 * What the files that print for people share. One thread per printer.
 */

#include <stdio.h>

#include "arena.h"
#include "explore.h"

enum wbx_paint { WBX_PLAIN, WBX_DIM, WBX_BOLD, WBX_ALARM, WBX_GOOD };

struct wbx_printer {
    FILE *out;
    struct wbx_style style; /* width is never 0 here */
    struct wbx_arena *arena;
};

/* text.c */

/** Columns a terminal needs for s; control characters show as '?'. */
int wbx_text_width(const char *s);

/** Print at most width columns of s in that paint. @return columns used */
int wbx_text_put(struct wbx_printer *p, enum wbx_paint paint, const char *s,
                 int width);

/** Print n blanks. */
void wbx_text_pad(struct wbx_printer *p, int n);

/** Print text of several lines, each after the margin. */
void wbx_text_block(struct wbx_printer *p, const char *margin,
                    const char *text);

/** The arrow between an old and a new value. */
const char *wbx_text_arrow(const struct wbx_printer *p);

/* select.c */

enum wbx_shown {
    WBX_SHOWN,
    WBX_PRIVATE, /**< what one thread alone uses, or nobody changes */
    WBX_CUT      /**< in the middle of a long trace */
};

/** @return what to do with each event of f, in p's arena. */
enum wbx_shown *wbx_select(const struct wbx_failure *f, struct wbx_arena *a);

/* rows.c: a trace as rows, each belonging to one thread's column */

enum wbx_row_kind { WBX_ROW_SOURCE, WBX_ROW_STEP, WBX_ROW_NOTE };

struct wbx_row {
    enum wbx_row_kind kind;
    int thread; /* -1: across all columns */
    bool marked;
    const char *where; /* "f.c:9", for a row of source */
    const char *text;
    const char *effect; /* of a step: text without the count */
    int times;
};

struct wbx_rows {
    struct wbx_row *at;
    size_t n, room;
};

void wbx_rows_make(struct wbx_printer *p, const struct wbx_failure *f,
                   struct wbx_rows *rows);

/** "read counter = 0", "write counter 0 -> 1", "lock mu". */
const char *wbx_rows_effect(struct wbx_printer *p, const struct wbx_event *e);

/** "held by T1", "that nobody is left to give"... of a blocked thread. */
const char *wbx_rows_blocked(struct wbx_printer *p, const struct wbx_failure *f,
                             const struct wbx_thread *t);

/* columns.c, list.c: print the rows */

/** @return false when the threads do not fit side by side. */
bool wbx_columns_print(struct wbx_printer *p, const struct wbx_failure *f,
                       const struct wbx_rows *rows);
void wbx_list_print(struct wbx_printer *p, const struct wbx_failure *f,
                    const struct wbx_rows *rows);

#endif
