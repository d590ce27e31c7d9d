/* rt_commute.c: which operations commute.
 *
 * Two steps of different threads that do not commute are dependent: their
 * order can make a difference. Everything the reduction does rests on this
 * table; to call more pairs dependent than are is slower, never wrong. */
#include "rt.h"

const bool wbx_conflict[K_COUNT][K_COUNT] = {
    /* region: conflict */
    [K_READ] = { [K_GONE] = 1, [K_WRITE] = 1, [K_AWRITE] = 1 },
    [K_WRITE] = { [K_GONE] = 1,
                  [K_READ] = 1,
                  [K_WRITE] = 1,
                  [K_AREAD] = 1,
                  [K_AWRITE] = 1 },
    [K_AREAD] = { [K_GONE] = 1, [K_WRITE] = 1, [K_AWRITE] = 1 },
    [K_AWRITE] = { [K_GONE] = 1,
                   [K_READ] = 1,
                   [K_WRITE] = 1,
                   [K_AREAD] = 1,
                   [K_AWRITE] = 1 },
    [K_ACQUIRE] = { [K_GONE] = 1,
                    [K_ACQUIRE] = 1,
                    [K_RELEASE] = 1,
                    [K_BUSY] = 1,
                    [K_CHANGE] = 1 },
    [K_RELEASE] = { [K_GONE] = 1,
                    [K_ACQUIRE] = 1,
                    [K_RELEASE] = 1,
                    [K_BUSY] = 1,
                    [K_CHANGE] = 1 },
    [K_BUSY] = { [K_GONE] = 1,
                 [K_ACQUIRE] = 1,
                 [K_RELEASE] = 1,
                 [K_CHANGE] = 1 },
    /* endregion: conflict */
    [K_ENQUEUE] = { [K_GONE] = 1,
                    [K_WAKE] = 1,
                    [K_NOBODY] = 1,
                    [K_CHANGE] = 1 },
    [K_WAKE] = { [K_GONE] = 1,
                 [K_ENQUEUE] = 1,
                 [K_WAKE] = 1,
                 [K_NOBODY] = 1,
                 [K_CHANGE] = 1 },
    [K_NOBODY] = { [K_GONE] = 1,
                   [K_ENQUEUE] = 1,
                   [K_WAKE] = 1,
                   [K_CHANGE] = 1 },
    [K_TAKE] = { [K_GONE] = 1, [K_TAKE] = 1, [K_GIVE] = 1, [K_CHANGE] = 1 },
    [K_GIVE] = { [K_GONE] = 1, [K_TAKE] = 1, [K_GIVE] = 1, [K_CHANGE] = 1 },
    [K_LOOK] = { [K_GONE] = 1, [K_CHANGE] = 1 },
    [K_CHANGE] = { [K_GONE] = 1,
                   [K_LOOK] = 1,
                   [K_CHANGE] = 1,
                   [K_ACQUIRE] = 1,
                   [K_RELEASE] = 1,
                   [K_BUSY] = 1,
                   [K_ENQUEUE] = 1,
                   [K_WAKE] = 1,
                   [K_NOBODY] = 1,
                   [K_TAKE] = 1,
                   [K_GIVE] = 1 },
    [K_GONE] = { [K_READ] = 1,
                 [K_WRITE] = 1,
                 [K_AREAD] = 1,
                 [K_AWRITE] = 1,
                 [K_ACQUIRE] = 1,
                 [K_RELEASE] = 1,
                 [K_BUSY] = 1,
                 [K_ENQUEUE] = 1,
                 [K_WAKE] = 1,
                 [K_NOBODY] = 1,
                 [K_TAKE] = 1,
                 [K_GIVE] = 1,
                 [K_LOOK] = 1,
                 [K_CHANGE] = 1,
                 [K_GONE] = 1 },
};

/* How t's announced operation would touch its first object if it were
 * performed now: some operations depend on the state they find. */
int wbx_operation_kind(const wbx_thread *t)
{
    const struct wbx_operation *op = &t->op;

    switch (op->code) {
    case WBX_ATOMIC_CAS:
        return wbx_peek(op->address, op->size) == op->expected ? K_AWRITE
                                                               : K_AREAD;
    case WBX_TRYLOCK:
        if (op->kind != K_ACQUIRE)
            return op->kind;
        return wbx_object(op->address, WBX_O_MUTEX)->owner == WBX_NOBODY
                   ? K_ACQUIRE
                   : K_BUSY;
    case WBX_SIGNAL:
    case WBX_BROADCAST:
        return wbx_object(op->address, WBX_O_COND)->waiters != 0 ? K_WAKE
                                                                 : K_NOBODY;
    default: return op->kind;
    }
}

static bool overlap(uint64_t a, uint64_t na, int ka, uint64_t b, uint64_t nb,
                    int kb)
{
    if (!wbx_conflict[ka][kb])
        return false;
    if (ka == K_GONE || kb == K_GONE)
        return a < b + (nb ? nb : 1) && b < a + (na ? na : 1);
    if (ka > K_AWRITE || kb > K_AWRITE)
        return a == b;
    return a < b + nb && b < a + na;
}

static bool dependent(const wbx_thread *a, const wbx_thread *b)
{
    const struct wbx_operation *p = &a->op, *q = &b->op;
    int pk = wbx_operation_kind(a), qk = wbx_operation_kind(b);

    return overlap(p->address, p->size, pk, q->address, q->size, qk) ||
           overlap(p->address, p->size, pk, q->address2, q->size2, q->kind2) ||
           overlap(p->address2, p->size2, p->kind2, q->address, q->size, qk) ||
           overlap(p->address2, p->size2, p->kind2, q->address2, q->size2,
                   q->kind2);
}

/* region: sleep */
/* Those of the sleeping threads whose next step commutes with what t does
 * now: they sleep on. */
uint32_t wbx_filter_sleep(uint32_t sleep, wbx_thread *t)
{
    uint32_t still = 0;

    for (uint32_t rest = sleep & ~WBX_BIT(t->id); rest; rest &= rest - 1) {
        int s = __builtin_ctz(rest);

        if (!dependent(&wbx_threads[s], t))
            still |= WBX_BIT(s);
    }
    return still;
}
/* endregion: sleep */
