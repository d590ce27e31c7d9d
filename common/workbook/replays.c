/* Which program a replay token belongs to. */
#include "replays.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void file_name(const struct wb_app *app, char *path)
{
    wb_path(path, "%s/.workbook/replays", app->root);
}

/* Write the older lines but those of the same token. */
static void write_older(FILE *to, const char *old, const char *token)
{
    size_t n = strlen(token);
    for (int kept = 1; *old != '\0' && kept < WB_REPLAYS_KEPT;) {
        int len = (int)strcspn(old, "\n");
        if (strncmp(old, token, n) != 0 || old[n] != '\t') {
            fprintf(to, "%.*s\n", len, old);
            kept++;
        }
        old += len + (old[len] == '\n');
    }
}

static int compose(const char *old, const char *token, const char *dir, int n,
                   char *const *words, char **text, size_t *len)
{
    FILE *to = open_memstream(text, len);
    if (to == NULL)
        return -errno;
    fprintf(to, "%s\t%s", token, dir);
    for (int i = 0; i < n; i++)
        fprintf(to, "\t%s", words[i]);
    fputc('\n', to);
    write_older(to, old, token);
    return fclose(to) == 0 ? 0 : -errno;
}

/* A line of the file has no way to hold these within a word. */
static bool breaks_line(const char *word)
{
    return strpbrk(word, "\t\n") != NULL;
}

int wb_replay_keep(const struct wb_app *app, const char *token, const char *dir,
                   int n, char *const *words)
{
    char path[PATH_MAX], *old = NULL, *text = NULL;
    size_t len = 0;
    if (n > WB_REPLAYS_WORDS)
        return -E2BIG;
    bool fits = dir[0] != '\0' && !breaks_line(dir);
    for (int i = 0; i < n; i++)
        fits = fits && !breaks_line(words[i]);
    if (!fits)
        return -EINVAL;
    wb_path(path, "%s/.workbook", app->root);
    int rc = wb_dir_make(path);
    if (rc < 0)
        return rc;
    file_name(app, path);
    wb_file_read(path, &old, NULL);
    rc = compose(old != NULL ? old : "", token, dir, n, words, &text, &len);
    if (rc == 0)
        rc = wb_file_replace(path, text, len);
    free(old);
    free(text);
    return rc;
}

/* @return the line that begins with token and a tab, after the tab */
static char *find_line(char *text, const char *token)
{
    size_t n = strlen(token);
    for (char *p = text; p != NULL; p = strchr(p, '\n')) {
        p += *p == '\n';
        if (strncmp(p, token, n) == 0 && p[n] == '\t')
            return p + n + 1;
    }
    return NULL;
}

int wb_replay_find(const struct wb_app *app, const char *token,
                   struct wb_replay *r)
{
    char path[PATH_MAX], *word;
    *r = (struct wb_replay){ 0 };
    file_name(app, path);
    int rc = wb_file_read(path, &r->text, NULL);
    if (rc < 0)
        return rc;
    char *line = find_line(r->text, token);
    if (line == NULL)
        return -ENOENT;
    line[strcspn(line, "\n")] = '\0';
    r->dir = strsep(&line, "\t");
    /* Unlike strtok_r(), this keeps words that are empty. */
    while (r->argc < WB_REPLAYS_WORDS && (word = strsep(&line, "\t")) != NULL)
        r->argv[r->argc++] = word;
    return r->dir != NULL && r->argc > 1 ? 0 : -EBADMSG;
}

void wb_replay_free(struct wb_replay *r)
{
    free(r->text);
    *r = (struct wb_replay){ 0 };
}
