/* asm.c: finds inline assembly that the explorer would be blind to.
 *
 * The compiler announces no access of an asm statement. What works on
 * registers alone is harmless, and so are fences and pauses; an instruction
 * that names memory may be a lock made by hand. To know what it comes to, the
 * source is compiled to assembly once more, but only when it says "asm". */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

/* Instructions that touch memory, or go where something may, and do not say so
 * by an operand. */
static bool is_hidden(const char *word, size_t n)
{
    static const char *const hidden[] = { "stos", "movs", "cmps", "scas",
                                          "lods", "call", "jmp" };

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        size_t m = strlen(hidden[i]);

        if (n >= m && strncmp(word, hidden[i], m) == 0 && n <= m + 1)
            return true;
    }
    return false;
}

/* A fence of old: "lock; addl $0,0(%rsp)". */
static bool is_fence(const char *line, size_t n)
{
    const char *operand = memchr(line, '(', n);

    return memchr(line, '$', n) != NULL && operand != NULL &&
           (strncmp(operand, "(%rsp)", 6) == 0 ||
            strncmp(operand, "(%esp)", 6) == 0);
}

/* One line between #APP and #NO_APP. */
static bool touches_memory(const char *line, size_t n)
{
    if (n == 0 || line[strspn(line, " \t")] == '#')
        return false;
    if (memchr(line, '(', n) != NULL)
        return !is_fence(line, n);
    for (size_t i = 0, word = 0; i < n; i += word + 1) {
        for (word = 0; i + word < n && isalnum((unsigned char)line[i + word]);)
            word++;
        if ((i == 0 || strchr("%$", line[i - 1]) == NULL) &&
            is_hidden(line + i, word))
            return true;
    }
    return false;
}

/* The first line of assembly that touches memory; NULL: none. */
static const char *find_access(const char *text, size_t *n)
{
    bool inside = false;

    for (const char *line = text; *line != '\0'; line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        const char *mark = line + strspn(line, " \t");

        if (strncmp(mark, "#APP", 4) == 0)
            inside = true;
        else if (strncmp(mark, "#NO_APP", 7) == 0)
            inside = false;
        else if (inside && touches_memory(line, length)) {
            *n = length - (size_t)(mark - line);
            return mark;
        }
        line += length;
    }
    return NULL;
}

/* The text of a file, for free(); NULL when it cannot be read. */
static char *read_all(const char *path)
{
    FILE *f = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;
    ssize_t n;

    if (f == NULL)
        return NULL;
    n = getdelim(&text, &room, '\0', f);
    fclose(f);
    if (n >= 0)
        return text;
    free(text);
    return NULL;
}

static bool says_asm(const struct wbx_kept *k)
{
    bool says = false;

    for (size_t i = 0; i < k->nsources && !says; i++) {
        char *text = read_all(k->sources[i]);

        says = text != NULL && strstr(text, "asm") != NULL;
        free(text);
    }
    return says;
}

int wbx_asm_check(struct wbx_build *b)
{
    if (!says_asm(&b->kept))
        return 0;
    for (size_t i = 0; i < b->opt->nfiles; i++) {
        const char *path = wbx_arena_format(b->arena, "%s/%zu.s", b->dir, i);
        char *text;
        const char *line;
        size_t n = 0;
        int rc = 0;

        if (wbx_toolchain_assembly(b, i) < 0)
            return -1;
        text = read_all(path);
        line = text != NULL ? find_access(text, &n) : NULL;
        if (line != NULL)
            rc = wbx_build_fail(
                b, WBX_CANNOT, WB_CLEAN,
                "%s has inline assembly that touches memory, or may: %.*s\n"
                "The explorer cannot see that. Use atomics or the __atomic "
                "builtins instead, if need be with #ifdef WB_EXPLORE.",
                b->opt->files[i], (int)n, line);
        free(text);
        if (rc < 0)
            return -1;
    }
    return 0;
}
