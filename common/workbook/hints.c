/* Reads hints.md. */
#include "hints.h"

#include <stdbool.h>
#include <string.h>

#include "text.h"

/* Whether the heading at p names kind as a whole word. */
static bool heading_names(const char *p, const char *kind)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    const char *end = p + strcspn(p, "\n");
    size_t want = strlen(kind);
    while (p < end) {
        size_t n = strspn(p, letters);
        if (n == want && strncmp(p, kind, n) == 0)
            return true;
        p += n > 0 ? n : 1;
    }
    return false;
}

/* @return the text after "12. ", or NULL when no item begins at p */
static const char *item_text(const char *p)
{
    size_t digits = strspn(p, "0123456789");
    if (digits == 0 || p[digits] != '.' || p[digits + 1] != ' ')
        return NULL;
    return p + digits + 1 + strspn(p + digits + 1, " ");
}

static const char *find_section(const char *text, const char *kind)
{
    for (const char *p = text; *p != '\0'; p = wb_text_next_line(p)) {
        if (wb_text_is_heading(p) && heading_names(p, kind))
            return wb_text_next_line(p);
    }
    return NULL;
}

/* Copy the item that begins at p up to the next one or the section's end,
 * without the indentation of its further lines. */
static char *copy_item(const char *p)
{
    const char *end = wb_text_next_line(p);
    while (*end != '\0' && !wb_text_is_heading(end) && item_text(end) == NULL)
        end = wb_text_next_line(end);
    while (end > p && (end[-1] == '\n' || end[-1] == ' '))
        end--;
    char *copy = strndup(p, (size_t)(end - p)), *to = copy;
    if (copy == NULL)
        return NULL;
    for (const char *from = copy; *from != '\0';) {
        *to++ = *from;
        size_t indent = *from++ == '\n' ? strspn(from, " ") : 0;
        from += indent < 3 ? indent : 3;
    }
    *to = '\0';
    return copy;
}

char *wb_hint_get(const char *text, const char *kind, unsigned n)
{
    const char *p = find_section(text, kind);
    for (; p != NULL && *p != '\0' && !wb_text_is_heading(p);
         p = wb_text_next_line(p)) {
        const char *item = item_text(p);
        if (item != NULL && n-- == 0)
            return copy_item(item);
    }
    return NULL;
}
