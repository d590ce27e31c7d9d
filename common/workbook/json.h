#ifndef WB_JSON_H
#define WB_JSON_H

/**
 * @file json.h
 * Writes one JSON value, commas and escapes included.
 *
 *     struct wb_json j = { .to = stdout };
 *     wb_json_open(&j, NULL, '{');
 *     wb_json_string(&j, "verdict", "clean");
 *     wb_json_close(&j, '}');
 *
 * A key is given inside an object and is NULL inside an array and at the
 * top. Strings are UTF-8; a byte that is not becomes U+FFFD. Not more than
 * 32 levels. Owner thread only.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct wb_json {
    FILE *to;
    unsigned depth;
    uint32_t filled; /* bit d: something stands at depth d already */
};

/** bracket is '{' or '['. */
void wb_json_open(struct wb_json *j, const char *key, char bracket);

/** bracket is '}' or ']'; the outermost is followed by a newline. */
void wb_json_close(struct wb_json *j, char bracket);

/** value NULL is written as null. */
void wb_json_string(struct wb_json *j, const char *key, const char *value);
void wb_json_bool(struct wb_json *j, const char *key, bool value);
void wb_json_int(struct wb_json *j, const char *key, int64_t value);

/** With three decimals, whatever the locale. */
void wb_json_seconds(struct wb_json *j, const char *key, double value);

#endif
