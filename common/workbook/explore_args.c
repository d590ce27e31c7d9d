/* The explorer's command line, chapters turned into files. */
#include "explore_args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "wb/base.h"

static void push(struct wb_words *w, const char *word)
{
    const char **grown = wb_alloc(w->count + 1, sizeof *grown);
    for (size_t i = 0; i < w->count; i++)
        grown[i] = w->items[i];
    free(w->items);
    w->items = grown;
    char *copy = strdup(word);
    if (copy == NULL)
        abort();
    w->items[w->count++] = copy;
}

static void clear(struct wb_words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free((char *)w->items[i]);
    free(w->items);
    *w = (struct wb_words){ 0 };
}

void wb_explore_args_free(struct wb_explore_args *a)
{
    clear(&a->files);
    clear(&a->cflags);
    clear(&a->args);
}

/* Where the words come from: the command line, or a head comment, whose
 * files lie beside it. */
struct source {
    int argc;
    char **argv;
    int next;
    const char *dir; /* NULL: names are kept as they are */
};

/* @return the value of option name if word is it, as "--budget 5" or
 * "--budget=5"; "" when the value is missing; NULL when word is another */
static const char *value_of(struct source *s, const char *word,
                            const char *name)
{
    size_t n = strlen(name);
    if (strncmp(word, name, n) != 0)
        return NULL;
    if (word[n] == '=')
        return word + n + 1;
    if (word[n] != '\0')
        return NULL;
    return s->next < s->argc ? s->argv[s->next++] : "";
}

/* @return 0, or -EINVAL unless text is a number of at least 1 */
static int parse_number(const char *text, uint64_t max, uint64_t *out)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return -EINVAL;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || n == 0 || n > max)
        return -EINVAL;
    *out = n;
    return 0;
}

/* A chapter's program is explored from another directory. */
static int keep_file(char kept[PATH_MAX], const char **shown, const char *path)
{
    enum { SUFFIX = 16 }; /* of the temporary file beside it */
    char from[PATH_MAX] = "";
    if (path[0] != '/' && getcwd(from, sizeof from) == NULL)
        return -EINVAL;
    if (*path == '\0' || strlen(from) + strlen(path) + SUFFIX > PATH_MAX)
        return -EINVAL;
    wb_path(kept, "%s%s%s", from, from[0] ? "/" : "", path);
    *shown = path;
    return 0;
}

/* @return 1 when word was an option with a value, 0 when not, -EINVAL */
static int take_valued(struct wb_explore_args *a, struct source *s,
                       const char *word)
{
    const char *v;
    uint64_t n = 0;
    if ((v = value_of(s, word, "--budget")) != NULL) {
        if (parse_number(v, UINT64_MAX, &a->budget) < 0)
            return -EINVAL;
    } else if ((v = value_of(s, word, "--bound")) != NULL) {
        if (parse_number(v, 1000, &n) < 0)
            return -EINVAL;
        a->bound = (int)n;
    } else if ((v = value_of(s, word, "--replay")) != NULL) {
        if (*v == '\0')
            return -EINVAL;
        a->replay = v;
    } else if ((v = value_of(s, word, "--trace")) != NULL) {
        if (s->dir != NULL || keep_file(a->trace, &a->trace_shown, v) < 0)
            return -EINVAL;
    } else if ((v = value_of(s, word, "--graph")) != NULL) {
        if (s->dir != NULL || keep_file(a->graph, &a->graph_shown, v) < 0)
            return -EINVAL;
    } else {
        return 0;
    }
    return 1;
}

static void push_file(struct wb_words *to, const struct source *s,
                      const char *prefix, const char *name)
{
    char path[PATH_MAX];
    if (s->dir != NULL && name[0] != '/')
        wb_path(path, "%s%s/%s", prefix, s->dir, name);
    else
        wb_path(path, "%s%s", prefix, name);
    push(to, path);
}

/* -DX or -D X; @return 1 when word was one of these, 0 when not, -EINVAL */
static int take_compiler(struct wb_explore_args *a, struct source *s,
                         const char *word)
{
    char flag[3] = { word[0], word[1], '\0' };
    const char *value = word + 2;
    if (strcmp(flag, "-D") != 0 && strcmp(flag, "-I") != 0 &&
        strcmp(flag, "-U") != 0)
        return 0;
    if (*value == '\0') {
        if (s->next == s->argc)
            return -EINVAL;
        value = s->argv[s->next++];
    }
    if (flag[1] == 'I') {
        push_file(&a->cflags, s, "-I", value);
        return 1;
    }
    char *both = wb_alloc(strlen(value) + 3, 1);
    stpcpy(stpcpy(both, flag), value);
    push(&a->cflags, both);
    free(both);
    return 1;
}

static int take_word(struct wb_explore_args *a, struct source *s,
                     const char *word)
{
    if (strcmp(word, "--json") == 0)
        a->json = true;
    else if (strcmp(word, "--all") == 0)
        a->all = true;
    else {
        int rc = take_valued(a, s, word);
        if (rc == 0)
            rc = take_compiler(a, s, word);
        if (rc == 0 && word[0] != '-') {
            push_file(&a->files, s, "", word);
            rc = 1;
        }
        return rc == 1 ? 0 : -EINVAL;
    }
    return 0;
}

/* @return NULL, or the word that makes no sense */
static const char *take_all(struct wb_explore_args *a, struct source *s)
{
    while (s->next < s->argc) {
        const char *word = s->argv[s->next++];
        if (strcmp(word, "--") == 0) {
            while (s->next < s->argc)
                push(&a->args, s->argv[s->next++]);
        } else if (take_word(a, s, word) < 0) {
            return word;
        }
    }
    return NULL;
}

/* Read "explore: WORDS" in the head comment of a chapter's file. */
static int take_head(struct wb_explore_args *a, struct wb_app *app,
                     const struct wb_chapter *c, const char *file)
{
    enum { MAX = 64 };
    char path[PATH_MAX], head[4096], *text, *words[MAX], *rest = NULL;
    struct source s = { .argv = words, .dir = wb_desk_short(app, c->dir) };
    if (wb_file_read(wb_chapter_file(c, file, path), &text, NULL) < 0)
        return 0; /* the explorer says that it cannot be read */
    char *p = wb_text_line(wb_text_head(text, head, sizeof head), "explore:");
    free(text);
    if (p == NULL)
        return 0;
    p += strspn(p, " ");
    p[strcspn(p, "\n")] = '\0';
    if (strncmp(p, "no", 2) == 0 && strchr(" ,:;", p[2]) != NULL) {
        snprintf(a->refusal, sizeof a->refusal,
                 "%s/%s is not for the explorer:%s", c->name, file, p + 2);
        return WB_EXIT_CANNOT;
    }
    for (char *w = strtok_r(p, " \t", &rest); w != NULL && s.argc < MAX;
         w = strtok_r(NULL, " \t", &rest))
        words[s.argc++] = w;
    const char *wrong = take_all(a, &s);
    if (wrong == NULL)
        return 0;
    wb_complain(&app->screen,
                "%s: \"explore:\" in the head comment has %s, "
                "which is no option",
                path, wrong);
    return WB_EXIT_CANNOT;
}

static void push_chapter(struct wb_explore_args *a, struct wb_app *app,
                         const struct wb_chapter *c, const char *file)
{
    char path[PATH_MAX];
    wb_chapter_file(c, file, path);
    push(&a->files, wb_desk_short(app, path));
    wb_path(path, "-I%s", wb_desk_short(app, c->dir));
    push(&a->cflags, path);
    push(&a->cflags, "-Icommon/include");
}

static int use_program(struct wb_explore_args *a, struct wb_app *app,
                       const struct wb_chapter *c, const char *which)
{
    char file[PATH_MAX];
    if (!wb_chapter_has_program(c, which))
        return wb_usage(app, "explore", "%s has no program %s", c->name, which);
    wb_path(file, "%s.c", which);
    push_chapter(a, app, c, file);
    return take_head(a, app, c, file);
}

static int use_exercise(struct wb_explore_args *a, struct wb_app *app,
                        const struct wb_chapter *c)
{
    char path[PATH_MAX];
    if (!wb_file_exists(wb_chapter_file(c, "exercise.c", path))) {
        wb_complain(&app->screen,
                    "the exercise of %s was not begun: ./workbook start %d",
                    c->name, c->number);
        return WB_EXIT_USAGE;
    }
    push_chapter(a, app, c, "test_exercise.c");
    push(&a->files, wb_desk_short(app, path));
    push(&a->cflags, "-DWB_EXPLORED");
    return take_head(a, app, c, "test_exercise.c");
}

static int use_chapter(struct wb_explore_args *a, struct wb_app *app,
                       const struct wb_chapter *c)
{
    char which[WB_CHAPTER_NAME];
    /* The files go by their names from the root, so that no output depends
     * on where the workbook lies. */
    if (chdir(app->root) < 0) {
        wb_complain(&app->screen, "cannot enter %s: %s", app->root,
                    strerror(errno));
        return WB_EXIT_CANNOT;
    }
    snprintf(which, sizeof which, "%s", a->files.items[1]);
    clear(&a->files); /* these were the chapter and which */
    snprintf(a->shown_as, sizeof a->shown_as, "./workbook explore %02d %s",
             c->number, which);
    return strcmp(which, "exercise") == 0 ? use_exercise(a, app, c)
                                          : use_program(a, app, c, which);
}

/* "N bad" is a chapter's program unless files have these very names. */
static bool names_chapter(const struct wb_explore_args *a)
{
    return a->files.count == 2 && !wb_file_exists(a->files.items[0]) &&
           strchr(a->files.items[1], '.') == NULL;
}

static int resolve(struct wb_explore_args *a, struct wb_app *app)
{
    struct wb_chapters all = { 0 };
    int code = wb_desk_chapters(app, &all);
    const struct wb_chapter *c = NULL;
    if (code == 0)
        c = wb_desk_find(app, &all, a->files.items[0]);
    if (c != NULL)
        code = use_chapter(a, app, c);
    else if (code == 0)
        code = WB_EXIT_USAGE;
    wb_chapters_free(&all);
    return code;
}

int wb_explore_args_parse(struct wb_explore_args *a, struct wb_app *app,
                          int argc, char **argv)
{
    struct source s = { .argc = argc, .argv = argv, .next = 1 };
    const char *wrong = take_all(a, &s);
    if (wrong != NULL)
        return wb_usage(app, "explore",
                        "%s is no option, or its value is "
                        "wrong",
                        wrong);
    if (a->files.count == 0)
        return wb_usage(app, "explore", "which program?");
    return names_chapter(a) ? resolve(a, app) : 0;
}
