#ifndef WBX_KEPT_H
#define WBX_KEPT_H

/**
 * @file kept.h
 * The programs that were built last, so that a test that plays many scenes of
 * one program compiles it once.
 *
 * A kept program is the same as a new one: it is used only while every source
 * and every header it was made of has the same contents, and for the same
 * compiler, flags and working directory. Any thread may call these.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explore.h"

struct wbx_kept {
    uint64_t key; /**< of how it is built */
    int fd;       /**< the executable; whoever has this struct closes it */
    bool clang;
    uint64_t sources_hash; /**< of the contents of all of them, in order */
    char **sources;
    size_t nsources;
};

/**
 * Look for a program that was built from what opt says.
 * @return whether there is one; then fd, clang and sources_hash are filled. If
 * not, only key is, and hash and list of sources are empty
 */
bool wbx_kept_find(const struct wbx_options *opt, struct wbx_kept *out);

/** Add a file to the list of a new program, and its contents to the hash. */
void wbx_kept_add_source(struct wbx_kept *k, const char *path);

/** Keep a new program, whose list is taken over; fd stays the caller's. */
void wbx_kept_keep(const struct wbx_kept *k);

/** Give up what is kept. */
void wbx_kept_forget(void);

#endif
