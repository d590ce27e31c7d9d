#ifndef WBX_TOKEN_H
#define WBX_TOKEN_H

/**
 * @file token.h
 * A schedule as one word that can be pasted into any shell.
 *
 *     char *word = wbx_token_encode(&(struct wbx_token){ .choices = c,
 *                                                        .nchoices = n });
 *     struct wbx_token back;
 *     if (wbx_token_decode(word, &back) == 0)
 *         free(back.choices);
 *
 * The word is "w1" and base32 (digits and small letters without i, l, o, u):
 *
 *     what       1 byte: 1 when compiled by clang, + 2 * the kind of failure
 *     program    6 bytes: low part of the hash of sources, flags, arguments
 *     count      number of choices
 *     runs       thread + 32 * (outcome != 0) + 64 * (length - 1), then the
 *                outcome when it is not 0
 *     checksum   4 bytes: FNV-1a of all before it
 *
 * Numbers take seven bits a byte, lowest first, the eighth saying that more
 * follow. All functions are pure and may be called from any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

struct wbx_token {
    bool clang;                 /**< compiled by clang, else gcc */
    uint8_t kind;               /**< enum wb_verdict it leads to */
    uint64_t program;           /**< 48 bits */
    struct wbx_choice *choices; /**< decode: the caller frees them */
    size_t nchoices;
    const uint8_t *ops; /**< not encoded: enum wbx_op of each choice, when it
                             is to be followed by another program */
};

/** @return the word, to be freed; never NULL. */
char *wbx_token_encode(const struct wbx_token *token);

/**
 * @return 0, -EINVAL (damaged: not a token, or mistyped), -EPROTO (made by
 * another version), -E2BIG (longer than a schedule can be)
 */
int wbx_token_decode(const char *word, struct wbx_token *token);

/** Mix n bytes into an FNV-1a hash that starts as WBX_HASH. */
uint64_t wbx_hash(uint64_t hash, const void *bytes, size_t n);

#define WBX_HASH         0xcbf29ce484222325ul
#define WBX_PROGRAM_MASK 0xfffffffffffful

#endif
