/* rt_sync.c: mutexes and condition variables.
 *
 * A wait is two steps: it releases the mutex and enters the condition
 * variable's set of waiters in one; once woken, it takes the mutex again in
 * another. Which waiter a signal wakes is an outcome of the signal; waking
 * for no reason and timing out are outcomes of the wait. A waiter that wakes
 * for no reason does so at once: delaying it changes nothing, as its next
 * step, taking the mutex, can be delayed. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "rt.h"

static struct wbx_object *mutex_at(uint64_t address)
{
    struct wbx_object *o = wbx_object(address, WBX_O_MUTEX);

    if (o->count == 0 && o->owner == WBX_NOBODY &&
        o->mutex_type != WBX_SPIN_LOCK) {
        const pthread_mutex_t *m = (const pthread_mutex_t *)address;

        o->mutex_type = (uint8_t)(m->__data.__kind & 3);
    }
    return o;
}

bool wbx_lock_enabled(const wbx_thread *t)
{
    if (t->op.code == WBX_RELOCK && !t->signaled)
        return false;
    return mutex_at(t->op.address)->owner == WBX_NOBODY;
}

static void take(wbx_thread *t, struct wbx_object *o)
{
    o->owner = (int8_t)t->id;
    o->count = 1;
    o->acquired_pc = t->op.pc;
    wbx_join_clock(t->sync, o->clock);
}

static void let_go(wbx_thread *t, struct wbx_object *o)
{
    o->owner = WBX_NOBODY;
    o->count = 0;
    memcpy(o->clock, t->sync, sizeof(o->clock));
}

void wbx_plain_step(wbx_thread *t, int code, uint64_t address, int kind,
                    uint64_t pc)
{
    t->op = (struct wbx_operation){ .code = (uint8_t)code,
                                    .kind = (uint8_t)kind,
                                    .kind2 = K_NONE,
                                    .target = -1,
                                    .pc = pc,
                                    .address = address };
    wbx_step(t);
}

/* The owner locks again: what the type of the mutex makes of it; -1 when it
 * is to wait for itself. */
static int lock_again(struct wbx_object *o, int busy)
{
    if (o->mutex_type == PTHREAD_MUTEX_RECURSIVE) {
        o->count++;
        return 0;
    }
    if (o->mutex_type == PTHREAD_MUTEX_ERRORCHECK && busy == 0)
        return EDEADLK;
    return busy == 0 ? -1 : busy;
}

int wbx_lock(void *m, uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = mutex_at((uint64_t)m);

    if (o->owner == t->id) {
        int rc = lock_again(o, 0);

        if (rc >= 0)
            return rc;
    }
    wbx_plain_step(t, WBX_LOCK, (uint64_t)m, K_ACQUIRE, pc);
    take(t, o);
    return 0;
}

/* busy: what to return when the mutex is taken. A lock with a time limit is
 * this too: when it is scheduled while the mutex is taken, it times out. */
int wbx_try_lock(void *m, int busy, uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = mutex_at((uint64_t)m);

    if (o->owner == t->id)
        return lock_again(o, busy);
    wbx_plain_step(t, WBX_TRYLOCK, (uint64_t)m, K_ACQUIRE, pc);
    if (o->owner != WBX_NOBODY)
        return busy;
    take(t, o);
    return 0;
}

int wbx_unlock(void *m, uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = mutex_at((uint64_t)m);

    if (o->owner != t->id) {
        if (o->mutex_type != PTHREAD_MUTEX_NORMAL &&
            o->mutex_type != WBX_SPIN_LOCK)
            return EPERM;
        wbx_fail(WB_ASSERTION, t, pc, (uint64_t)m,
                 "unlocks a mutex that it does not hold");
        return 0;
    }
    if (o->count > 1) {
        o->count--;
        return 0;
    }
    wbx_plain_step(t, WBX_UNLOCK, (uint64_t)m, K_RELEASE, pc);
    let_go(t, o);
    return 0;
}

/* region: outcomes */
/* After the plain outcome: for no reason, once in a row; out of time. */
int wbx_wait_outcomes(const wbx_thread *t)
{
    return t->was_spurious ? 1 : 2 + t->op.timed;
}

static void fall_asleep(wbx_thread *t, uint64_t cond)
{
    int outcome = wbx_outcome();

    t->waits_on = cond;
    t->woken_by = UINT32_MAX;
    t->timed_out = outcome == 2;
    t->signaled = t->was_spurious = outcome != 0;
    if (outcome == 0)
        wbx_object(cond, WBX_O_COND)->waiters |= WBX_BIT(t->id);
}
/* endregion: outcomes */

/* region: wait */
int wbx_wait(void *c, void *m, bool timed, int64_t deadline, uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = mutex_at((uint64_t)m);

    if (o->owner != t->id) {
        wbx_fail(WB_ASSERTION, t, pc, (uint64_t)m,
                 "waits with a mutex that it does not hold");
        return 0;
    }
    t->op = (struct wbx_operation){ .code = WBX_WAIT,
                                    .kind = K_ENQUEUE,
                                    .kind2 = K_RELEASE,
                                    .timed = timed,
                                    .target = -1,
                                    .pc = pc,
                                    .address = (uint64_t)c,
                                    .address2 = (uint64_t)m };
    wbx_step(t);
    let_go(t, o);
    fall_asleep(t, (uint64_t)c);
    t->op = (struct wbx_operation){ .code = WBX_RELOCK,
                                    .kind = K_ACQUIRE,
                                    .kind2 = K_NONE,
                                    .timed = timed,
                                    .target = -1,
                                    .pc = pc,
                                    .address = (uint64_t)m,
                                    .address2 = (uint64_t)c,
                                    .deadline = deadline };
    wbx_step(t);
    take(t, o);
    t->waits_on = 0;
    return t->timed_out ? ETIMEDOUT : 0;
}
/* endregion: wait */

static void wake(wbx_thread *t, struct wbx_object *cond, uint32_t by)
{
    cond->waiters &= ~WBX_BIT(t->id);
    t->signaled = true;
    t->woken_by = by;
    if (by != UINT32_MAX)
        t->was_spurious = false;
}

int wbx_signal(void *c, uint64_t pc)
{
    struct wbx_object *o = wbx_object((uint64_t)c, WBX_O_COND);
    uint32_t rest;

    wbx_plain_step(wbx.current, WBX_SIGNAL, (uint64_t)c, K_WAKE, pc);
    rest = o->waiters;
    o->lost_by |= rest == 0 ? WBX_BIT(wbx.current->id) : 0;
    for (int skip = wbx_outcome(); skip > 0; skip--)
        rest &= rest - 1;
    if (rest != 0)
        wake(&wbx_threads[__builtin_ctz(rest)], o, wbx.nsteps - 1);
    return 0;
}

int wbx_broadcast(void *c, uint64_t pc)
{
    struct wbx_object *o = wbx_object((uint64_t)c, WBX_O_COND);

    wbx_plain_step(wbx.current, WBX_BROADCAST, (uint64_t)c, K_WAKE, pc);
    o->lost_by |= o->waiters == 0 ? WBX_BIT(wbx.current->id) : 0;
    for (uint32_t rest = o->waiters; rest != 0; rest &= rest - 1)
        wake(&wbx_threads[__builtin_ctz(rest)], o, wbx.nsteps - 1);
    return 0;
}

/* Nothing can run: time passes until the next wait with a limit is over, or
 * for one who looks at the clock. Returns whether there was one. */
bool wbx_expire_wait(void)
{
    wbx_thread *first = NULL;

    for (uint32_t i = 0; i < wbx.nthreads; i++) {
        wbx_thread *t = &wbx_threads[i];

        if (t->state == WBX_T_LIVE && t->op.code == WBX_RELOCK && t->op.timed &&
            !t->signaled &&
            (first == NULL || t->op.deadline < first->op.deadline))
            first = t;
    }
    if (first == NULL)
        return wbx_spin_let_pass();
    if (first->op.deadline > wbx.now)
        wbx.now = first->op.deadline;
    first->timed_out = true;
    wake(first, wbx_object(first->op.address2, WBX_O_COND), UINT32_MAX);
    return true;
}

int64_t wbx_nanoseconds(const struct timespec *ts)
{
    return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

int wbx_new_object(void *address, enum wbx_object_type type, int code,
                   uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = wbx_object((uint64_t)address, type);

    wbx_plain_step(t, code, (uint64_t)address, K_CHANGE, pc);
    if (code == WBX_MUTEX_DESTROY && o->owner != WBX_NOBODY)
        wbx_fail(WB_LEAKED_LOCK, t, pc, (uint64_t)address,
                 "is destroyed while it is held");
    if (code == WBX_MUTEX_DESTROY && o->waiters != 0)
        wbx_fail(WB_DEADLOCK, t, pc, (uint64_t)address,
                 "is destroyed while a thread waits on it");
    o->owner = WBX_NOBODY;
    o->count = o->waiters = o->lost_by = 0;
    memcpy(o->clock, t->sync, sizeof(o->clock));
    return 0;
}

/* Memory that nobody made a mutex of holds anything. Zero is no trouble: it is
 * PTHREAD_MUTEX_INITIALIZER here. The lock itself is never taken for real. */
static void see_initialised(const pthread_mutex_t *m, uint64_t pc)
{
    enum { KINDS = 0x3ff };

    if (m->__data.__lock != 0 || (m->__data.__kind & ~KINDS) != 0)
        wbx_fail(WB_ASSERTION, wbx.current, pc, (uint64_t)m,
                 "locks a mutex that was never initialised");
}

/* The names below take the calls that the linker redirects (--wrap). */
WRAP(int, pthread_mutex_lock, pthread_mutex_t *m)
{
    see_initialised(m, WBX_PC);
    return wbx_lock(m, WBX_PC);
}

WRAP(int, pthread_mutex_trylock, pthread_mutex_t *m)
{
    see_initialised(m, WBX_PC);
    return wbx_try_lock(m, EBUSY, WBX_PC);
}

WRAP(int, pthread_mutex_timedlock, pthread_mutex_t *m,
     const struct timespec *ts)
{
    (void)ts;
    return wbx_try_lock(m, ETIMEDOUT, WBX_PC);
}

WRAP(int, pthread_mutex_clocklock, pthread_mutex_t *m, clockid_t clock,
     const struct timespec *ts)
{
    (void)clock, (void)ts;
    return wbx_try_lock(m, ETIMEDOUT, WBX_PC);
}

WRAP(int, pthread_mutex_unlock, pthread_mutex_t *m)
{
    return wbx_unlock(m, WBX_PC);
}

WRAP(int, pthread_mutex_init, pthread_mutex_t *m,
     const pthread_mutexattr_t *attr)
{
    wbx_new_object(m, WBX_O_MUTEX, WBX_MUTEX_INIT, WBX_PC);
    return pthread_mutex_init(m, attr);
}

WRAP(int, pthread_mutex_destroy, pthread_mutex_t *m)
{
    return wbx_new_object(m, WBX_O_MUTEX, WBX_MUTEX_DESTROY, WBX_PC);
}

WRAP(int, pthread_cond_init, pthread_cond_t *c, const pthread_condattr_t *attr)
{
    wbx_new_object(c, WBX_O_COND, WBX_MUTEX_INIT, WBX_PC);
    return pthread_cond_init(c, attr);
}

WRAP(int, pthread_cond_destroy, pthread_cond_t *c)
{
    return wbx_new_object(c, WBX_O_COND, WBX_MUTEX_DESTROY, WBX_PC);
}

WRAP(int, pthread_cond_wait, pthread_cond_t *c, pthread_mutex_t *m)
{
    return wbx_wait(c, m, false, 0, WBX_PC);
}

WRAP(int, pthread_cond_timedwait, pthread_cond_t *c, pthread_mutex_t *m,
     const struct timespec *ts)
{
    return wbx_wait(c, m, true, wbx_nanoseconds(ts), WBX_PC);
}

WRAP(int, pthread_cond_clockwait, pthread_cond_t *c, pthread_mutex_t *m,
     clockid_t clock, const struct timespec *ts)
{
    (void)clock;
    return wbx_wait(c, m, true, wbx_nanoseconds(ts), WBX_PC);
}

WRAP(int, pthread_cond_signal, pthread_cond_t *c)
{
    return wbx_signal(c, WBX_PC);
}

WRAP(int, pthread_cond_broadcast, pthread_cond_t *c)
{
    return wbx_broadcast(c, WBX_PC);
}
