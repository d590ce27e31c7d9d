/* source.c */
#include "source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 16 << 20 };

struct wbx_source_file {
    struct wbx_source_file *next;
    const char *path;
    const char *name; /* as shown */
    const char **lines;
    int nlines;
};

static char *read_all(struct wbx_arena *a, const char *path)
{
    FILE *f = fopen(path, "re");
    char *text = NULL;
    long size;

    if (f == NULL)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 &&
        size < MOST_BYTES && fseek(f, 0, SEEK_SET) == 0) {
        text = wbx_arena_alloc(a, (size_t)size + 1);
        text[fread(text, 1, (size_t)size, f)] = '\0';
    }
    fclose(f);
    return text;
}

static char *trim(char *line)
{
    size_t n;

    line += strspn(line, " \t");
    n = strlen(line);
    while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
        line[--n] = '\0';
    return line;
}

static void split(struct wbx_source_file *f, char *text, struct wbx_arena *a)
{
    int n = 1;

    for (const char *c = text; *c != '\0'; c++)
        n += *c == '\n';
    f->lines = wbx_arena_alloc(a, (size_t)n * sizeof(*f->lines));
    while (text != NULL && f->nlines < n) {
        char *stop = strchr(text, '\n');

        if (stop != NULL)
            *stop++ = '\0';
        f->lines[f->nlines++] = trim(text);
        text = stop;
    }
}

static const char *own_spelling(struct wbx_sources *s, const char *path)
{
    char real[PATH_MAX], other[PATH_MAX], here[PATH_MAX];
    size_t n;

    if (realpath(path, real) == NULL)
        return path;
    for (size_t i = 0; i < s->nfiles; i++)
        if (realpath(s->files[i], other) != NULL && strcmp(real, other) == 0)
            return s->files[i];
    if (getcwd(here, sizeof(here)) == NULL)
        return path;
    n = strlen(here);
    if (strncmp(real, here, n) == 0 && real[n] == '/')
        return wbx_arena_format(s->arena, "%s", real + n + 1);
    return path;
}

static struct wbx_source_file *find_file(struct wbx_sources *s,
                                         const char *path)
{
    struct wbx_source_file *f;
    char *text;

    for (f = s->read; f != NULL; f = f->next)
        if (strcmp(f->path, path) == 0)
            return f;
    f = wbx_arena_alloc(s->arena, sizeof(*f));
    f->path = wbx_arena_copy(s->arena, path, strlen(path));
    f->name = own_spelling(s, f->path);
    text = read_all(s->arena, path);
    if (text != NULL)
        split(f, text, s->arena);
    f->next = s->read;
    s->read = f;
    return f;
}

const char *wbx_source_line(struct wbx_sources *s, const char *path, int line)
{
    struct wbx_source_file *f = find_file(s, path);

    return line > 0 && line <= f->nlines ? f->lines[line - 1] : NULL;
}

const char *wbx_source_name(struct wbx_sources *s, const char *path)
{
    return find_file(s, path)->name;
}

const char *wbx_source_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}
