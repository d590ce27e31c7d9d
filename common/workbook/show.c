/* How a judgement looks. */
#include "show.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "desk.h"
#include "text.h"

static void show_passed(const struct wb_app *app, const struct wb_chapter *c,
                        const struct wb_judgement *j,
                        const struct wb_chapter *next)
{
    const struct wb_screen *s = &app->screen;
    wb_say(s, "%s%s: passed%s  %s(%.1f s)%s\n", wb_green(s), c->name,
           wb_plain(s), wb_dim(s), j->seconds, wb_plain(s));
    if (j->proved != NULL) {
        wb_say(s, "\nWhat this proves:\n");
        wb_say_indented(s, 2, j->proved);
    } else if (j->reason[0] != '\0') {
        wb_say_paragraph(s, 2, j->reason);
    }
    wb_say(s, "\nCompare it with the reference: ./workbook solution %d\n",
           c->number);
    if (next == c)
        return;
    if (next != NULL)
        wb_say(s, "Next: %s. Begin it: ./workbook start %d\n", next->title,
               next->number);
    else
        wb_say(s, "That was the last one: all exercises are solved.\n");
}

/* The page of the book on that verdict, once the book is built. */
static void show_page(const struct wb_app *app, const char *word)
{
    char page[PATH_MAX];
    wb_path(page, "%s/book/html/failures.html", app->build);
    if (wb_file_exists(page))
        wb_say(&app->screen, "The book:  file://%s#%s\n", page, word);
}

/* A program that the explorer refuses has broken no condition. */
static const char nothing_known[] =
    "The judge could not run every order of the steps, so this says nothing "
    "for or\nagainst your program. Keep to pthreads, C11 atomics, memory and "
    "what the contract\nnames, and to loops that end soon";

static bool was_not_run(const struct wb_judgement *j)
{
    return strncmp(j->reason, WBX_NOTHING_PROVED,
                   sizeof WBX_NOTHING_PROVED - 1) == 0;
}

static void show_failed(const struct wb_app *app, const struct wb_chapter *c,
                        const struct wb_judgement *j)
{
    const struct wb_screen *s = &app->screen;
    const char *word = wb_verdict_name(j->kind);
    char section[160];
    /* The verdict comes last: there it stands beside the prompt. */
    if (j->detail != NULL && j->detail[0] != '\0') {
        wb_say_indented(s, 0, j->detail);
        wb_say(s, "\n");
    }
    wb_say(s, "%s%s: failed: %s%s  %s(%.1f s)%s\n", wb_red(s), c->name, word,
           wb_plain(s), wb_dim(s), j->seconds, wb_plain(s));
    wb_say_paragraph(s, 2, j->reason);
    wb_say(s, "\n%s%s%s: %s.\n", wb_bold(s), word, wb_plain(s),
           was_not_run(j) ? nothing_known : wb_verdict_meaning(j->kind));
    if (wb_chapter_section(c, word, section, sizeof section) == 0)
        wb_say(s, "Read next: chapters/%s/README.md, \"%s\"\n", c->name,
               section);
    else
        wb_say(s, "Read next: chapters/%s/README.md\n", c->name);
    wb_say(s, "A hint:    ./workbook hint %d\n", c->number);
    show_page(app, word);
}

void wb_show_judgement(const struct wb_app *app, const struct wb_chapter *c,
                       const struct wb_judgement *j,
                       const struct wb_chapter *next)
{
    if (j->kind == WB_CLEAN)
        show_passed(app, c, j, next);
    else
        show_failed(app, c, j);
}

static void json_lines(struct wb_json *json, const char *key, const char *text)
{
    wb_json_open(json, key, '[');
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, "\n");
        char *line = strndup(text, n);
        wb_json_string(json, NULL, line);
        free(line);
        text += n + (text[n] == '\n');
    }
    wb_json_close(json, ']');
}

static void json_reading(struct wb_json *json, const struct wb_chapter *c,
                         enum wb_verdict kind)
{
    char section[160], file[WB_CHAPTER_NAME + 32];
    bool found =
        kind != WB_CLEAN && wb_chapter_section(c, wb_verdict_name(kind),
                                               section, sizeof section) == 0;
    snprintf(file, sizeof file, "chapters/%s/README.md", c->name);
    wb_json_string(json, "read", kind == WB_CLEAN ? NULL : file);
    wb_json_string(json, "section", found ? section : NULL);
}

void wb_show_judgement_json(const struct wb_app *app,
                            const struct wb_chapter *c, const char *file,
                            const struct wb_judgement *j,
                            const struct wb_chapter *next)
{
    struct wb_json json = { .to = stdout };
    bool passed = j->kind == WB_CLEAN;
    wb_json_open(&json, NULL, '{');
    wb_json_string(&json, "chapter", c->name);
    wb_json_int(&json, "number", c->number);
    wb_json_string(&json, "title", c->title);
    wb_json_string(&json, "file", wb_desk_short(app, file));
    wb_json_string(&json, "verdict", wb_verdict_name(j->kind));
    wb_json_bool(&json, "passed", passed);
    wb_json_string(&json, "reason", j->reason);
    wb_json_string(&json, "meaning",
                   passed ? NULL : wb_verdict_meaning(j->kind));
    wb_json_string(&json, "detail", j->detail);
    json_lines(&json, "proved", j->proved);
    json_reading(&json, c, j->kind);
    wb_json_string(&json, "next", next == NULL ? NULL : next->name);
    wb_json_seconds(&json, "seconds", j->seconds);
    wb_json_close(&json, '}');
}
