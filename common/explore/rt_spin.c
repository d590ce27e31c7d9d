/* rt_spin.c: threads that wait by looking again and again.
 *
 * A thread that comes back to the same instruction with the same stack, has
 * left memory as it was, and of whose reads nobody has changed anything, will
 * do for ever what it did in that round. It is parked until another thread
 * writes one of the values it read. If nobody is left to do so, that is a
 * livelock. Parking loses no behaviour: more rounds change nothing.
 *
 * The state of a thread is its stack from the frame that makes the call
 * upwards, and its thread-local variables: code compiled at -O0 keeps nothing
 * in registers, unless it is told to (-Dregister= sees to it). A loop shows as
 * an operation that stands no further down in the code than the one before. At
 * doubling numbers of such jumps back (Brent's method) a checkpoint is taken,
 * so a loop of any length is noticed after at most three rounds, and a simple
 * one after two, however many operations a compiler makes of it.
 *
 * A thread that takes a lock in each round and gives it back is not parked
 * while it has it: others may need it for just the change it waits for. It goes
 * on to where it has given it back. */
#include <string.h>

#include "rt.h"

enum { MOST_WRITES = 16 };

static struct spin {
    uint64_t latest_pc; /* of the operation before */
    uint64_t pc, address;
    const char *sp;
    uint64_t hash;
    uint32_t first;    /* step at which the checkpoint was taken */
    uint32_t last;     /* parked: step at which the loop closed */
    uint32_t distance; /* jumps back until the next checkpoint */
    uint32_t age;
    bool closed;      /* to be parked when it has given its locks back */
    uint32_t nwrites; /* own writes since, and what was there before */
    struct {
        uint64_t address, size, value;
    } writes[MOST_WRITES];
} spins[WBX_MAX_THREADS];

void wbx_spin_reset(wbx_thread *t)
{
    struct spin *s = &spins[t->id];

    s->pc = s->latest_pc = 0;
    s->distance = 1;
    s->age = 0;
    s->closed = false;
    s->nwrites = 0;
}

/* The frame of the program's own code that announced the operation. */
static const char *program_frame(void)
{
    const uint64_t *frame = __builtin_frame_address(0);

    for (int depth = 0; depth < 12; depth++) {
        if (frame[1] < WBX_STACKS) /* the program is linked low */
            return (const char *)(frame + 2);
        frame = (const uint64_t *)frame[0];
    }
    return NULL;
}

/* The state of t, whose frames begin at `from`, as a number. */
uint64_t wbx_spin_state(const wbx_thread *t, uint64_t from)
{
    const uint64_t *p = (const uint64_t *)(from & ~7ul);
    const uint64_t *end =
        (const uint64_t *)(WBX_STACKS + (t->id + 1) * WBX_STACK_SIZE);
    uint64_t h = 14695981039346656037u;
    size_t size;
    const uint8_t *own = wbx_fiber_tls(t, &size);

    for (; p < end; p++)
        h = (h ^ *p) * 1099511628211u;
    for (size_t i = 0; i < size; i++)
        h = (h ^ own[i]) * 1099511628211u;
    return h;
}

static bool writes_undone(const struct spin *s)
{
    for (uint32_t i = 0; i < s->nwrites; i++)
        if (wbx_peek(s->writes[i].address, s->writes[i].size) !=
            s->writes[i].value)
            return false;
    return true;
}

/* Does t have a lock that it has taken since step `first`? */
static bool has_lock(const wbx_thread *t, uint32_t first)
{
    for (uint32_t i = wbx.nsteps; i-- > first;) {
        const struct wbx_event *e = &wbx_events[i];
        const struct wbx_access *a = &wbx_accesses[e->first_access];

        if (e->thread == t->id && e->naccesses > 0 && a->kind == K_ACQUIRE &&
            wbx_object(a->address, WBX_O_MUTEX)->owner == t->id)
            return true;
    }
    return false;
}

static bool changes(int kind, int seen)
{
    if (seen <= K_AWRITE)
        return kind == K_WRITE || kind == K_AWRITE || kind == K_GONE;
    return seen == K_BUSY && kind == K_RELEASE;
}

static bool writes(int kind)
{
    return kind == K_WRITE || kind == K_AWRITE;
}

/* Did event f change what event e, of another thread, read? Or look at what e
 * writes: it may be undone in the same round, and yet be seen. */
static bool disturbs(const struct wbx_event *f, const struct wbx_event *e)
{
    for (uint32_t i = 0; i < f->naccesses; i++) {
        const struct wbx_access *a = &wbx_accesses[f->first_access + i];

        for (uint32_t k = 0; k < e->naccesses; k++) {
            const struct wbx_access *b = &wbx_accesses[e->first_access + k];

            if (a->address == b->address && (a->mask & b->mask) &&
                ((writes(b->kind) && !e->unchanged) ||
                 (changes(a->kind, b->kind) && !f->unchanged)))
                return true;
        }
    }
    return false;
}

/* Has another thread, since step `since`, changed anything that t read in
 * the round from step `first` up to `last`? */
static bool disturbed(const wbx_thread *t, uint32_t first, uint32_t last,
                      uint32_t since)
{
    for (uint32_t i = since; i < wbx.nsteps; i++) {
        if (wbx_events[i].thread == t->id)
            continue;
        for (uint32_t k = first; k < last; k++)
            if (wbx_events[k].thread == t->id &&
                disturbs(&wbx_events[i], &wbx_events[k]))
                return true;
    }
    return false;
}

static void checkpoint(wbx_thread *t, struct spin *s, const char *sp)
{
    s->pc = t->op.pc;
    s->address = t->op.address;
    s->sp = sp;
    s->hash = wbx_spin_state(t, (uint64_t)sp);
    s->first = wbx.nsteps;
    s->age = 0;
    s->nwrites = 0;
    s->distance *= 2;
}

/* A checkpoint reads all of the stack, so a deep one is worth fewer. */
static uint32_t distance_at(const wbx_thread *t, const struct spin *s,
                            const char *sp)
{
    uint64_t end = WBX_STACKS + (t->id + 1) * WBX_STACK_SIZE;

    return s->distance + (uint32_t)((end - (uint64_t)sp) >> 12);
}

/* The loop has closed, and t is on its way to where it can be parked. */
static bool park(wbx_thread *t, struct spin *s)
{
    if (disturbed(t, s->first, s->last, s->last)) {
        s->closed = false;
        return false;
    }
    t->parked = !has_lock(t, s->first);
    return t->parked;
}

/* t announces an operation: is it going round in a circle? */
void wbx_spin_watch(wbx_thread *t)
{
    struct spin *s = &spins[t->id];
    bool jumped_back = t->op.pc <= s->latest_pc;
    const char *sp;

    t->parked = false;
    if (wbx.shared->map)
        return; /* a state that is back is known */
    s->latest_pc = t->op.pc;
    if (s->closed && park(t, s))
        return;
    if (!jumped_back)
        return;
    s->age++;
    if (s->age < s->distance &&
        (s->pc != t->op.pc || s->address != t->op.address))
        return;
    sp = program_frame();
    if (sp == NULL || t->op.code == WBX_RELOCK ||
        t->op.code == WBX_THREAD_END || t->op.code == WBX_EXIT)
        return;
    if (s->pc == t->op.pc && s->address == t->op.address && s->sp == sp &&
        writes_undone(s) && s->hash == wbx_spin_state(t, (uint64_t)sp)) {
        s->last = wbx.nsteps;
        s->closed = !disturbed(t, s->first, s->last, s->first);
        if (s->closed) {
            park(t, s);
            return;
        }
        s->distance = 1;
        checkpoint(t, s, sp);
    } else if (s->age >= distance_at(t, s, sp)) {
        checkpoint(t, s, sp);
    }
}

bool wbx_spin_may_go_on(const wbx_thread *t)
{
    const struct spin *s = &spins[t->id];

    return disturbed(t, s->first, s->last, s->last);
}

static bool looks_at_clock(const wbx_thread *t)
{
    const struct spin *s = &spins[t->id];

    for (uint32_t i = s->first; i < s->last; i++) {
        const struct wbx_event *e = &wbx_events[i];

        if (e->thread == t->id && e->code == WBX_SLEEP &&
            wbx_accesses[e->first_access].kind == K_NOBODY)
            return true;
    }
    return false;
}

/* Nothing can run: a thread that goes round and looks at the clock will see it
 * move. Each time twice as far, up to many years: who waits for more than
 * that waits for something else. Returns whether there was one. */
bool wbx_spin_let_pass(void)
{
    enum { MOST_TIMES = 40, MILLISECOND = 1000000 };
    static uint32_t generation, times;

    if (generation != wbx.generation)
        times = 0;
    generation = wbx.generation;
    for (uint32_t i = 0; i < wbx.nthreads && times < MOST_TIMES; i++) {
        wbx_thread *t = &wbx_threads[i];

        if (t->state != WBX_T_LIVE || !t->parked || !looks_at_clock(t))
            continue;
        wbx.now += (int64_t)MILLISECOND << times++;
        t->parked = false;
        wbx_spin_reset(t);
        return true;
    }
    return false;
}

/* Remember what stands there before the first write since the checkpoint;
 * false: no room. */
static bool note_write(struct spin *s, uint64_t address, uint64_t size)
{
    for (uint32_t i = 0; i < s->nwrites; i++)
        if (s->writes[i].address == address && s->writes[i].size >= size)
            return true;
    if (s->nwrites == MOST_WRITES)
        return false;
    s->writes[s->nwrites].address = address;
    s->writes[s->nwrites].size = size;
    s->writes[s->nwrites++].value = wbx_peek(address, size);
    return true;
}

/* t is about to perform an operation that is not a read. */
void wbx_spin_wrote(wbx_thread *t)
{
    struct spin *s = &spins[t->id];

    switch (t->op.kind) {
    case K_WRITE:
    case K_AWRITE:
        if (t->op.size > 8 || !note_write(s, t->op.address, t->op.size))
            break;
        return;
    case K_ACQUIRE: /* balanced by a release, or the stack tells */
    case K_RELEASE:
    case K_BUSY:
    case K_NOBODY:
    case K_LOOK:
    case K_NONE: return;
    case K_ENQUEUE:
        if (t->op.code == WBX_SLEEP)
            return;
        break;
    case K_GONE:
        if (t->op.code == WBX_RETURN)
            return;
        break;
    default: break;
    }
    wbx_spin_reset(t); /* that was progress */
}

/* What a parked thread waits for: the last thing it reads in a round that is
 * not on its own stack. */
uint64_t wbx_spin_object(const wbx_thread *t)
{
    const struct spin *s = &spins[t->id];
    uint64_t stack = WBX_STACKS + t->id * WBX_STACK_SIZE;

    for (uint32_t k = s->last; k-- > s->first;) {
        const struct wbx_event *e = &wbx_events[k];

        if (e->thread == t->id && e->naccesses > 0 &&
            (e->code == WBX_READ || e->code == WBX_ATOMIC_LOAD ||
             e->code == WBX_ATOMIC_CAS || e->code == WBX_ATOMIC_RMW) &&
            e->address - stack >= WBX_STACK_SIZE)
            return e->address;
    }
    return t->op.address;
}
