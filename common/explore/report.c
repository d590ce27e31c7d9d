/* report.c */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wbx_arena *wbx_report_arena(void)
{
    struct wbx_arena *a = calloc(1, sizeof(*a));

    if (a == NULL) {
        fputs("explore: out of memory\n", stderr);
        abort();
    }
    return a;
}

void wbx_report_free(struct wbx_report *rep)
{
    struct wbx_arena *a = rep->owner;

    if (a != NULL) {
        wbx_arena_free(a);
        free(a);
    }
    *rep = (struct wbx_report){ .verdict = WB_CLEAN };
}

const struct wbx_failure *wbx_find(const struct wbx_report *rep,
                                   enum wb_verdict kind)
{
    for (size_t i = 0; i < rep->nfailures; i++)
        if (rep->failures[i].kind == kind)
            return &rep->failures[i];
    return NULL;
}

static bool is_plain(const char *word)
{
    return *word != '\0' &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                             "WXYZ0123456789_-+=./,:@%")] == '\0';
}

/* In single quotes when a shell would see more in it than letters. */
static const char *quote(const char *word, struct wbx_arena *a)
{
    char *quoted, *out;

    if (is_plain(word))
        return word;
    out = quoted = wbx_arena_alloc(a, 4 * strlen(word) + 3);
    *out++ = '\'';
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            memcpy(out, "'\\''", 4);
            out += 4;
        } else {
            *out++ = *word;
        }
    }
    *out = '\'';
    return quoted;
}

static const char *append(const char *text, const char *const *words, size_t n,
                          struct wbx_arena *a)
{
    for (size_t i = 0; i < n; i++)
        text = wbx_arena_format(a, "%s %s", text, quote(words[i], a));
    return text;
}

const char *wbx_report_command(const struct wbx_options *opt, const char *token,
                               struct wbx_arena *a)
{
    const char *text =
        wbx_arena_format(a, "./workbook explore --replay %s", token);

    if (opt->shown_as != NULL)
        return wbx_arena_format(a, "%s --replay %s", opt->shown_as, token);

    text = append(text, opt->cflags, opt->ncflags, a);
    text = append(text, opt->files, opt->nfiles, a);
    if (opt->nargs > 0)
        text = wbx_arena_format(a, "%s --", text);
    return append(text, opt->args, opt->nargs, a);
}

char *wbx_report_number(char *buffer, uint64_t number)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%lu", (unsigned long)number);
    char *out = buffer;

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return buffer;
}
