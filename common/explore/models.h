#ifndef WBX_MODELS_H
#define WBX_MODELS_H

/**
 * @file models.h
 * Which library functions the runtime replaces, and which a program calls
 * that nobody can explore. The answers are read from the ELF files, so they
 * hold for the runtime as it was built and the program as it was linked.
 *
 * Safe to call from several threads at once on distinct arguments.
 */

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/** A list of symbol names; they live in the arena it was made with. */
struct wbx_names {
    const char **at;
    size_t n, room;
};

void wbx_names_add(struct wbx_names *names, struct wbx_arena *a,
                   const char *name);
bool wbx_names_have(const struct wbx_names *names, const char *name);

/** Functions and objects that an ELF file defines for others to use.
 * @return 0 or -errno; -ENOEXEC when it is no ELF file */
int wbx_models_exported(const char *path, struct wbx_arena *a,
                        struct wbx_names *out);

/** The same of an object file's global symbols. */
int wbx_models_defined(const char *path, struct wbx_arena *a,
                       struct wbx_names *out);

/** Names to pass to the linker's --wrap: modelled ones which the runtime
 * exports and the program does not define itself. */
void wbx_models_wrapped(const struct wbx_names *runtime,
                        const struct wbx_names *program, struct wbx_arena *a,
                        struct wbx_names *out);

/** Functions the linked program calls that are not known to be harmless. */
int wbx_models_unknown(int fd, const struct wbx_names *runtime,
                       struct wbx_arena *a, struct wbx_names *out);

/** Functions __wrap_f that the linked program has itself: stand-ins for what
 * nobody has a model of. @return 0 or -errno */
int wbx_models_stand_ins(int fd, struct wbx_arena *a, struct wbx_names *out);

#endif
