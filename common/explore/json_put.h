#ifndef WBX_JSON_PUT_H
#define WBX_JSON_PUT_H

/**
 * @file json_put.h
 * What the files that write JSON share. Any thread, each with its own stream.
 */

#include <stdbool.h>
#include <stdio.h>

/** Write s in quotes, as valid UTF-8 whatever its bytes; NULL as null. */
void wbx_json_string(FILE *out, const char *s);

/** Write ,"key":"value" with value as above. The key is taken as it is. */
void wbx_json_key(FILE *out, const char *key, const char *value);

/** Write ,"key":true or ,"key":false. */
void wbx_json_bool(FILE *out, const char *key, bool value);

/** Write ,"line":N, or null for 0, which stands for unknown. */
void wbx_json_line(FILE *out, int line);

#endif
