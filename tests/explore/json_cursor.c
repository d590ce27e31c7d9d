/* Moves through valid JSON. See json_cursor.h. */
#include "json_cursor.h"

#include <string.h>

static const char *blank(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *string_end(const char *p)
{
    for (p++; *p != '"'; p++)
        p += *p == '\\';
    return p + 1;
}

static const char *end_of(const char *p)
{
    int depth = 0;

    if (*p != '{' && *p != '[' && *p != '"')
        return p + strcspn(p, ",]} \t\r\n");
    do {
        if (*p == '"') {
            p = string_end(p);
            continue;
        }
        depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
        p++;
    } while (depth > 0);
    return p;
}

const char *json_first(const char *container)
{
    const char *p = blank(container + 1);

    return *p == ']' || *p == '}' ? NULL : p;
}

const char *json_next(const char *value)
{
    const char *p = blank(end_of(value));

    return *p == ',' ? blank(p + 1) : NULL;
}

const char *json_member(const char *key)
{
    return blank(blank(string_end(key)) + 1);
}

const char *json_find(const char *object, const char *key)
{
    const char *k = json_first(object);

    while (k != NULL && !json_is_string(k, key))
        k = json_next(json_member(k));
    return k != NULL ? json_member(k) : NULL;
}

size_t json_length(const char *value)
{
    return (size_t)(end_of(value) - value);
}

bool json_is_string(const char *value, const char *text)
{
    size_t n = strlen(text);

    return *value == '"' && json_length(value) == n + 2 &&
           memcmp(value + 1, text, n) == 0;
}

bool json_is_same(const char *a, const char *b)
{
    size_t n = json_length(a);

    return n == json_length(b) && memcmp(a, b, n) == 0;
}

const char *json_type(const char *value)
{
    switch (*value) {
    case '{': return "object";
    case '[': return "array";
    case '"': return "string";
    case 'n': return "null";
    case 't':
    case 'f': return "boolean";
    default:
        return memchr(value, '.', json_length(value)) != NULL ? "number"
                                                              : "integer";
    }
}
