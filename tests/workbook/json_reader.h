#ifndef JSON_READER_H
#define JSON_READER_H

/**
 * @file json_reader.h
 * Says whether a text is one JSON value (RFC 8259), in well-formed UTF-8.
 */

#include <stdbool.h>

bool json_is_valid(const char *text);

#endif
