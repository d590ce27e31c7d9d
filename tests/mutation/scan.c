/* Just enough of C's lexical rules to find calls and statements. */
#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"

static void blank(char *text, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        if (text[i] != '\n')
            text[i] = ' ';
}

/* @return the end of what starts at: a comment, a literal, or one byte */
static size_t token_end(const char *s, size_t at)
{
    const char *end = NULL;
    if (strncmp(s + at, "//", 2) == 0)
        return at + strcspn(s + at, "\n");
    if (strncmp(s + at, "/*", 2) == 0) {
        end = strstr(s + at + 2, "*/");
        return end != NULL ? (size_t)(end - s) + 2 : at + strlen(s + at);
    }
    if (s[at] != '"' && s[at] != '\'')
        return at + 1;
    size_t i = at + 1;
    while (s[i] != '\0' && s[i] != s[at] && s[i] != '\n')
        i += s[i] == '\\' && s[i + 1] != '\0' ? 2 : 1;
    return s[i] == s[at] ? i + 1 : i;
}

char *scan_blank(const char *source)
{
    size_t n = strlen(source), end;
    char *plain = wb_alloc(n + 1, 1);
    memcpy(plain, source, n);
    for (size_t at = 0; at < n; at = end) {
        end = token_end(source, at);
        if (end == at + 1)
            continue;
        /* The quotes stay, so that a literal still is an operand. */
        bool literal = source[at] != '/';
        blank(plain, at + literal, end - literal);
    }
    return plain;
}

size_t scan_skip(const char *plain, size_t at)
{
    while (isspace((unsigned char)plain[at]))
        at++;
    return at;
}

size_t scan_back(const char *plain, size_t at)
{
    size_t i = at;
    while (i > 0 && isspace((unsigned char)plain[i - 1]))
        i--;
    return i > 0 ? i - 1 : at;
}

static int turn(char c)
{
    if (c == '(' || c == '{' || c == '[')
        return 1;
    return c == ')' || c == '}' || c == ']' ? -1 : 0;
}

size_t scan_close(const char *plain, size_t open)
{
    int depth = 0;
    for (size_t i = open; plain[i] != '\0'; i++) {
        depth += turn(plain[i]);
        if (depth == 0)
            return i;
    }
    return 0;
}

size_t scan_open(const char *plain, size_t close)
{
    int depth = 0;
    for (size_t i = close + 1; i-- > 0;) {
        depth -= turn(plain[i]);
        if (depth == 0)
            return i;
    }
    return close;
}

static bool is_in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool scan_is_word(const char *plain, size_t at, const char *word)
{
    size_t n = strlen(word);
    return strncmp(plain + at, word, n) == 0 && !is_in_word(plain[at + n]) &&
           (at == 0 || !is_in_word(plain[at - 1]));
}

bool scan_ends_word(const char *plain, size_t at, const char *word,
                    size_t *begin)
{
    size_t n = strlen(word), last = scan_back(plain, at);
    if (last == at || last + 1 < n)
        return false;
    *begin = last + 1 - n;
    return scan_is_word(plain, *begin, word);
}

int scan_depth(const char *plain, size_t at)
{
    int depth = 0;
    for (size_t i = 0; i < at; i++)
        depth += (plain[i] == '(') - (plain[i] == ')');
    return depth;
}

static size_t line_begin(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

bool scan_in_directive(const char *plain, size_t at)
{
    size_t begin = line_begin(plain, at);
    while (begin > 1 && plain[begin - 2] == '\\')
        begin = line_begin(plain, begin - 1);
    return plain[scan_skip(plain, begin)] == '#';
}

int scan_line(const char *text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}
