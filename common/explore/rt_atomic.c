/* rt_atomic.c: C11 atomics and the __sync and __atomic builtins, performed one
 * after another.
 *
 * The explorer interleaves; it does not reorder. An execution here is one in
 * which all atomics take effect in one order, whatever their memory_order.
 * The memory order counts for data races: only an acquire that reads from a
 * release (through a release sequence, or fences) orders what stands around
 * it, so a publication through relaxed atomics is found as a data race. */
#include <string.h>

#include "rt.h"

static bool acquires(int order)
{
    return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME ||
           order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

static bool releases(int order)
{
    return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL ||
           order == __ATOMIC_SEQ_CST;
}

static void learn(wbx_thread *t, const struct wbx_object *o, int order)
{
    if (o->released_by == 0)
        return;
    wbx_join_clock(acquires(order) ? t->sync : t->acquirable, o->clock);
}

/* A read-modify-write keeps the release sequence it stands in, as does a
 * store by the thread that heads it; any other store ends it. */
static void publish(wbx_thread *t, struct wbx_object *o, int order, bool rmw)
{
    if (!rmw && o->released_by != 0 && o->released_by != t->id + 1) {
        memset(o->clock, 0, sizeof(o->clock));
        o->released_by = 0;
    }
    if (releases(order)) {
        if (!rmw)
            memset(o->clock, 0, sizeof(o->clock));
        wbx_join_clock(o->clock, t->sync);
        o->released_by = (uint8_t)(t->id + 1);
    } else if (t->has_fence) {
        wbx_join_clock(o->clock, t->fence);
        o->released_by = (uint8_t)(t->id + 1);
    }
}

static bool announce(const volatile void *address, uint64_t size, int code,
                     int kind, uint64_t expected, bool may_fail, uint64_t pc)
{
    wbx_thread *t = wbx.current;

    if (!wbx.active || wbx_cell((uint64_t)address) == NULL)
        return false;
    t->op = (struct wbx_operation){
        .code = (uint8_t)code,
        .kind = (uint8_t)kind,
        .kind2 = K_NONE,
        .may_fail = may_fail,
        .pc = pc,
        .address = (uint64_t)address,
        .size = size,
        .expected = expected,
    };
    wbx_step(t);
    return true;
}

static struct wbx_object *location(const volatile void *address)
{
    return wbx_object((uint64_t)address, WBX_O_ATOMIC);
}

static void loaded(const volatile void *address, int order)
{
    learn(wbx.current, location(address), order);
}

/* A thread that spins need not look again after a write that changes
 * nothing: two that spin by exchanging would keep each other going. */
static void wrote(bool unchanged)
{
    wbx_events[wbx.nsteps - 1].unchanged = unchanged;
}

static void stored(const volatile void *address, int order)
{
    publish(wbx.current, location(address), order, false);
}

static void updated(const volatile void *address, int order)
{
    learn(wbx.current, location(address), order);
    publish(wbx.current, location(address), order, true);
}

/* The outcome of a weak compare-exchange that finds what it expects. Failing
 * for no reason is no step of a loop that waits. */
static bool fails_weakly(void)
{
    wbx_thread *t = wbx.current;

    t->failed_weakly = wbx_outcome() == 1;
    if (t->failed_weakly)
        wbx_spin_reset(t);
    return t->failed_weakly;
}

#define RMW(bits, type, name, expression)                                      \
    WBX_EXPORT type __tsan_atomic##bits##_##name(volatile type *p, type v,     \
                                                 int order);                   \
    type __tsan_atomic##bits##_##name(volatile type *p, type v, int order)     \
    {                                                                          \
        bool seen =                                                            \
            announce(p, bits / 8, WBX_ATOMIC_RMW, K_AWRITE, 0, false, WBX_PC); \
        type old = *p;                                                         \
                                                                               \
        *p = (type)(expression);                                               \
        if (seen) {                                                            \
            wrote(*p == old);                                                  \
            updated(p, order);                                                 \
        }                                                                      \
        return old;                                                            \
    }

/* One compare-exchange for both strengths: the weak one may fail although
 * the value is as expected, which is an outcome of its own. */
#define CAS(bits, type, name, weak)                                            \
    WBX_EXPORT int __tsan_atomic##bits##_##name(                               \
        volatile type *p, type *expected, type v, int order, int otherwise);   \
    int __tsan_atomic##bits##_##name(volatile type *p, type *expected, type v, \
                                     int order, int otherwise)                 \
    {                                                                          \
        bool seen = announce(p, bits / 8, WBX_ATOMIC_CAS, K_AWRITE,            \
                             (uint64_t)*expected, weak, WBX_PC);               \
        type old = *p;                                                         \
                                                                               \
        if (old == *expected && !(seen && weak && fails_weakly())) {           \
            *p = v;                                                            \
            if (seen)                                                          \
                updated(p, order);                                             \
            return 1;                                                          \
        }                                                                      \
        *expected = old;                                                       \
        if (seen)                                                              \
            loaded(p, otherwise);                                              \
        return 0;                                                              \
    }

#define ATOMICS(bits, type)                                                    \
    WBX_EXPORT type __tsan_atomic##bits##_load(const volatile type *p,         \
                                               int order);                     \
    type __tsan_atomic##bits##_load(const volatile type *p, int order)         \
    {                                                                          \
        if (announce(p, bits / 8, WBX_ATOMIC_LOAD, K_AREAD, 0, false, WBX_PC)) \
            loaded(p, order);                                                  \
        return *p;                                                             \
    }                                                                          \
    WBX_EXPORT void __tsan_atomic##bits##_store(volatile type *p, type v,      \
                                                int order);                    \
    void __tsan_atomic##bits##_store(volatile type *p, type v, int order)      \
    {                                                                          \
        if (announce(p, bits / 8, WBX_ATOMIC_STORE, K_AWRITE, 0, false,        \
                     WBX_PC)) {                                                \
            wrote(*p == v);                                                    \
            stored(p, order);                                                  \
        }                                                                      \
        *p = v;                                                                \
    }                                                                          \
    RMW(bits, type, exchange, v)                                               \
    RMW(bits, type, fetch_add, old + v)                                        \
    RMW(bits, type, fetch_sub, old - v)                                        \
    RMW(bits, type, fetch_and, old &v)                                         \
    RMW(bits, type, fetch_or, old | v)                                         \
    RMW(bits, type, fetch_xor, old ^ v)                                        \
    RMW(bits, type, fetch_nand, ~(old & v))                                    \
    CAS(bits, type, compare_exchange_strong, false)                            \
    CAS(bits, type, compare_exchange_weak, true)                               \
    WBX_EXPORT type __tsan_atomic##bits##_compare_exchange_val(                \
        volatile type *p, type expected, type v, int order, int otherwise);    \
    type __tsan_atomic##bits##_compare_exchange_val(                           \
        volatile type *p, type expected, type v, int order, int otherwise)     \
    {                                                                          \
        __tsan_atomic##bits##_compare_exchange_strong(p, &expected, v, order,  \
                                                      otherwise);              \
        return expected;                                                       \
    }

ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)

WBX_EXPORT void __tsan_atomic_thread_fence(int order);
WBX_EXPORT void __tsan_atomic_signal_fence(int order);

void __tsan_atomic_thread_fence(int order)
{
    wbx_thread *t = wbx.current;

    if (!wbx.active)
        return;
    if (acquires(order))
        wbx_join_clock(t->sync, t->acquirable);
    if (releases(order)) {
        memcpy(t->fence, t->sync, sizeof(t->fence));
        t->has_fence = true;
    }
}

void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}

/* Sixteen bytes fit two registers, and more than that is done by functions
 * of libatomic elsewhere; both come here. */
static void load(size_t n, const void *p, void *out, int order, uint64_t pc)
{
    if (announce(p, n, WBX_ATOMIC_LOAD, K_AREAD, 0, false, pc))
        loaded(p, order);
    memcpy(out, p, n);
}

static void store(size_t n, void *p, const void *v, int order, uint64_t pc)
{
    if (announce(p, n, WBX_ATOMIC_STORE, K_AWRITE, 0, false, pc)) {
        wrote(memcmp(p, v, n) == 0);
        stored(p, order);
    }
    memcpy(p, v, n);
}

static void exchange(size_t n, void *p, const void *v, void *out, int order,
                     uint64_t pc)
{
    if (announce(p, n, WBX_ATOMIC_RMW, K_AWRITE, 0, false, pc))
        updated(p, order);
    memcpy(out, p, n);
    memcpy(p, v, n);
}

static bool compare_exchange(size_t n, void *p, void *expected, const void *v,
                             int order, int otherwise, uint64_t pc)
{
    bool seen = announce(p, n, WBX_ATOMIC_RMW, K_AWRITE, 0, false, pc);
    bool same = memcmp(p, expected, n) == 0;

    if (!same)
        memcpy(expected, p, n);
    else
        memcpy(p, v, n);
    if (seen)
        wrote(!same);
    if (seen && same)
        updated(p, order);
    else if (seen)
        loaded(p, otherwise);
    return same;
}

WRAP(void, __atomic_load, size_t n, const void *p, void *out, int order)
{
    load(n, p, out, order, WBX_PC);
}

WRAP(void, __atomic_store, size_t n, void *p, const void *v, int order)
{
    store(n, p, v, order, WBX_PC);
}

WRAP(void, __atomic_exchange, size_t n, void *p, const void *v, void *out,
     int order)
{
    exchange(n, p, v, out, order, WBX_PC);
}

WRAP(_Bool, __atomic_compare_exchange, size_t n, void *p, void *expected,
     const void *v, int order, int otherwise)
{
    return compare_exchange(n, p, expected, v, order, otherwise, WBX_PC);
}

typedef unsigned __int128 wide;

#define HOOK(type, name, ...)                                                  \
    WBX_EXPORT type __tsan_atomic128_##name(__VA_ARGS__);                      \
    type __tsan_atomic128_##name(__VA_ARGS__)

HOOK(wide, load, const wide *p, int order)
{
    wide v;

    load(sizeof(v), p, &v, order, WBX_PC);
    return v;
}

HOOK(void, store, wide *p, wide v, int order)
{
    store(sizeof(v), p, &v, order, WBX_PC);
}

HOOK(wide, exchange, wide *p, wide v, int order)
{
    wide old;

    exchange(sizeof(v), p, &v, &old, order, WBX_PC);
    return old;
}

HOOK(int, compare_exchange_strong, wide *p, wide *expected, wide v, int order,
     int otherwise)
{
    return compare_exchange(sizeof(v), p, expected, &v, order, otherwise,
                            WBX_PC);
}

/* Fails for no reason as little as the strong one. */
HOOK(int, compare_exchange_weak, wide *p, wide *expected, wide v, int order,
     int otherwise)
{
    return compare_exchange(sizeof(v), p, expected, &v, order, otherwise,
                            WBX_PC);
}

/* What a floating-point update raises is not looked at; libatomic has it. */
WBX_EXPORT void __atomic_feraiseexcept(int exceptions);

void __atomic_feraiseexcept(int exceptions)
{
    (void)exceptions;
}
