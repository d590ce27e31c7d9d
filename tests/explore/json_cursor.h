#ifndef JSON_CURSOR_H
#define JSON_CURSOR_H

/**
 * @file json_cursor.h
 * Moves through a text that json_is_valid() has accepted, and relies on that.
 * A value is a pointer to its first character; an array or an object is
 * walked by its items, a member being a key and, after it, its value.
 *
 *     for (const char *v = json_first(array); v != NULL; v = json_next(v))
 *         look_at(v);
 *     for (const char *k = json_first(object); k != NULL;
 *          k = json_next(json_member(k)))
 *         look_at(json_member(k));
 */

#include <stdbool.h>
#include <stddef.h>

/** @return the first item of a container, NULL when it is empty */
const char *json_first(const char *container);

/** @return the item after this value, NULL when it was the last */
const char *json_next(const char *value);

/** @return the value that belongs to a key */
const char *json_member(const char *key);

/** @return the value of that key, or NULL; key holds nothing to escape */
const char *json_find(const char *object, const char *key);

/** @return how many characters the value has */
size_t json_length(const char *value);

/** @return whether the value is that string, which has nothing to escape */
bool json_is_string(const char *value, const char *text);

/** @return whether both are written in the same way */
bool json_is_same(const char *a, const char *b);

/** @return "object", "array", "string", "boolean", "null", "integer" or
 *  "number", for what is no integer */
const char *json_type(const char *value);

#endif
