#ifndef WBX_JSON_PUT_H
#define WBX_JSON_PUT_H

/**
 * @file json_put.h
 * What the files that write JSON share, beside trace_put.h. Any thread, each
 * with its own stream.
 */

#include <stdbool.h>
#include <stdio.h>

/** Write ,"key":true or ,"key":false. */
void wbx_json_bool(FILE *out, const char *key, bool value);

/** Write ,"line":N, or null for 0, which stands for unknown. */
void wbx_json_line(FILE *out, int line);

#endif
