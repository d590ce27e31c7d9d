#ifndef WBX_NAMING_H
#define WBX_NAMING_H

/**
 * @file names.h
 * What a reader calls the thing at an address, in one recorded failure.
 * One thread at a time; strings live in the arena.
 */

#include "arena.h"
#include "protocol.h"
#include "source.h"
#include "symbols.h"

struct wbx_naming {
    struct wbx_arena *arena;
    struct wbx_symbols *symbols; /**< NULL without debug information */
    struct wbx_sources *sources;
    const struct wbx_failure_record *record;
};

/** A variable, a local, a piece of a heap block; never without a name. */
void wbx_name_address(struct wbx_naming *n, uint64_t address, uint64_t size,
                      struct wbx_place *out);

/** "main", "T1"... */
const char *wbx_name_thread(struct wbx_naming *n, int thread);

/** "file:line" or NULL. */
const char *wbx_name_pc(struct wbx_naming *n, uint64_t pc);

/** The heap block that address lies in, or NULL. */
const struct wbx_allocation *wbx_name_block(struct wbx_naming *n,
                                            uint64_t address);

#endif
