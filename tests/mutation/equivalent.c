/* Reads the list of changes that make no difference. */
#include "equivalent.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"

static char *trim(char *text)
{
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* Take " #2" off the end of text. @return the number, 1 if there is none */
static int take_occurrence(char *text)
{
    char *mark = strrchr(text, '#'), *end;
    if (mark == NULL || mark == text || mark[-1] != ' ')
        return 1;
    long number = strtol(mark + 1, &end, 10);
    if (*end != '\0' || number < 1 || number > 1000)
        return 1;
    *mark = '\0';
    trim(text);
    return (int)number;
}

/* The source line may hold a bar itself, so it ends at the last one. */
static bool parse(char *line, struct equivalent *e)
{
    char *first = strchr(line, '|'), *last = strrchr(line, '|');
    if (first == NULL || first == last)
        return false;
    *first = *last = '\0';
    e->chapter = trim(line);
    e->source = trim(first + 1);
    e->reason = trim(last + 1);
    e->occurrence = take_occurrence(e->source);
    return *e->chapter != '\0' && *e->source != '\0' && *e->reason != '\0';
}

int equivalents_parse(struct equivalents *e, char *text)
{
    size_t lines = 1;
    int number = 0;
    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    *e = (struct equivalents){ .text = text,
                               .all =
                                   wb_alloc(lines, sizeof(struct equivalent)) };
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        struct equivalent *entry = &e->all[e->n];
        entry->line = ++number;
        line = trim(line);
        if (*line == '\0' || *line == '#')
            continue;
        if (!parse(line, entry)) {
            equivalents_free(e);
            return number;
        }
        e->n++;
    }
    return 0;
}

struct equivalent *equivalents_find(struct equivalents *e, const char *chapter,
                                    const char *source, int occurrence)
{
    for (size_t i = 0; i < e->n; i++) {
        struct equivalent *entry = &e->all[i];
        if (strcmp(entry->chapter, chapter) == 0 &&
            strcmp(entry->source, source) == 0 &&
            entry->occurrence == occurrence) {
            entry->used = true;
            return entry;
        }
    }
    return NULL;
}

const struct equivalent *equivalents_unused(const struct equivalents *e,
                                            const char *chapter)
{
    for (size_t i = 0; i < e->n; i++)
        if (!e->all[i].used && strcmp(e->all[i].chapter, chapter) == 0)
            return &e->all[i];
    return NULL;
}

void equivalents_free(struct equivalents *e)
{
    free(e->all);
    free(e->text);
    *e = (struct equivalents){ 0 };
}
