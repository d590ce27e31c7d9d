#ifndef WBX_TYPES_H
#define WBX_TYPES_H

/**
 * @file types.h
 * C types as the debug information has them: the name of a piece of an
 * object, and the text of a value.
 *
 * All functions may be called from any thread, one at a time per program.
 */

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "symbols.h"

/** The type of a variable or member. @return false when it has none */
bool wbx_type_of(Dwarf_Die *die, Dwarf_Die *type);

/** @return bytes, 0 when unknown */
uint64_t wbx_type_size(Dwarf_Die *type);

/** What a pointer, or the pointers in an array, point to; typedefs and
 * qualifiers are looked through. */
bool wbx_type_pointee(Dwarf_Die *pointer, Dwarf_Die *type);

/** A struct or union, typedefs and qualifiers looked through. */
bool wbx_type_is_struct(Dwarf_Die *type);

/** The type of a member of a struct, or of the struct a pointer points to. */
bool wbx_type_member(Dwarf_Die *type, const char *name, Dwarf_Die *its);

/** A struct that ends in an array without a size, so that a block of it may
 * be longer than the type. */
bool wbx_type_is_open(Dwarf_Die *type);

/**
 * Go down from a whole object to the smallest piece that holds size bytes at
 * offset (size 0: the smallest of all). place->name is the object's and
 * grows: "queue" becomes "queue.items[3]"; place->type becomes the piece's.
 * Mutexes and their like are one piece: nobody reads "mu.__data.__lock".
 */
void wbx_type_descend(struct wbx_place *place, Dwarf_Die *type, uint64_t offset,
                      uint64_t size, struct wbx_arena *a);

/** @return the number that size bytes hold, extended as the type wants. */
int64_t wbx_type_number(const struct wbx_place *place, uint64_t bits,
                        uint64_t size);

/** @return "-1", "true", "NULL", "0x4040a0", "RED", "1.5", "'x'"... */
const char *wbx_type_text(const struct wbx_place *place, uint64_t bits,
                          uint64_t size, struct wbx_arena *a);

/** The type is a pointer. */
bool wbx_type_is_pointer(const struct wbx_place *place);

#endif
