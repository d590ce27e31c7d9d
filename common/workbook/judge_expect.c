/* What the head comment of a wrong answer says about its rejection. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "text.h"

/* Read "KIND|KIND" at p; @return what follows, NULL with e->text set. */
static const char *parse_kinds(const char *p, struct wb_expectation *e)
{
    do {
        char word[32];
        p += strspn(p, "| \t\n");
        size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz-");
        snprintf(word, sizeof word, "%.*s", (int)n, p);
        int kind = wb_verdict_parse(word);
        if (kind <= WB_CLEAN) {
            snprintf(e->text, sizeof e->text, "\"%s\" is no kind of failure",
                     word);
            return NULL;
        }
        e->kinds[kind] = true;
        p += n;
        p += strspn(p, " \t");
    } while (*p == '|');
    return p;
}

/* The quoted text may run over a line's end, which counts as one blank. */
static int parse_quoted(const char *p, struct wb_expectation *e)
{
    size_t n = 0;
    for (p++; *p != '"'; p++) {
        if (*p == '\0' || n + 1 == sizeof e->text) {
            snprintf(e->text, sizeof e->text,
                     "the quoted text does not end, or is too long");
            return -EINVAL;
        }
        if (*p != '\n')
            e->text[n++] = *p;
        else if (n > 0 && e->text[n - 1] != ' ')
            e->text[n++] = ' ';
    }
    e->text[n] = '\0';
    return 0;
}

int wb_expectation_parse(const char *source, struct wb_expectation *e)
{
    char head[4096];
    *e = (struct wb_expectation){ 0 };
    const char *p =
        wb_text_line(wb_text_head(source, head, sizeof head), "rejected:");
    if (p == NULL)
        return -ENOENT;
    p = parse_kinds(p, e);
    if (p == NULL)
        return -EINVAL;
    p += strspn(p, " \t\n");
    return *p == '"' ? parse_quoted(p, e) : 0;
}

bool wb_expectation_met(const struct wb_expectation *e,
                        const struct wb_judgement *j)
{
    return j->kind != WB_CLEAN && e->kinds[j->kind] &&
           strstr(j->reason, e->text) != NULL;
}
