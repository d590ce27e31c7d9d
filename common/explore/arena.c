/* arena.c: chunks in a list; a request that does not fit starts a new one. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 16384, ALIGN = 16 };

struct wbx_chunk {
    struct wbx_chunk *next;
    size_t used, size;
    _Alignas(ALIGN) char bytes[];
};

static struct wbx_chunk *add_chunk(struct wbx_arena *a, size_t size)
{
    size_t room = size > CHUNK ? size : CHUNK;
    struct wbx_chunk *c = calloc(1, sizeof(*c) + room);

    if (c == NULL) {
        fputs("explore: out of memory\n", stderr);
        abort();
    }
    c->size = room;
    c->next = a->chunks;
    a->chunks = c;
    return c;
}

void *wbx_arena_alloc(struct wbx_arena *a, size_t size)
{
    struct wbx_chunk *c = a->chunks;
    void *p;

    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (c == NULL || c->size - c->used < size)
        c = add_chunk(a, size);
    p = c->bytes + c->used;
    c->used += size;
    return p;
}

char *wbx_arena_copy(struct wbx_arena *a, const char *s, size_t n)
{
    char *copy = wbx_arena_alloc(a, n + 1);

    memcpy(copy, s, n);
    return copy;
}

char *wbx_arena_format(struct wbx_arena *a, const char *format, ...)
{
    va_list ap, again;
    char *s;
    int n;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, ap);
    s = wbx_arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0)
        vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    va_end(ap);
    return s;
}

void wbx_arena_free(struct wbx_arena *a)
{
    while (a->chunks != NULL) {
        struct wbx_chunk *next = a->chunks->next;

        free(a->chunks);
        a->chunks = next;
    }
}
