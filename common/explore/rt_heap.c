/* rt_heap.c: the malloc family.
 *
 * Every thread has an arena at a fixed address, and memory is never handed
 * out twice in one execution: so addresses do not depend on how threads are
 * interleaved, and an access to freed memory is always seen. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "rt.h"

enum { MOST_BLOCKS = 1 << 16, FILL = 0xa5, GAP = 16 };

struct block {
    uint64_t address, size, pc, free_pc;
    bool reached; /* leak check only */
};

static struct block *blocks;
static uint32_t nblocks;
static uint64_t used[WBX_MAX_THREADS];
static bool mapped[WBX_MAX_THREADS];

void wbx_heap_reset(void)
{
    if (blocks == NULL)
        blocks = wbx_map(0, MOST_BLOCKS * sizeof(*blocks));
    nblocks = 0;
    memset(used, 0, sizeof(used));
}

static uint64_t arena_take(int t, size_t size, size_t align)
{
    uint64_t base = WBX_HEAPS + (uint64_t)t * WBX_HEAP_SIZE;
    uint64_t start;

    if (!mapped[t]) {
        wbx_map(base, WBX_HEAP_SIZE);
        mapped[t] = true;
    }
    start = (base + used[t] + align - 1) & ~(uint64_t)(align - 1);
    if (size > WBX_HEAP_SIZE || start + size + GAP > base + WBX_HEAP_SIZE)
        return 0;
    used[t] = start + size + GAP - base; /* the gap belongs to no block */
    return start;
}

void *wbx_heap_alloc(size_t size, size_t align, uint64_t pc)
{
    uint64_t address =
        arena_take(wbx.current->id, size ? size : 1, align < 16 ? 16 : align);

    if (address == 0 || nblocks == MOST_BLOCKS)
        return NULL;
    blocks[nblocks++] = (struct block){ address, size, pc, 0, false };
    memset((void *)address, FILL, size + GAP);
    return (void *)address;
}

static struct block *block_at(uint64_t address)
{
    for (uint32_t i = nblocks; i-- > 0;)
        if (blocks[i].address == address)
            return &blocks[i];
    return NULL;
}

static struct block *block_around(uint64_t address)
{
    if (address - WBX_HEAPS >= WBX_MAX_THREADS * WBX_HEAP_SIZE)
        return NULL;
    for (uint32_t i = nblocks; i-- > 0;)
        if (address - blocks[i].address <= blocks[i].size)
            return &blocks[i];
    return NULL;
}

/* The gap behind a block is as it was filled, unless somebody wrote to it. */
static bool is_intact(const struct block *b)
{
    const uint8_t *gap = (const uint8_t *)(b->address + b->size);

    for (int i = 0; i < GAP; i++)
        if (gap[i] != FILL)
            return false;
    return true;
}

static void fail_overrun(const struct block *b)
{
    wbx_fail(WB_CRASH, wbx.current, b->pc, b->address,
             "allocates %lu bytes here, and later more than that is written",
             (unsigned long)b->size);
}

/* Freeing touches the whole block: nothing in it commutes with that. */
static void release(void *p, uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct block *b = block_at((uint64_t)p);

    if (p == NULL)
        return;
    if (b == NULL) {
        wbx_fail(WB_CRASH, t, pc, (uint64_t)p,
                 "frees memory that malloc did not return");
        return;
    }
    if (!is_intact(b)) {
        fail_overrun(b);
        return;
    }
    t->op = (struct wbx_operation){ .code = WBX_FREE,
                                    .kind = K_GONE,
                                    .kind2 = K_NONE,
                                    .target = -1,
                                    .pc = pc,
                                    .address = b->address,
                                    .size = b->size ? b->size : 1 };
    wbx_step(t);
    if (b->free_pc != 0)
        return; /* reported when the step was taken */
    b->free_pc = pc;
    for (uint64_t a = b->address; a < b->address + t->op.size; a += 8)
        wbx_cell(a)->freed = 1;
}

/* Blocks reachable from `from` for `size` bytes, and so on from there. */
static void reach(const void *from, uint64_t size)
{
    const uint64_t *p = from;

    for (uint64_t i = 0; i < size / 8; i++) {
        struct block *b = block_around(p[i]);

        if (b != NULL && !b->reached && b->free_pc == 0) {
            b->reached = true;
            reach((const void *)b->address, b->size);
        }
    }
}

/* What a thread has for itself, by thread-local variables and keys. */
static void reach_own(const wbx_thread *t)
{
    size_t size;
    const void *values = wbx_keys_values(t, &size);
    uint64_t low;

    reach(values, size);
    low = (uint64_t)wbx_fiber_tls(t, &size);
    reach((const void *)(low & ~7ul), size + (low & 7));
}

/* At a normal end: what was written past its end; what is neither freed nor
 * reachable from a global variable, nor from what a thread that still runs has
 * for itself or on its stack, is lost. */
void wbx_heap_check_leaks(void)
{
    uint64_t low, high;
    uint32_t first;

    for (uint32_t i = 0; i < nblocks; i++)
        if (!is_intact(&blocks[i])) {
            fail_overrun(&blocks[i]);
            return;
        }
    for (first = 0; first < nblocks && blocks[first].free_pc != 0;)
        first++;
    if (first == nblocks)
        return;
    wbx_program_range(&low, &high);
    low = (low + 7) & ~7ul;
    reach((const void *)low, high - low);
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        if (wbx_threads[i].state == WBX_T_LIVE)
            reach_own(&wbx_threads[i]);
    for (uint32_t i = 1; i < wbx.nthreads; i++) {
        const wbx_thread *t = &wbx_threads[i];
        uint64_t end = WBX_STACKS + (i + 1) * WBX_STACK_SIZE;

        if (t->state == WBX_T_LIVE)
            reach(t->fiber.sp, end - (uint64_t)t->fiber.sp);
    }
    for (uint32_t i = first; i < nblocks; i++)
        if (blocks[i].free_pc == 0 && !blocks[i].reached)
            wbx_fail(WB_LEAKED_MEMORY, wbx.current, blocks[i].pc,
                     blocks[i].address,
                     "%lu bytes are neither freed nor reachable at the end",
                     (unsigned long)blocks[i].size);
}

uint32_t wbx_heap_list(struct wbx_allocation *out, uint32_t most)
{
    uint32_t n = nblocks < most ? nblocks : most;

    for (uint32_t i = 0; i < n; i++)
        out[i] = (struct wbx_allocation){ blocks[i].address, blocks[i].size,
                                          blocks[i].pc, blocks[i].free_pc };
    return n;
}

WBX_EXPORT void *__wrap_malloc(size_t size);
WBX_EXPORT void *__wrap_calloc(size_t n, size_t size);
WBX_EXPORT void *__wrap_realloc(void *p, size_t size);
WBX_EXPORT void *__wrap_aligned_alloc(size_t align, size_t size);
WBX_EXPORT int __wrap_posix_memalign(void **out, size_t align, size_t size);
WBX_EXPORT void __wrap_free(void *p);
WBX_EXPORT char *__wrap_strdup(const char *s);
WBX_EXPORT char *__wrap_strndup(const char *s, size_t n);

void *__wrap_malloc(size_t size)
{
    return wbx_heap_alloc(size, 16, WBX_PC);
}

void *__wrap_calloc(size_t n, size_t size)
{
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    p = wbx_heap_alloc(bytes, 16, WBX_PC);
    return p == NULL ? NULL : memset(p, 0, bytes);
}

void *__wrap_realloc(void *p, size_t size)
{
    const struct block *old = block_at((uint64_t)p);
    size_t keep = old == NULL ? 0 : old->size < size ? old->size : size;
    void *fresh = wbx_heap_alloc(size, 16, WBX_PC);

    if (fresh == NULL)
        return NULL;
    if (keep > 0) {
        wbx_range(WBX_PC, p, keep, NULL, 0);
        memcpy(fresh, p, keep);
    }
    release(p, WBX_PC);
    return fresh;
}

void *__wrap_aligned_alloc(size_t align, size_t size)
{
    return wbx_heap_alloc(size, align, WBX_PC);
}

int __wrap_posix_memalign(void **out, size_t align, size_t size)
{
    void *p = wbx_heap_alloc(size, align, WBX_PC);

    if (p == NULL)
        return ENOMEM;
    *out = p;
    return 0;
}

void __wrap_free(void *p)
{
    release(p, WBX_PC);
}

static char *duplicate(const char *s, size_t n, uint64_t pc)
{
    char *copy;

    wbx_range(pc, s, n, NULL, 0);
    copy = wbx_heap_alloc(n + 1, 16, pc);
    if (copy == NULL)
        return NULL;
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *__wrap_strdup(const char *s)
{
    return duplicate(s, strlen(s), WBX_PC);
}

char *__wrap_strndup(const char *s, size_t n)
{
    return duplicate(s, strnlen(s, n), WBX_PC);
}
