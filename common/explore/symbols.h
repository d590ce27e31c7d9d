#ifndef WBX_SYMBOLS_H
#define WBX_SYMBOLS_H

/**
 * @file symbols.h
 * Addresses of the explored program as lines, functions and variables, from
 * its debug information.
 *
 *     struct wbx_symbols *s = wbx_symbols_open(fd, &arena);
 *     struct wbx_line at;
 *     if (wbx_symbols_line(s, pc, &at))
 *         printf("%s:%d\n", at.path, at.line);
 *     wbx_symbols_close(s);
 *
 * A pc is always a return address: what is looked up is the call before it.
 * One thread at a time per struct wbx_symbols. Strings live in the arena.
 */

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "source.h"

struct wbx_symbols;

struct wbx_line {
    const char *path; /**< absolute, or as the compiler was given it */
    int line;
};

/** A piece of a variable. */
struct wbx_place {
    const char *name; /**< "accounts[1].balance" */
    bool typed;
    Dwarf_Die type; /**< of that piece, when typed */
};

/** @return NULL when the file has no debug information. fd stays open. */
struct wbx_symbols *wbx_symbols_open(int fd, struct wbx_arena *a);
void wbx_symbols_close(struct wbx_symbols *s);

/** @return false when nothing is known of pc; s may be NULL. */
bool wbx_symbols_line(struct wbx_symbols *s, uint64_t pc, struct wbx_line *out);

/** @return the function pc lies in, or that starts at pc; NULL unknown. */
const char *wbx_symbols_function(struct wbx_symbols *s, uint64_t pc);

/** The function that begins at address, or NULL. */
const char *wbx_symbols_entry(struct wbx_symbols *s, uint64_t address);

/** The global or static variable that holds size bytes at address. */
bool wbx_symbols_global(struct wbx_symbols *s, uint64_t address, uint64_t size,
                        struct wbx_place *out);

/** The local variable at address, in a frame whose rbp is known. */
bool wbx_symbols_local(struct wbx_symbols *s, uint64_t pc, uint64_t rbp,
                       uint64_t address, uint64_t size, struct wbx_place *out);

/** The type that variable `name`, or a member ("q->items"), points to. */
bool wbx_symbols_pointee(struct wbx_symbols *s, uint64_t pc, const char *name,
                         Dwarf_Die *type);

/** The type called `name` ("queue" also finds struct queue). */
bool wbx_symbols_type(struct wbx_symbols *s, uint64_t pc, const char *name,
                      Dwarf_Die *type);

#endif
