/* rt_reduce.c: why not every order of steps has to be run.
 *
 * Two executions that differ only in the order of steps that commute are the
 * same for every purpose. This file finds, in one execution, the pairs of
 * steps that do not commute and were ordered by nothing but the scheduler
 * (races, in the sense of the reduction), and asks the search to try the
 * other order. Sleep sets keep it from trying the same class twice.
 *
 * The algorithm is source-DPOR of Abdulla, Aronis, Jonsson and Sagonas
 * ("Optimal dynamic partial order reduction", POPL 2014). For a race between
 * steps e and e', what has to be tried before e is any first step of the part
 * of the execution that does not depend on e, followed by e'. If one of those
 * first steps is already in the backtrack set, nothing is added.
 *
 * Locks: taking a lock races with the last time it was taken, not with the
 * release between them: nobody can take a lock before its release. A trylock
 * can be tried at any time, so it races with the release as well. At a
 * deadlock, steps announced but never taken count too. */
#include <emmintrin.h>
#include <string.h>

#include "rt_workers.h"

struct wbx_event *wbx_events;

/* The greater of each two, eight at a time; clocks are as long as there are
 * threads. */
void wbx_join_clock(uint16_t *into, const uint16_t *from)
{
    for (uint32_t i = 0; i < wbx.nthreads; i += 8) {
        __m128i a = _mm_loadu_si128((const __m128i *)(into + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(from + i));

        /* SSE2 has no maximum of unsigned words: b + max(a - b, 0). */
        _mm_storeu_si128((__m128i *)(into + i),
                         _mm_add_epi16(b, _mm_subs_epu16(a, b)));
    }
}

/* A step that one thread has announced, and what has happened before it. */
struct view {
    int thread;
    uint32_t event; /* number it would have */
    uint16_t *clock;
    bool reversing; /* look for races to reverse */
    bool recording; /* add to the histories, look for data races */
};

/* Does nothing among the first steps of the threads in seen happen before a
 * step with that clock? */
static bool comes_first(const uint16_t *clock, uint32_t seen,
                        const uint16_t *first)
{
    for (uint32_t rest = seen; rest != 0; rest &= rest - 1) {
        int r = __builtin_ctz(rest);

        if (clock[r] >= first[r])
            return false;
    }
    return true;
}

/* region: reverse */
/* The step of view v and event number i do not commute and nothing orders
 * them: see to it that the other order is tried. */
static void reverse(uint32_t i, const struct view *v)
{
    const struct wbx_event *e = &wbx_events[i];
    uint32_t seen = 0, initials = 0;
    uint16_t first[WBX_MAX_THREADS];

    for (uint32_t k = i + 1; k < v->event; k++) {
        const struct wbx_event *f = &wbx_events[k];

        if (f->clock[e->thread] >= e->local || (seen & WBX_BIT(f->thread)))
            continue;
        if (comes_first(f->clock, seen, first))
            initials |= WBX_BIT(f->thread);
        seen |= WBX_BIT(f->thread);
        first[f->thread] = f->local;
    }
    if (!(seen & WBX_BIT(v->thread)) && comes_first(v->clock, seen, first))
        initials |= WBX_BIT(v->thread);
    wbx_try_one_of(initials, i, v->thread);
}
/* endregion: reverse */

/* region: order */
static void order_after(const struct view *v, const struct wbx_access *a,
                        bool reversible)
{
    if (v->clock[a->thread] >= a->local)
        return;
    if (reversible && v->reversing)
        reverse(a->event, v);
    wbx_join_clock(v->clock, wbx_events[a->event].clock);
}
/* endregion: order */

/* region: acquire */
/* Taking a lock: ordered after the last release, races with the last take. */
static void order_acquire(const struct view *v, uint32_t head)
{
    uint32_t latest = 0;

    for (uint32_t i = head; i != 0; i = wbx_accesses[i].older) {
        const struct wbx_access *a = &wbx_accesses[i];

        if (!wbx_conflict[K_ACQUIRE][a->kind])
            continue;
        if (latest == 0)
            latest = i;
        if (a->kind == K_RELEASE || a->kind == K_BUSY)
            continue;
        if (a->thread != v->thread && v->reversing &&
            v->clock[a->thread] < a->local)
            reverse(a->event, v);
        break;
    }
    if (latest != 0)
        order_after(v, &wbx_accesses[latest], false);
}
/* endregion: acquire */

/* Taking something that may have to be waited for: it races with the latest
 * operation before which it could have been taken. All operations on such an
 * object are ordered, so nothing older races. */
static void order_take(const struct view *v, uint32_t head, uint8_t how)
{
    for (uint32_t i = head; i != 0; i = wbx_accesses[i].older) {
        const struct wbx_access *a = &wbx_accesses[i];

        if (a->thread == v->thread || v->clock[a->thread] >= a->local)
            break;
        if (a->open & how) {
            order_after(v, a, true);
            break;
        }
    }
    if (head != 0)
        order_after(v, &wbx_accesses[head], false);
}

/* Is everything older than a ordered before it, as far as mine can tell? */
static bool covers(const struct wbx_access *a, const struct wbx_access *mine)
{
    switch (a->kind) {
    case K_WRITE:
    case K_AWRITE:
        return mine->kind <= K_AWRITE && (a->mask & mine->mask) == mine->mask;
    case K_GONE: return (a->mask & mine->mask) == mine->mask;
    case K_ACQUIRE:
    case K_WAKE:
    case K_CHANGE: return mine->kind > K_AWRITE && mine->kind != K_GONE;
    default: return false;
    }
}

static void order_history(const struct view *v, uint32_t head,
                          const struct wbx_access *mine)
{
    wbx_thread *t = &wbx_threads[v->thread];

    for (uint32_t i = head; i != 0; i = wbx_accesses[i].older) {
        const struct wbx_access *a = &wbx_accesses[i];

        if (a->thread != v->thread && wbx_conflict[mine->kind][a->kind] &&
            (a->mask & mine->mask)) {
            if (v->recording)
                wbx_check_races(t, a, mine);
            order_after(v, a, true);
        }
        if (covers(a, mine))
            break;
    }
}

static void remember(struct wbx_cell *c, const struct wbx_access *mine)
{
    uint32_t older = c->head;

    /* A read after a read of the same bytes by the same thread says no more
     * than the later one alone. */
    if (older != 0 && mine->kind == K_READ &&
        wbx_accesses[older].kind == K_READ &&
        wbx_accesses[older].thread == mine->thread &&
        wbx_accesses[older].mask == mine->mask)
        older = wbx_accesses[older].older;
    if (wbx.naccesses == 1 << 22)
        wbx_refuse("one execution touches too much memory");
    wbx_accesses[wbx.naccesses] = *mine;
    wbx_accesses[wbx.naccesses].older = older;
    c->head = wbx.naccesses++;
    wbx_note_seen(c, mine->address, (uint16_t)(mine->thread + 1));
}

static void touch_freed(wbx_thread *t, uint64_t address)
{
    if (t->op.code == WBX_FREE)
        wbx_fail(WB_DOUBLE_FREE, t, t->op.pc, address,
                 "frees memory that has been freed");
    else
        wbx_fail(WB_USE_AFTER_FREE, t, t->op.pc, address,
                 "touches memory that has been freed");
}

static void touch_cell(const struct view *v, uint64_t address, int kind,
                       uint8_t mask)
{
    struct wbx_cell *c = wbx_cell(address);
    struct wbx_access mine = { .address = address,
                               .event = v->event,
                               .local = v->clock[v->thread],
                               .thread = (uint8_t)v->thread,
                               .kind = (uint8_t)kind,
                               .mask = mask };

    if (c == NULL && kind > K_AWRITE && kind != K_GONE)
        wbx_refuse("a lock outside the program's data, heap and stacks is not "
                   "modelled");
    if (c == NULL)
        return;
    if (kind == K_TAKE || kind == K_GIVE)
        mine.open = wbx_open_to(address);
    if (kind == K_TAKE)
        order_take(v, c->head, wbx_way(&wbx_threads[v->thread].op, address));
    else if (kind == K_ACQUIRE && wbx_threads[v->thread].op.code != WBX_TRYLOCK)
        order_acquire(v, c->head);
    else
        order_history(v, c->head, &mine);
    if (!v->recording)
        return;
    if (c->freed)
        touch_freed(&wbx_threads[v->thread], address);
    remember(c, &mine);
}

static void touch(const struct view *v, uint64_t address, uint64_t size,
                  int kind)
{
    uint64_t end = address + size;

    if (kind == K_NONE)
        return;
    if (v->recording && address - WBX_STACKS < WBX_MAX_THREADS * WBX_STACK_SIZE)
        wbx_frame_check(&wbx_threads[v->thread], address, size);
    if (v->recording && address - WBX_LOCALS < WBX_MAX_THREADS * WBX_LOCAL_SIZE)
        wbx_locals_check(&wbx_threads[v->thread], address);
    if (kind > K_AWRITE && kind != K_GONE) {
        touch_cell(v, address, kind, 0xff);
        return;
    }
    for (uint64_t cell = address & ~7ul; cell < end; cell += 8) {
        unsigned from = cell < address ? (unsigned)(address - cell) : 0;
        unsigned to = end - cell < 8 ? (unsigned)(end - cell) : 8;

        touch_cell(v, cell, kind,
                   (uint8_t)((0xffu >> (8 - to)) & (0xffu << from)));
    }
}

/* Join edges that no scheduling could turn round. */
static void order_enablers(const wbx_thread *t, uint16_t *clock)
{
    if (t->op.code == WBX_JOIN && t->op.target >= 0)
        wbx_join_clock(clock, wbx_events[wbx_threads[t->op.target].last].clock);
    if ((t->op.code == WBX_RELOCK ||
         (t->op.code == WBX_BARRIER && t->op.kind == K_NONE)) &&
        t->woken_by != UINT32_MAX)
        wbx_join_clock(clock, wbx_events[t->woken_by].clock);
}

static void touch_all(const struct view *v, const wbx_thread *t)
{
    touch(v, t->op.address, t->op.size, wbx_operation_kind(t));
    touch(v, t->op.address2, t->op.size2, t->op.kind2);
}

/* t performs its operation as step number wbx.nsteps. */
void wbx_commit(wbx_thread *t)
{
    uint32_t i = wbx.nsteps++;
    struct wbx_event *e = &wbx_events[i];

    e->local = ++t->local;
    t->sync[t->id] = t->local;
    if (wbx.mode == WBX_REDUCED && i + 1 < wbx.prefix) {
        /* As in the execution before; only the histories start anew. */
        for (uint32_t k = 0; k < e->naccesses; k++) {
            const struct wbx_access *a = &wbx_accesses[e->first_access + k];
            struct wbx_cell *c = wbx_cell(a->address);

            if (c != NULL)
                c->head = e->first_access + k;
        }
        wbx.naccesses = e->first_access + e->naccesses;
        t->last = i;
        return;
    }
    if (t->last == UINT32_MAX)
        memset(e->clock, 0, sizeof(e->clock));
    else
        memcpy(e->clock, wbx_events[t->last].clock, sizeof(e->clock));
    e->clock[t->id] = e->local;
    e->thread = t->id;
    e->code = t->op.code;
    e->unchanged = false;
    e->pc = t->op.pc;
    e->address = t->op.address;
    e->first_access = wbx.naccesses;
    order_enablers(t, e->clock);

    struct view v = { t->id, i, e->clock, wbx.mode == WBX_REDUCED, true };

    touch_all(&v, t);
    e->naccesses = wbx.naccesses - e->first_access;
    t->last = i;
}

/* The execution is over; what threads had announced but could not do, or
 * were not let do, may still race with what was done. */
void wbx_reverse_pending(void)
{
    for (uint32_t i = 0; i < wbx.nthreads; i++) {
        wbx_thread *t = &wbx_threads[i];
        wbx_clock clock = { 0 };
        struct view v = { t->id, wbx.nsteps, clock, true, false };

        if (t->state != WBX_T_LIVE || t->last == UINT32_MAX ||
            (t->op.code == WBX_RELOCK && !t->signaled) ||
            (t->op.code == WBX_JOIN &&
             wbx_threads[t->op.target].state != WBX_T_OVER))
            continue;
        memcpy(clock, wbx_events[t->last].clock, sizeof(clock));
        clock[t->id] = (uint16_t)(t->local + 1);
        order_enablers(t, clock);
        touch_all(&v, t);
    }
}
