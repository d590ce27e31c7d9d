#ifndef SCHEMA_H
#define SCHEMA_H

/**
 * @file schema.h
 * Holds a JSON value against a schema of JSON Schema, draft 7.
 *
 * Known are type, properties, required, additionalProperties (false), items
 * (one schema for all), enum, minimum and a $ref to #/definitions/NAME, which
 * stands alone. Any other keyword that would forbid something is an error, so
 * that no rule is passed over in silence.
 */

#include <stdbool.h>
#include <stddef.h>

/**
 * Both texts must be valid JSON, as json_is_valid() says.
 *
 * @param why  receives where and what is wrong, or which keyword of the schema
 *             is unknown; "" when nothing is
 * @return whether the document is as the schema says
 */
bool schema_accepts(const char *schema, const char *document, char *why,
                    size_t size);

#endif
