#ifndef SAMPLE_H
#define SAMPLE_H

/* Reports made by hand, for the tests of the printers. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

/* What a printer writes; the caller frees it. */
static inline char *sample_print(const struct wbx_report *rep,
                                 const struct wbx_style *style)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (style != NULL)
        wbx_print(out, rep, style);
    else
        wbx_print_json(out, rep);
    fclose(out);
    return text;
}

static inline struct wbx_event sample_event(int thread, int line,
                                            const char *source, const char *op,
                                            const char *object)
{
    return (struct wbx_event){ .thread = thread,
                               .file = "dir/f.c",
                               .line = line,
                               .source = source,
                               .op = op,
                               .object = object };
}

static inline struct wbx_event sample_values(struct wbx_event e, int before,
                                             const char *before_text, int after,
                                             const char *after_text)
{
    e.has_values = true;
    e.before = before;
    e.before_text = before_text;
    e.after = after;
    e.after_text = after_text;
    return e;
}

#endif
