#ifndef WBX_BUILD_H
#define WBX_BUILD_H

/**
 * @file build.h
 * From source files to a linked program that calls the runtime.
 *
 *     struct wbx_program p;
 *     if (wbx_build(opt, rep, &arena, &p) == 0) {
 *         ...
 *         close(p.fd);
 *     }
 *
 * The temporary directory is gone when wbx_build() returns: the program lives
 * on as an open descriptor, so that not even a killed explorer leaves a file.
 */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "explore.h"
#include "kept.h"
#include "models.h"

struct wbx_program {
    int fd;        /**< the executable, with its debug information */
    bool clang;    /**< compiled by clang, else gcc */
    uint64_t hash; /**< of sources, their headers, flags and arguments */
};

/**
 * Compile, link and vet.
 * @return 0 with *p filled (the caller closes p->fd), or -1 with the status,
 * verdict and message of *rep filled
 */
int wbx_build(const struct wbx_options *opt, struct wbx_report *rep,
              struct wbx_arena *a, struct wbx_program *p);

/* -- between build.c and toolchain.c ------------------------------------- */

struct wbx_build {
    const struct wbx_options *opt;
    struct wbx_report *rep;
    struct wbx_arena *arena;
    const char *compiler;
    bool clang;
    char dir[PATH_MAX];
    struct wbx_names runtime; /* symbols the runtime exports */
    struct wbx_names wrapped;
    struct wbx_kept kept;
};

/** Fill in status, verdict and message. @return -1 */
int wbx_build_fail(struct wbx_build *b, enum wbx_status status,
                   enum wb_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Find out which family the compiler belongs to. 0, or -1 when failed. */
int wbx_toolchain_probe(struct wbx_build *b);

/** Compile every file to dir/N.o, and list its headers in dir/N.d. */
int wbx_toolchain_compile(struct wbx_build *b);

/** Compile file number i to dir/i.s as well. 0, or -1 when failed. */
int wbx_toolchain_assembly(struct wbx_build *b, size_t i);

/** Fail if there is inline assembly that touches memory. 0, or -1. */
int wbx_asm_check(struct wbx_build *b);

/** Link to dir/program; more is one more file in dir, or NULL. */
int wbx_toolchain_link(struct wbx_build *b, const char *more);

#endif
