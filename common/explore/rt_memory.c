/* rt_memory.c: what the program reads and writes.
 *
 * The compiler announces every plain access through the __tsan_ functions
 * below and leaves atomic ones to us. Memory is kept track of in cells of
 * eight bytes; each cell has the history of its accesses in this execution.
 *
 * Two accesses race when they conflict, one of them at least is plain, and no
 * synchronisation orders them. Order is judged by vector clocks that grow
 * along synchronisation only (thread.sync), not along the order in which the
 * search happened to run the steps. */
#include <string.h>

#include "rt_workers.h"

struct wbx_access *wbx_accesses;
struct wbx_object *wbx_objects;

enum { MOST_ACCESSES = 1 << 22, MOST_OBJECTS = 1 << 16 };

static struct wbx_cell *program_cells, *stack_cells, *heap_cells, *local_cells;
enum { ABSTRACT_CELLS = 8 + WBX_MAX_THREADS + 32 };
static struct wbx_cell abstract_cells[ABSTRACT_CELLS];
static uint64_t program_low, program_high;

void wbx_memory_setup(void)
{
    const uint64_t per = sizeof(struct wbx_cell) / 8;

    wbx_program_range(&program_low, &program_high);
    program_low &= ~7ul;
    program_high = (program_high + 7) & ~7ul;
    program_cells = wbx_map(0, (program_high - program_low) * per + 4096);
    stack_cells = wbx_map(0, WBX_MAX_THREADS * WBX_STACK_SIZE * per);
    heap_cells = wbx_map(0, WBX_MAX_THREADS * WBX_HEAP_SIZE * per);
    local_cells = wbx_map(0, WBX_MAX_THREADS * WBX_LOCAL_SIZE * per);
    wbx_accesses = wbx_map(0, MOST_ACCESSES * sizeof(*wbx_accesses));
    wbx_objects = wbx_map(0, MOST_OBJECTS * sizeof(*wbx_objects));
}

/* A thread-local variable of the program's, or what else is in its cell: others
 * may have its address. */
static bool is_local(uint64_t address)
{
    size_t size;

    if (address - WBX_LOCALS >= WBX_MAX_THREADS * WBX_LOCAL_SIZE)
        return false;
    wbx_fiber_tls(&wbx_threads[0], &size);
    return size > 0 &&
           ((address | 7) & (WBX_LOCAL_SIZE - 1)) - wbx_locals_from < size + 7;
}

static struct wbx_cell *find_cell(uint64_t address)
{
    if (address - program_low < program_high - program_low)
        return &program_cells[(address - program_low) >> 3];
    if (address - WBX_STACKS < WBX_MAX_THREADS * WBX_STACK_SIZE)
        return &stack_cells[(address - WBX_STACKS) >> 3];
    if (address - WBX_HEAPS < WBX_MAX_THREADS * WBX_HEAP_SIZE)
        return &heap_cells[(address - WBX_HEAPS) >> 3];
    if (is_local(address))
        return &local_cells[(address - WBX_LOCALS) >> 3];
    if (address - WBX_OBJECTS < 8ul * ABSTRACT_CELLS)
        return &abstract_cells[(address - WBX_OBJECTS) >> 3];
    return NULL; /* the C library's own: not shared */
}

/* The cell of that address, new in this execution if need be. */
struct wbx_cell *wbx_cell(uint64_t address)
{
    struct wbx_cell *c = find_cell(address);

    if (c != NULL && c->generation != wbx.generation) {
        c->generation = wbx.generation;
        c->head = c->sync = 0;
        c->freed = 0;
    }
    return c;
}

/* The cell is touched by that thread + 1, or is WBX_SHARED. */
void wbx_note_seen(struct wbx_cell *c, uint64_t address, uint16_t by)
{
    if (c->seen_by == by || c->seen_by == WBX_SHARED)
        return;
    c->seen_by = c->seen_by == 0 ? by : (uint16_t)WBX_SHARED;
    wbx_workers_saw(address, c->seen_by);
}

/* The object of that type at that address; made when first asked for. */
struct wbx_object *wbx_object(uint64_t address, enum wbx_object_type type)
{
    struct wbx_cell *c = wbx_cell(address);
    struct wbx_object *o;

    if (c == NULL)
        wbx_refuse("a lock, condition variable or atomic outside the "
                   "program's data, heap and stacks (in mapped memory) "
                   "is not modelled");
    for (uint32_t i = c->sync; i != 0; i = wbx_objects[i].next)
        if (wbx_objects[i].address == address && wbx_objects[i].type == type)
            return &wbx_objects[i];
    if (wbx.nobjects == MOST_OBJECTS)
        wbx_refuse("more than %d locks and atomics in one execution",
                   MOST_OBJECTS);
    o = &wbx_objects[wbx.nobjects];
    memset(o, 0, sizeof(*o));
    o->address = address;
    o->type = (uint8_t)type;
    o->owner = WBX_NOBODY;
    o->next = c->sync;
    c->sync = wbx.nobjects++;
    return o;
}

/* region: race */
/* mine is what t does now, older an access that conflicts with it. */
void wbx_check_races(wbx_thread *t, const struct wbx_access *older,
                     const struct wbx_access *mine)
{
    int kind = t->op.code == WBX_FREE ? K_WRITE : mine->kind;

    /* An access to what is gone is more than a race. */
    if (kind > K_AWRITE || older->kind > K_AWRITE)
        return;
    if (kind >= K_AREAD && older->kind >= K_AREAD)
        return;
    if (t->sync[older->thread] < older->local)
        wbx_fail_race(t, older, mine);
}
/* endregion: race */

/* The value of up to eight bytes of the program's memory. */
uint64_t wbx_peek(uint64_t address, uint64_t size)
{
    uint64_t value = 0;

    switch (size) {
    case 8: return *(const uint64_t *)address;
    case 4: return *(const uint32_t *)address;
    case 1: return *(const uint8_t *)address;
    default:
        memcpy(&value, (const void *)address, size > 8 ? 8 : size);
        return value;
    }
}

/* region: plain */
static inline __attribute__((always_inline)) void
plain(void *address, uint64_t size, int kind, int flags, uint64_t pc)
{
    wbx_thread *t = wbx.current;

    if (!wbx.active || find_cell((uint64_t)address) == NULL)
        return;
    t->op = (struct wbx_operation){
        .code = kind == K_READ ? WBX_READ : WBX_WRITE,
        .kind = (uint8_t)kind,
        .kind2 = K_NONE,
        .flags = (uint8_t)flags,
        .pc = pc,
        .address = (uint64_t)address,
        .size = size,
    };
    wbx_step(t);
}
/* endregion: plain */

#define PLAIN(name, type, size, kind, flags)                                   \
    WBX_EXPORT void name(void *address);                                       \
    void name(void *address)                                                   \
    {                                                                          \
        plain(address, size, kind, flags, WBX_PC);                             \
    }
#define PLAIN_SIZE(n)                                                          \
    PLAIN(__tsan_read##n, , n, K_READ, 0)                                      \
    PLAIN(__tsan_write##n, , n, K_WRITE, 0)                                    \
    PLAIN(__tsan_unaligned_read##n, , n, K_READ, 0)                            \
    PLAIN(__tsan_unaligned_write##n, , n, K_WRITE, 0)                          \
    PLAIN(__tsan_volatile_read##n, , n, K_READ, WBX_STEP_VOLATILE)             \
    PLAIN(__tsan_volatile_write##n, , n, K_WRITE, WBX_STEP_VOLATILE)           \
    PLAIN(__tsan_unaligned_volatile_read##n, , n, K_READ, WBX_STEP_VOLATILE)   \
    PLAIN(__tsan_unaligned_volatile_write##n, , n, K_WRITE, WBX_STEP_VOLATILE)
PLAIN_SIZE(1)
PLAIN_SIZE(2)
PLAIN_SIZE(4)
PLAIN_SIZE(8)
PLAIN_SIZE(16)

/* Announce a read and a write of any length, as one step. */
void wbx_range(uint64_t pc, const void *read, size_t nread, void *write,
               size_t nwrite)
{
    wbx_thread *t = wbx.current;

    if (!wbx.active || (nread == 0 && nwrite == 0))
        return;
    t->op = (struct wbx_operation){
        .code = nwrite != 0 ? WBX_WRITE : WBX_READ,
        .kind = nwrite != 0 ? K_WRITE : K_READ,
        .kind2 = nwrite != 0 && nread != 0 ? K_READ : K_NONE,
        .pc = pc,
        .address = nwrite != 0 ? (uint64_t)write : (uint64_t)read,
        .size = nwrite != 0 ? nwrite : nread,
        .address2 = (uint64_t)read,
        .size2 = nread,
    };
    if (find_cell(t->op.address) == NULL &&
        (t->op.kind2 == K_NONE || find_cell(t->op.address2) == NULL))
        return;
    wbx_step(t);
}

WBX_EXPORT void __tsan_read_range(void *address, size_t size);
WBX_EXPORT void __tsan_write_range(void *address, size_t size);
WBX_EXPORT void __tsan_init(void);
WBX_EXPORT void __tsan_func_entry(void *caller);
WBX_EXPORT void __tsan_func_exit(void);
WBX_EXPORT void __tsan_vptr_update(void **address, void *value);

void __tsan_read_range(void *address, size_t size)
{
    wbx_range(WBX_PC, address, size, NULL, 0);
}

void __tsan_write_range(void *address, size_t size)
{
    wbx_range(WBX_PC, NULL, 0, address, size);
}

void __tsan_init(void)
{
}

/* The locals of the function that calls us lie between our frame and the
 * start of its own; the return address above that is its caller's. */
static inline __attribute__((always_inline)) uint64_t frame_end(void)
{
    return *(const uint64_t *)__builtin_frame_address(0);
}
#define FRAME_START ((uint64_t)__builtin_frame_address(0) + 16)

/* Only a recording needs to know who called whom. */
void __tsan_func_entry(void *caller)
{
    wbx_thread *t = wbx.current;

    if (!wbx.active)
        return;
    if (FRAME_START < WBX_STACKS + t->id * WBX_STACK_SIZE + 4096)
        wbx_fail_overflow(t, WBX_PC);
    wbx_frame_entered(t, FRAME_START, frame_end());
    if (wbx.mode != WBX_RECORDING)
        return;
    if (t->nframes < 64) {
        t->frames[t->nframes].pc = WBX_PC;
        t->frames[t->nframes].rbp = frame_end();
        t->frames[t->nframes].thread = t->id;
        t->callers[t->nframes] = (uint64_t)caller;
    }
    t->nframes++;
}

void __tsan_func_exit(void)
{
    wbx_thread *t = wbx.current;
    uint64_t end = frame_end();

    if (!wbx.active)
        return;
    /* When main returns, so does the program. */
    if (t->id != 0 || ((const uint64_t *)end)[1] < WBX_STACKS)
        wbx_frame_left(t, FRAME_START, end, WBX_PC);
    if (wbx.mode == WBX_RECORDING && t->nframes > 0)
        t->nframes--;
}
