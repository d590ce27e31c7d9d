/* rt_frame.c: the locals of a function, which are gone when it returns.
 *
 * A local variable whose address has been given away is memory like any
 * other: another thread may touch it after its function has returned. So that
 * such an access is seen in whatever order it can happen, a return is a step:
 * it ends the life of the locals that have been accessed by address, as free()
 * ends that of a block. A function without such locals returns without one.
 *
 * A thread that calls the next function uses the same bytes again, so what is
 * gone comes back to life for the frames that are entered later. */
#include "rt.h"

/* Which part of a thread's stack may hold something that is gone. */
static struct gone {
    uint64_t low, high;
    uint32_t generation;
} gone[WBX_MAX_THREADS];

/* The part of a frame that has been touched since it was entered. */
static void find_touched(uint64_t *low, uint64_t *high)
{
    uint64_t first = 0, last = 0;

    for (uint64_t a = (*low + 7) & ~7ul; a + 8 <= *high; a += 8) {
        const struct wbx_cell *c = wbx_cell(a);

        if (c->head == 0 || c->freed)
            continue;
        if (first == 0)
            first = a;
        last = a + 8;
    }
    *low = first;
    *high = last;
}

static void remember_gone(const wbx_thread *t, uint64_t low, uint64_t high)
{
    struct gone *g = &gone[t->id];

    for (uint64_t a = low; a < high; a += 8)
        wbx_cell(a)->freed = 1;
    if (g->generation != wbx.generation)
        *g = (struct gone){ low, high, wbx.generation };
    if (low < g->low)
        g->low = low;
    if (high > g->high)
        g->high = high;
}

/* region: left */
/* A function of t returns whose locals are from low up to high. */
void wbx_frame_left(wbx_thread *t, uint64_t low, uint64_t high, uint64_t pc)
{
    find_touched(&low, &high);
    if (low == 0)
        return;
    t->op = (struct wbx_operation){ .code = WBX_RETURN,
                                    .kind = K_GONE,
                                    .kind2 = K_NONE,
                                    .target = -1,
                                    .pc = pc,
                                    .address = low,
                                    .size = high - low };
    wbx_step(t);
    remember_gone(t, low, high);
}
/* endregion: left */

/* t ends, and its thread-local variables with it. Main's last as long as the
 * program. */
void wbx_locals_left(wbx_thread *t, uint64_t pc)
{
    size_t size;
    uint64_t low = (uint64_t)wbx_fiber_tls(t, &size);

    if (size > 0 && t->id != 0)
        wbx_frame_left(t, low & ~7ul, (low + size + 7) & ~7ul, pc);
}

/* t touches a thread-local variable: is its thread still there? */
void wbx_locals_check(wbx_thread *t, uint64_t address)
{
    const wbx_thread *owner =
        &wbx_threads[(address - WBX_LOCALS) / WBX_LOCAL_SIZE];

    if (owner != t && owner->state == WBX_T_OVER && !wbx.program_over)
        wbx_fail(WB_USE_AFTER_FREE, t, t->op.pc, address,
                 "after the thread it belongs to has ended");
}

static void revive(uint64_t low, uint64_t high)
{
    for (uint64_t a = low; a < high; a += 8) {
        struct wbx_cell *c = wbx_cell(a);

        if (c->freed)
            c->freed = 0, c->head = 0;
    }
}

/* A function of t begins; its locals are there and were never touched. */
void wbx_frame_entered(const wbx_thread *t, uint64_t low, uint64_t high)
{
    const struct gone *g = &gone[t->id];

    if (g->generation != wbx.generation || low >= g->high || high <= g->low)
        return;
    revive((low + 7) & ~7ul, high & ~7ul);
}

/* t touches a stack: is that part of it in use? What is gone lies below the
 * frame in which its thread is now; above it, it has become part of that
 * frame, in the middle of a function: by alloca(). */
void wbx_frame_check(wbx_thread *t, uint64_t address, uint64_t size)
{
    const wbx_thread *owner =
        &wbx_threads[(address - WBX_STACKS) / WBX_STACK_SIZE];

    if (owner != t && wbx.program_over)
        return;
    if (owner != t && owner->state == WBX_T_OVER)
        wbx_fail(WB_USE_AFTER_FREE, t, t->op.pc, address,
                 "after the thread it belongs to has ended");
    else if (owner != t && address < wbx_fiber_frame(owner))
        wbx_fail(WB_USE_AFTER_FREE, t, t->op.pc, address,
                 "after the call it belongs to has returned");
    else
        revive(address & ~7ul, address + (size > 0 ? size : 1));
}
