/* A reader that accepts JSON and nothing else. Each function returns the
 * end of what it read, or NULL. */
#include "json_reader.h"

#include <stddef.h>
#include <string.h>

static const char *value(const char *p, int depth);

static const char *blank(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *escape(const char *p)
{
    if (*p != 'u')
        return *p != '\0' && strchr("\"\\/bfnrt", *p) != NULL ? p + 1 : NULL;
    return strspn(p + 1, "0123456789abcdefABCDEF") >= 4 ? p + 5 : NULL;
}

/* The table of RFC 3629: no overlong form, no surrogate. */
static const char *utf8(const char *s)
{
    static const struct {
        unsigned char first, last, low, high, more;
    } forms[] = {
        { 0xc2, 0xdf, 0x80, 0xbf, 0 }, { 0xe0, 0xe0, 0xa0, 0xbf, 1 },
        { 0xe1, 0xec, 0x80, 0xbf, 1 }, { 0xed, 0xed, 0x80, 0x9f, 1 },
        { 0xee, 0xef, 0x80, 0xbf, 1 }, { 0xf0, 0xf0, 0x90, 0xbf, 2 },
        { 0xf1, 0xf3, 0x80, 0xbf, 2 }, { 0xf4, 0xf4, 0x80, 0x8f, 2 },
    };
    const unsigned char *p = (const unsigned char *)s;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last)
            continue;
        if (p[1] < forms[i].low || p[1] > forms[i].high)
            return NULL;
        for (int k = 0; k < forms[i].more; k++) {
            if ((p[2 + k] & 0xc0) != 0x80)
                return NULL;
        }
        return s + 2 + forms[i].more;
    }
    return NULL;
}

static const char *string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    while (p != NULL && *p != '"') {
        if (*p == '\\')
            p = escape(p + 1);
        else if ((unsigned char)*p < 0x20)
            return NULL;
        else
            p = (unsigned char)*p < 0x80 ? p + 1 : utf8(p);
    }
    return p == NULL ? NULL : p + 1;
}

static const char *digits(const char *p)
{
    size_t n = strspn(p, "0123456789");
    return n == 0 ? NULL : p + n;
}

static const char *number(const char *p)
{
    p += *p == '-';
    p = *p == '0' ? p + 1 : digits(p);
    if (p != NULL && *p == '.')
        p = digits(p + 1);
    if (p != NULL && (*p == 'e' || *p == 'E')) {
        p++;
        p = digits(p + (*p == '+' || *p == '-'));
    }
    return p;
}

static const char *member(const char *p, int depth)
{
    p = string(blank(p));
    if (p == NULL || *(p = blank(p)) != ':')
        return NULL;
    return value(p + 1, depth);
}

static const char *container(const char *p, char end, int depth)
{
    p = blank(p + 1);
    if (*p == end)
        return p + 1;
    for (;;) {
        p = end == '}' ? member(p, depth) : value(p, depth);
        if (p == NULL)
            return NULL;
        p = blank(p);
        if (*p == end)
            return p + 1;
        if (*p++ != ',')
            return NULL;
    }
}

static const char *value(const char *p, int depth)
{
    p = blank(p);
    if (depth > 100)
        return NULL;
    if (*p == '{' || *p == '[')
        return container(p, *p == '{' ? '}' : ']', depth + 1);
    if (*p == '"')
        return string(p);
    if (strncmp(p, "true", 4) == 0 || strncmp(p, "null", 4) == 0)
        return p + 4;
    if (strncmp(p, "false", 5) == 0)
        return p + 5;
    return number(p);
}

bool json_is_valid(const char *text)
{
    const char *end = value(text, 0);
    return end != NULL && *blank(end) == '\0';
}
