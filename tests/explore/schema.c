/* Holds JSON against a schema. See schema.h. */
#include "schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_cursor.h"

struct check {
    const char *root; /* of the schema */
    char path[256];   /* of the value looked at: ".events[3].line" */
    char *why;
    size_t size;
};

typedef bool rule_fn(struct check *c, const char *schema, const char *rule,
                     const char *value);

static bool check(struct check *c, const char *schema, const char *value);

static bool wrong(struct check *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct check *c, const char *format, ...)
{
    va_list args;
    int n = snprintf(c->why, c->size, "%s: ", *c->path ? c->path : "all");

    va_start(args, format);
    if (n > 0 && (size_t)n < c->size)
        vsnprintf(c->why + n, c->size - (size_t)n, format, args);
    va_end(args);
    return false;
}

/* Check a part of a value, named for the message in case it is wrong. */
static bool check_part(struct check *c, const char *schema, const char *value,
                       const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool check_part(struct check *c, const char *schema, const char *value,
                       const char *format, ...)
{
    size_t n = strlen(c->path);
    va_list args;
    bool right;

    va_start(args, format);
    vsnprintf(c->path + n, sizeof(c->path) - n, format, args);
    va_end(args);
    right = check(c, schema, value);
    c->path[n] = '\0';
    return right;
}

static bool is_of_type(const char *value, const char *type)
{
    const char *actual = json_type(value);

    return json_is_string(type, actual) ||
           (json_is_string(type, "number") && strcmp(actual, "integer") == 0);
}

static bool check_type(struct check *c, const char *schema, const char *rule,
                       const char *value)
{
    bool right = *rule != '[' && is_of_type(value, rule);

    (void)schema;
    for (const char *t = *rule == '[' ? json_first(rule) : NULL; t != NULL;
         t = json_next(t))
        right = right || is_of_type(value, t);
    return right || wrong(c, "%s is not of type %.*s", json_type(value),
                          (int)json_length(rule), rule);
}

static bool check_properties(struct check *c, const char *schema,
                             const char *rule, const char *value)
{
    (void)schema;
    if (*value != '{')
        return true;
    for (const char *k = json_first(rule); k != NULL;
         k = json_next(json_member(k))) {
        int n = (int)json_length(k) - 2;
        char key[64];
        const char *part;

        snprintf(key, sizeof(key), "%.*s", n, k + 1);
        part = json_find(value, key);
        if (part != NULL && !check_part(c, json_member(k), part, ".%s", key))
            return false;
    }
    return true;
}

static bool check_required(struct check *c, const char *schema,
                           const char *rule, const char *value)
{
    (void)schema;
    if (*value != '{')
        return true;
    for (const char *k = json_first(rule); k != NULL; k = json_next(k)) {
        char key[64];

        snprintf(key, sizeof(key), "%.*s", (int)json_length(k) - 2, k + 1);
        if (json_find(value, key) == NULL)
            return wrong(c, "%s is missing", key);
    }
    return true;
}

static bool check_additional(struct check *c, const char *schema,
                             const char *rule, const char *value)
{
    const char *known = json_find(schema, "properties");

    if (*rule != 'f')
        return wrong(c, "additionalProperties other than false is unknown");
    if (*value != '{')
        return true;
    for (const char *k = json_first(value); k != NULL;
         k = json_next(json_member(k))) {
        const char *p = known != NULL ? json_first(known) : NULL;

        while (p != NULL && !json_is_same(p, k))
            p = json_next(json_member(p));
        if (p == NULL)
            return wrong(c, "%.*s is not allowed", (int)json_length(k), k);
    }
    return true;
}

static bool check_items(struct check *c, const char *schema, const char *rule,
                        const char *value)
{
    size_t i = 0;

    (void)schema;
    for (const char *v = *value == '[' ? json_first(value) : NULL; v != NULL;
         v = json_next(v))
        if (!check_part(c, rule, v, "[%zu]", i++))
            return false;
    return true;
}

static bool check_enum(struct check *c, const char *schema, const char *rule,
                       const char *value)
{
    const char *v = json_first(rule);

    (void)schema;
    while (v != NULL && !json_is_same(v, value))
        v = json_next(v);
    return v != NULL ||
           wrong(c, "%.*s is none of %.*s", (int)json_length(value), value,
                 (int)json_length(rule), rule);
}

static bool check_minimum(struct check *c, const char *schema, const char *rule,
                          const char *value)
{
    (void)schema;
    if (!is_of_type(value, "\"number\""))
        return true;
    return strtod(value, NULL) >= strtod(rule, NULL) ||
           wrong(c, "%.*s is less than %.*s", (int)json_length(value), value,
                 (int)json_length(rule), rule);
}

static bool check_reference(struct check *c, const char *schema,
                            const char *rule, const char *value)
{
    static const char start[] = "\"#/definitions/";
    const char *all = json_find(c->root, "definitions");
    const char *target = NULL;
    char name[64];

    if (json_member(json_first(schema)) != rule || json_next(rule) != NULL)
        return wrong(c, "$ref does not stand alone");
    if (all != NULL && strncmp(rule, start, sizeof(start) - 1) == 0) {
        snprintf(name, sizeof(name), "%.*s",
                 (int)(json_length(rule) - sizeof(start)),
                 rule + sizeof(start) - 1);
        target = json_find(all, name);
    }
    if (target == NULL)
        return wrong(c, "there is no %.*s", (int)json_length(rule), rule);
    return check(c, target, value);
}

/* What is said about a value without forbidding one. */
static bool check_nothing(struct check *c, const char *schema, const char *rule,
                          const char *value)
{
    (void)c, (void)schema, (void)rule, (void)value;
    return true;
}

static rule_fn *find_rule(const char *keyword)
{
    static const struct {
        const char *keyword;
        rule_fn *check;
    } rules[] = {
        { "type", check_type },
        { "properties", check_properties },
        { "required", check_required },
        { "additionalProperties", check_additional },
        { "items", check_items },
        { "enum", check_enum },
        { "minimum", check_minimum },
        { "$ref", check_reference },
        { "$schema", check_nothing },
        { "title", check_nothing },
        { "description", check_nothing },
        { "definitions", check_nothing },
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (json_is_string(keyword, rules[i].keyword))
            return rules[i].check;
    return NULL;
}

static bool check(struct check *c, const char *schema, const char *value)
{
    if (*schema != '{')
        return wrong(c, "its schema is no object");
    for (const char *k = json_first(schema); k != NULL;
         k = json_next(json_member(k))) {
        rule_fn *rule = find_rule(k);

        if (rule == NULL)
            return wrong(c, "the keyword %.*s is unknown", (int)json_length(k),
                         k);
        if (!rule(c, schema, json_member(k), value))
            return false;
    }
    return true;
}

bool schema_accepts(const char *schema, const char *document, char *why,
                    size_t size)
{
    struct check c = { .why = why, .size = size };

    schema += strspn(schema, " \t\r\n");
    document += strspn(document, " \t\r\n");
    c.root = schema;
    why[0] = '\0';
    return check(&c, schema, document);
}
