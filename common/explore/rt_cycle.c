/* rt_cycle.c: threads that all move and never get any further.
 *
 * Two people meet in a corridor, and both step aside, again and again. Each
 * undoes what the other waits for, so rt_spin.c sees change everywhere. But
 * when everything is as it was at an earlier step, the steps since then can be
 * repeated for ever. That is a livelock if the scheduler is not to blame: if
 * each thread that could have taken a step in between has taken one. If not,
 * the threads that were left out are to take the next steps.
 *
 * An execution of ordinary length is not looked at: what takes less than 1,000
 * steps is not endless. */
#include <stdio.h>
#include <string.h>

#include "rt.h"

enum { FIRST_LOOK = 1000, FARTHEST = 4096 };

/* What there was before each step of the execution under way. */
static struct {
    uint64_t pc, frame; /* where the thread stood that made the choice */
    uint64_t hash;      /* the state of everything; 0: not known */
    uint32_t enabled;   /* threads that could have taken the step */
} before[WBX_MAX_STEPS + 2];

/* Threads that were left out of a circle that has closed at step `closed`. */
static uint32_t starving, closed;

static uint64_t mix(uint64_t h, uint64_t value)
{
    return (h ^ value) * 1099511628211u;
}

static uint64_t mix_bytes(uint64_t h, uint64_t from, uint64_t to)
{
    for (from = (from + 7) & ~7ul; from + 8 <= to; from += 8)
        h = mix(h, *(const uint64_t *)from);
    return h;
}

static uint64_t mix_thread(uint64_t h, const wbx_thread *t)
{
    h = mix(h, (uint64_t)t->state | (uint64_t)t->op.code << 8 |
                   (uint64_t)t->signaled << 16 | (uint64_t)t->timed_out << 17 |
                   (uint64_t)t->was_spurious << 18 |
                   (uint64_t)t->failed_weakly << 19);
    if (t->state != WBX_T_LIVE)
        return h;
    h = mix(mix(mix(h, t->op.pc), t->op.address), t->waits_on);
    return mix(h, wbx_spin_state(t, wbx_fiber_frame(t)));
}

static uint64_t mix_heap(uint64_t h)
{
    static struct wbx_allocation blocks[WBX_MAX_ALLOCATIONS];
    uint32_t n = wbx_heap_list(blocks, WBX_MAX_ALLOCATIONS);

    for (uint32_t i = 0; i < n; i++)
        if (blocks[i].free_pc == 0)
            h = mix_bytes(h, blocks[i].address,
                          blocks[i].address + blocks[i].size);
    return mix(h, n);
}

/* All that decides what the program does next, but for descriptors and the
 * clock: steps that look at these are no part of a circle. */
uint64_t wbx_cycle_state(void)
{
    uint64_t low, high, h = mix(14695981039346656037u, wbx.nthreads);
    uint64_t objects = 0; /* in whatever order they were first used */

    for (uint32_t i = 0; i < wbx.nthreads; i++)
        h = mix_thread(h, &wbx_threads[i]);
    for (uint32_t i = 1; i < wbx.nobjects; i++) {
        const struct wbx_object *o = &wbx_objects[i];

        if (o->owner != WBX_NOBODY || o->waiters != 0 || o->count != 0)
            objects +=
                mix(mix(o->address, (uint64_t)(uint8_t)o->owner << 56 ^
                                        (uint64_t)o->waiters << 24 ^ o->count),
                    o->type);
    }
    wbx_program_range(&low, &high);
    h = mix_bytes(mix(h, objects), low, high);
    return mix(mix_heap(h), wbx_output_hash());
}

static bool may_repeat(uint32_t step)
{
    const struct wbx_event *e = &wbx_events[step];

    if (wbx_nodes[step].outcome != 0)
        return false;
    switch (e->code) {
    case WBX_SLEEP: return wbx_accesses[e->first_access].kind == K_ENQUEUE;
    case WBX_READ:
    case WBX_WRITE:
    case WBX_ATOMIC_LOAD:
    case WBX_ATOMIC_STORE:
    case WBX_ATOMIC_RMW:
    case WBX_ATOMIC_CAS:
    case WBX_FENCE:
    case WBX_LOCK:
    case WBX_TRYLOCK:
    case WBX_UNLOCK:
    case WBX_WAIT:
    case WBX_RELOCK:
    case WBX_SIGNAL:
    case WBX_BROADCAST:
    case WBX_RETURN:
    case WBX_YIELD: return true;
    default: return false;
    }
}

static void fail_in_circle(wbx_thread *t, uint32_t first, uint32_t movers)
{
    char others[80] = "";
    size_t n = 0;

    for (uint32_t i = 0; i < wbx.nthreads && n < sizeof(others) - 16; i++)
        if (i != t->id && (movers & WBX_BIT(i)))
            n += (size_t)snprintf(others + n, sizeof(others) - n,
                                  i == 0 ? "%s main" : "%s T%u",
                                  n == 0 ? " with" : ",", i);
    wbx.in_circle = true;
    wbx_fail(WB_LIVELOCK, t, t->op.pc, 0,
             "goes round in a circle%s: after %u steps everything is as it "
             "was, so these can be repeated for ever",
             others, wbx.nsteps - first);
    wbx_end_execution(WBX_E_STOPPED);
}

/* Did a thread stand there before? A state that cannot be back is not worth
 * its hash: a deep recursion has a large one at each step. */
static bool stood_there(uint32_t n, uint32_t from)
{
    uint32_t i = n;

    while (i-- > from && n - i < FARTHEST)
        if (before[i].pc == before[n].pc && before[i].frame == before[n].frame)
            return true;
    return false;
}

/* region: circle */
/* Has everything been as it is now at step `from` or later? */
static void look_back(wbx_thread *t, uint32_t from)
{
    uint32_t n = wbx.nsteps, enabled = 0, movers = 0;

    before[n].pc = t->op.pc;
    before[n].frame = wbx_fiber_frame(t);
    before[n].enabled = wbx_enabled_set();
    before[n].hash = 0;
    before[n + 1].pc = before[n + 1].hash = 0; /* perhaps not looked at */
    if (wbx.mode != WBX_RECORDING && !stood_there(n, from))
        return;
    before[n].hash = wbx_cycle_state();
    for (uint32_t i = n; i-- > from && may_repeat(i);) {
        enabled |= before[i].enabled;
        movers |= WBX_BIT(wbx_events[i].thread);
        if (before[i].hash != before[n].hash)
            continue;
        if ((enabled & ~movers) == 0 && wbx_record_may_end())
            fail_in_circle(t, i, movers);
        if (closed != n)
            starving = enabled & ~movers;
        closed = n;
    }
}
/* endregion: circle */

/* t announces an operation: has all this been here before? */
void wbx_cycle_watch(wbx_thread *t)
{
    closed = UINT32_MAX;
    if (wbx.shared->map)
        return;
    if (wbx.mode != WBX_RECORDING) {
        if (wbx.nsteps >= FIRST_LOOK)
            look_back(t, FIRST_LOOK);
    } else if (wbx_record_is_of(WB_LIVELOCK) && wbx_enabled_set() != 0) {
        look_back(t, 0);
    }
}

/* Threads whose turn it is, whoever could go on. */
uint32_t wbx_cycle_starving(void)
{
    return closed == wbx.nsteps ? starving & wbx_enabled_set() : 0;
}
