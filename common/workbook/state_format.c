/* The text of the state file:
 *
 *     workbook-state 1
 *     current 03_locks
 *     chapter 03_locks started=1 passed=0 checks=4 last=data-race
 *     hints 03_locks data-race 2
 *     end 5f3a9c01
 *
 * The number after end is a checksum of all lines above it. Whatever does
 * not fit this to the letter is refused as a whole. */
#include "state_format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1 };

/* FNV-1a, by Fowler, Noll and Vo: enough against accidents. */
static uint32_t checksum(const char *text, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

static int hint_kind(const char *word)
{
    return strcmp(word, "any") == 0 ? WB_HINT_ANY : wb_verdict_parse(word);
}

static const char *hint_word(int kind)
{
    return kind == WB_HINT_ANY ? "any" : wb_verdict_name((enum wb_verdict)kind);
}

static int parse_chapter(struct wb_state *st, const char *line)
{
    char name[WB_CHAPTER_NAME], last[32];
    unsigned started, passed, checks;
    int end = 0;
    if (sscanf(line,
               "chapter %63s started=%1u passed=%1u checks=%9u last=%31s%n",
               name, &started, &passed, &checks, last, &end) != 5 ||
        line[end] != '\0')
        return -EBADMSG;
    int kind = wb_verdict_parse(last);
    if (kind < 0 || started > 1 || passed > 1)
        return -EBADMSG;
    struct wb_progress *p = wb_state_of(st, name);
    p->started = started;
    p->passed = passed;
    p->checks = checks;
    p->last = (enum wb_verdict)kind;
    return 0;
}

static int parse_hints(struct wb_state *st, const char *line)
{
    char name[WB_CHAPTER_NAME], word[32];
    unsigned seen;
    int end = 0;
    if (sscanf(line, "hints %63s %31s %9u%n", name, word, &seen, &end) != 3 ||
        line[end] != '\0' || hint_kind(word) < 0)
        return -EBADMSG;
    wb_state_of(st, name)->hints[hint_kind(word)] = seen;
    return 0;
}

static int parse_line(struct wb_state *st, const char *line)
{
    int end = 0;
    if (strncmp(line, "chapter ", 8) == 0)
        return parse_chapter(st, line);
    if (strncmp(line, "hints ", 6) == 0)
        return parse_hints(st, line);
    if (sscanf(line, "current %63s%n", st->current, &end) == 1 &&
        line[end] == '\0')
        return 0;
    return -EBADMSG;
}

/* Check version and checksum; @return length of the lines between, or -errno */
static ssize_t check_frame(const char *text, size_t *first)
{
    unsigned version;
    uint32_t sum;
    int end = 0;
    if (sscanf(text, "workbook-state %9u%n", &version, &end) != 1 ||
        text[end] != '\n')
        return -EBADMSG;
    if (version > VERSION)
        return -EPROTO;
    *first = (size_t)end + 1;
    const char *last = strstr(text, "\nend ");
    if (last == NULL)
        return -EBADMSG;
    last++;
    end = 0;
    if (sscanf(last, "end %8" SCNx32 "%n", &sum, &end) != 1 ||
        strcmp(last + end, "\n") != 0 ||
        sum != checksum(text, (size_t)(last - text)))
        return -EBADMSG;
    return last - (text + *first);
}

int wb_state_parse(struct wb_state *st, const char *text)
{
    size_t first = 0;
    ssize_t len = check_frame(text, &first);
    if (len < 0)
        return (int)len;
    const char *p = text + first, *end = p + len;
    while (p < end) {
        char line[256];
        size_t n = strcspn(p, "\n");
        if (n >= sizeof line)
            return -EBADMSG;
        snprintf(line, sizeof line, "%.*s", (int)n, p);
        int rc = parse_line(st, line);
        if (rc < 0)
            return rc;
        p += n + 1;
    }
    return 0;
}

static void print_chapter(FILE *to, const struct wb_progress *p)
{
    fprintf(to, "chapter %s started=%d passed=%d checks=%u last=%s\n", p->name,
            p->started, p->passed, p->checks, wb_verdict_name(p->last));
    for (int k = 0; k < WB_HINT_KINDS; k++) {
        if (p->hints[k] > 0)
            fprintf(to, "hints %s %s %u\n", p->name, hint_word(k), p->hints[k]);
    }
}

char *wb_state_print(const struct wb_state *st)
{
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (to == NULL)
        return NULL;
    fprintf(to, "workbook-state %d\n", VERSION);
    if (st->current[0] != '\0')
        fprintf(to, "current %s\n", st->current);
    for (size_t i = 0; i < st->count; i++)
        print_chapter(to, &st->items[i]);
    if (fflush(to) == 0)
        fprintf(to, "end %08" PRIx32 "\n", checksum(text, len));
    if (fclose(to) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
