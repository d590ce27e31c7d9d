/* Finds the chapters, by number or by name. */
#include "chapter.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* As wb_add_chapter() has it. "03_locks (copy)" is somebody's own, and its
 * blanks would make the record of progress unreadable. */
static int is_chapter(const struct dirent *entry)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const char *n = entry->d_name;
    return isdigit((unsigned char)n[0]) && isdigit((unsigned char)n[1]) &&
           n[2] == '_' && n[3] != '\0' && n[strspn(n, letters)] == '\0' &&
           strlen(n) < WB_CHAPTER_NAME;
}

/* Copy the text of a heading line: no hashes, no pandoc attributes. */
static void copy_heading(const char *line, char *dst, size_t size)
{
    line += strspn(line, "# \t");
    size_t n = strcspn(line, "\n");
    const char *attributes = memchr(line, '{', n);
    if (attributes != NULL)
        n = (size_t)(attributes - line);
    while (n > 0 && isspace((unsigned char)line[n - 1]))
        n--;
    snprintf(dst, size, "%.*s", (int)n, line);
}

/* Whether a code block begins or ends here: a '#' inside is no heading. */
static bool is_fence(const char *line)
{
    return strncmp(line, "```", 3) == 0 || strncmp(line, "~~~", 3) == 0;
}

static void load_title(struct wb_chapter *c)
{
    char path[PATH_MAX], *text;
    snprintf(c->title, sizeof c->title, "%s", c->name + 3);
    for (char *p = c->title; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
    if (wb_file_read(wb_chapter_file(c, "README.md", path), &text, NULL) < 0)
        return;
    bool fenced = false;
    for (const char *p = text; *p != '\0'; p = wb_text_next_line(p)) {
        fenced ^= is_fence(p);
        if (!fenced && wb_text_is_heading(p)) {
            copy_heading(p, c->title, sizeof c->title);
            break;
        }
    }
    free(text);
}

int wb_chapters_load(struct wb_chapters *all, const char *root)
{
    char dir[PATH_MAX];
    struct dirent **entries;
    wb_path(dir, "%s/chapters", root);
    *all = (struct wb_chapters){ 0 };
    int n = scandir(dir, &entries, is_chapter, alphasort);
    if (n < 0)
        return -errno;
    all->items = calloc((size_t)n + 1, sizeof *all->items);
    for (int i = 0; i < n; i++) {
        if (all->items != NULL) {
            struct wb_chapter *c = &all->items[all->count++];
            c->number = atoi(entries[i]->d_name);
            stpcpy(c->name, entries[i]->d_name); /* is_chapter: it fits */
            wb_path(c->dir, "%s/%s", dir, c->name);
            load_title(c);
        }
        free(entries[i]);
    }
    free(entries);
    return all->items == NULL ? -ENOMEM : 0;
}

void wb_chapters_free(struct wb_chapters *all)
{
    free(all->items);
    *all = (struct wb_chapters){ 0 };
}

static bool is_number(const char *word)
{
    return word[0] != '\0' && strlen(word) <= 4 &&
           word[strspn(word, "0123456789")] == '\0';
}

const struct wb_chapter *wb_chapter_find(const struct wb_chapters *all,
                                         const char *word)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct wb_chapter *c = &all->items[i];
        if (strcmp(word, c->name) == 0 || strcmp(word, c->name + 3) == 0 ||
            (is_number(word) && atoi(word) == c->number))
            return c;
    }
    return NULL;
}

static int distance(const struct wb_chapter *c, const char *word)
{
    if (is_number(word))
        return abs(atoi(word) - c->number);
    if (strstr(c->name, word) != NULL)
        return 0;
    int full = wb_text_distance(word, c->name);
    int tail = wb_text_distance(word, c->name + 3);
    return full < tail ? full : tail;
}

const struct wb_chapter *wb_chapter_nearest(const struct wb_chapters *all,
                                            const char *word)
{
    const struct wb_chapter *best = NULL;
    int least = 100;
    for (size_t i = 0; i < all->count; i++) {
        int d = distance(&all->items[i], word);
        if (d < least) {
            least = d;
            best = &all->items[i];
        }
    }
    return best;
}

char *wb_chapter_file(const struct wb_chapter *c, const char *file, char *dst)
{
    wb_path(dst, "%s/%s", c->dir, file);
    return dst;
}

/* Whether the line holds word, whose hyphens also match blanks. */
static bool line_mentions(const char *line, const char *word)
{
    for (; *line != '\0' && *line != '\n'; line++) {
        size_t i = 0;
        while (word[i] != '\0' && (tolower((unsigned char)line[i]) == word[i] ||
                                   (word[i] == '-' && line[i] == ' ')))
            i++;
        if (word[i] == '\0')
            return true;
    }
    return false;
}

int wb_chapter_section(const struct wb_chapter *c, const char *word, char *dst,
                       size_t size)
{
    char path[PATH_MAX], *text;
    const char *heading = NULL;
    bool fenced = false;
    int rc = -ENOENT;
    if (wb_file_read(wb_chapter_file(c, "README.md", path), &text, NULL) < 0)
        return rc;
    for (const char *p = text; *p != '\0'; p = wb_text_next_line(p)) {
        fenced ^= is_fence(p);
        if (!fenced && wb_text_is_heading(p))
            heading = p;
        if (!fenced && heading != NULL && line_mentions(p, word)) {
            copy_heading(heading, dst, size);
            rc = 0;
            break;
        }
    }
    free(text);
    return rc;
}

bool wb_chapter_has_program(const struct wb_chapter *c, const char *name)
{
    char file[WB_CHAPTER_NAME], path[PATH_MAX];
    if (strlen(name) + 3 > sizeof file || strchr(name, '/') != NULL ||
        strcmp(name, "starter") == 0 || strcmp(name, "exercise") == 0 ||
        strncmp(name, "test_", 5) == 0)
        return false;
    stpcpy(stpcpy(file, name), ".c");
    return wb_file_exists(wb_chapter_file(c, file, path));
}
