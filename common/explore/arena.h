#ifndef WBX_ARENA_H
#define WBX_ARENA_H

/**
 * @file arena.h
 * Memory that is freed all at once: what a report points to.
 *
 *     struct wbx_arena a = { 0 };
 *     const char *name = wbx_arena_format(&a, "T%d", 3);
 *     wbx_arena_free(&a);
 *
 * Not thread-safe: one arena, one thread at a time. Running out of memory
 * ends the process with a message, so no call returns NULL.
 */

#include <stddef.h>

struct wbx_chunk;

struct wbx_arena {
    struct wbx_chunk *chunks;
};

/** @return size bytes, zeroed, aligned for any object. */
void *wbx_arena_alloc(struct wbx_arena *a, size_t size);

/** @return a copy of the n bytes at s with a NUL after them. */
char *wbx_arena_copy(struct wbx_arena *a, const char *s, size_t n);

/** @return what printf would print. */
char *wbx_arena_format(struct wbx_arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Free everything; the arena may be used again. */
void wbx_arena_free(struct wbx_arena *a);

#endif
