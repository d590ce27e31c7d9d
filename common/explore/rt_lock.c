/* rt_lock.c: semaphores, read-write locks, barriers and spin locks.
 *
 * All operations on one of these objects are kept in order: two readers that
 * take a read-write lock count as two orders although they commute. That runs
 * more than is needed and misses nothing. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "rt.h"

/* Does t hold that mutex, spin lock or read-write lock? */
bool wbx_holds(const struct wbx_object *o, const wbx_thread *t)
{
    switch (o->type) {
    case WBX_O_MUTEX: return o->owner == t->id;
    case WBX_O_RWLOCK:
        return o->owner == t->id || (o->waiters & WBX_BIT(t->id));
    default: return false;
    }
}

/* Which ways of taking what lives there are open now. */
uint8_t wbx_open_to(uint64_t address)
{
    const struct wbx_object *o;
    uint8_t open;

    if (address >= WBX_CHANNEL_OBJECTS)
        return wbx_channel_open(address);
    for (uint32_t i = wbx_cell(address)->sync; i != 0; i = o->next) {
        o = &wbx_objects[i];
        if (o->address != address)
            continue;
        if (o->type == WBX_O_SEMAPHORE)
            return o->count > 0 ? WBX_OPEN_SHARED : 0;
        if (o->type == WBX_O_RWLOCK) {
            open = o->owner == WBX_NOBODY ? WBX_OPEN_SHARED : 0;
            return o->count == 0 && open ? open | WBX_OPEN_ALONE : open;
        }
    }
    return WBX_OPEN_SHARED | WBX_OPEN_ALONE;
}

/* The ways of which op needs one, at that object of its. */
uint8_t wbx_way(const struct wbx_operation *op, uint64_t address)
{
    switch (op->code) {
    case WBX_IO_READ:
    case WBX_IO_WRITE:
    case WBX_IO_POLL:
        return (address == op->address ? op->expected : op->expected >> 4) &
               0xf;
    case WBX_WRLOCK: return WBX_OPEN_ALONE;
    default: return WBX_OPEN_SHARED;
    }
}

static bool open_at(const struct wbx_operation *op, uint64_t address)
{
    return wbx_open_to(address) & wbx_way(op, address);
}

bool wbx_take_enabled(const wbx_thread *t)
{
    const struct wbx_operation *op = &t->op;

    if (op->code == WBX_BARRIER)
        return op->kind != K_NONE || t->signaled;
    if (op->kind != K_TAKE)
        return true;
    return open_at(op, op->address) ||
           (op->kind2 == K_TAKE && open_at(op, op->address2));
}

/* -- semaphores: count is the value ------------------------------------- */

static struct wbx_object *semaphore(sem_t *s)
{
    return wbx_object((uint64_t)s, WBX_O_SEMAPHORE);
}

static int fail(int error)
{
    errno = error;
    return -1;
}

WRAP(int, sem_init, sem_t *s, int shared, unsigned value)
{
    if (shared)
        wbx_refuse("a semaphore shared between processes is not modelled");
    semaphore(s);
    wbx_plain_step(wbx.current, WBX_MUTEX_INIT, (uint64_t)s, K_CHANGE, WBX_PC);
    semaphore(s)->count = value;
    return 0;
}

WRAP(int, sem_destroy, sem_t *s)
{
    wbx_plain_step(wbx.current, WBX_MUTEX_DESTROY, (uint64_t)s, K_CHANGE,
                   WBX_PC);
    return 0;
}

static int down(sem_t *s, int code, int kind, int error, uint64_t pc)
{
    struct wbx_object *o = semaphore(s);

    wbx_plain_step(wbx.current, code, (uint64_t)s, kind, pc);
    if (o->count == 0) {
        wbx_record_failed();
        return fail(error);
    }
    o->count--;
    wbx_join_clock(wbx.current->sync, o->clock);
    return 0;
}

WRAP(int, sem_wait, sem_t *s)
{
    return down(s, WBX_SEM_WAIT, K_TAKE, 0, WBX_PC);
}

WRAP(int, sem_trywait, sem_t *s)
{
    return down(s, WBX_TRYLOCK, K_GIVE, EAGAIN, WBX_PC);
}

/* Scheduled while the semaphore is 0, it times out. */
WRAP(int, sem_timedwait, sem_t *s, const struct timespec *ts)
{
    (void)ts;
    return down(s, WBX_TRYLOCK, K_GIVE, ETIMEDOUT, WBX_PC);
}

WRAP(int, sem_clockwait, sem_t *s, clockid_t clock, const struct timespec *ts)
{
    (void)clock, (void)ts;
    return down(s, WBX_TRYLOCK, K_GIVE, ETIMEDOUT, WBX_PC);
}

WRAP(int, sem_post, sem_t *s)
{
    struct wbx_object *o = semaphore(s);

    wbx_plain_step(wbx.current, WBX_SEM_POST, (uint64_t)s, K_GIVE, WBX_PC);
    o->count++;
    wbx_join_clock(o->clock, wbx.current->sync);
    return 0;
}

WRAP(int, sem_getvalue, sem_t *s, int *value)
{
    semaphore(s);
    wbx_plain_step(wbx.current, WBX_TRYLOCK, (uint64_t)s, K_GIVE, WBX_PC);
    *value = (int)semaphore(s)->count;
    return 0;
}

/* -- read-write locks: owner writes, count is how often they are held for
 * reading, waiters by whom, lost_by who holds one twice ---------------- */

static struct wbx_object *rwlock(pthread_rwlock_t *l)
{
    return wbx_object((uint64_t)l, WBX_O_RWLOCK);
}

static struct wbx_object *readers(pthread_rwlock_t *l)
{
    return wbx_object((uint64_t)l, WBX_O_READERS);
}

static bool open_for(pthread_rwlock_t *l, bool write)
{
    return wbx_open_to((uint64_t)l) &
           (write ? WBX_OPEN_ALONE : WBX_OPEN_SHARED);
}

static void read_once_more(struct wbx_object *o, const wbx_thread *t)
{
    if (o->lost_by & WBX_BIT(t->id))
        wbx_refuse("a thread that holds a read-write lock for reading three "
                   "times at once is not modelled");
    o->count++;
    o->lost_by |= o->waiters & WBX_BIT(t->id);
    o->waiters |= WBX_BIT(t->id);
}

static int lock_rw(pthread_rwlock_t *l, bool write, int busy, uint64_t pc)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = rwlock(l);

    if (o->owner == t->id && busy == 0)
        return EDEADLK;
    if (busy == 0)
        wbx_plain_step(t, write ? WBX_WRLOCK : WBX_RDLOCK, (uint64_t)l, K_TAKE,
                       pc);
    else
        wbx_plain_step(t, WBX_TRYLOCK, (uint64_t)l, K_GIVE, pc);
    if (!open_for(l, write)) {
        wbx_record_failed();
        return busy;
    }
    o->acquired_pc = pc;
    wbx_join_clock(t->sync, o->clock);
    if (!write) {
        read_once_more(o, t);
        return 0;
    }
    o->owner = (int8_t)t->id;
    wbx_join_clock(t->sync, readers(l)->clock);
    return 0;
}

WRAP(int, pthread_rwlock_init, pthread_rwlock_t *l,
     const pthread_rwlockattr_t *a)
{
    if (a != NULL)
        wbx_refuse("pthread_rwlock_init with attributes is not modelled");
    rwlock(l);
    wbx_plain_step(wbx.current, WBX_MUTEX_INIT, (uint64_t)l, K_CHANGE, WBX_PC);
    return 0;
}

WRAP(int, pthread_rwlock_destroy, pthread_rwlock_t *l)
{
    struct wbx_object *o = rwlock(l);

    wbx_plain_step(wbx.current, WBX_MUTEX_DESTROY, (uint64_t)l, K_CHANGE,
                   WBX_PC);
    if (o->owner != WBX_NOBODY || o->count != 0)
        wbx_fail(WB_LEAKED_LOCK, wbx.current, WBX_PC, (uint64_t)l,
                 "is destroyed while it is held");
    return 0;
}

WRAP(int, pthread_rwlock_rdlock, pthread_rwlock_t *l)
{
    return lock_rw(l, false, 0, WBX_PC);
}

WRAP(int, pthread_rwlock_wrlock, pthread_rwlock_t *l)
{
    return lock_rw(l, true, 0, WBX_PC);
}

WRAP(int, pthread_rwlock_tryrdlock, pthread_rwlock_t *l)
{
    return lock_rw(l, false, EBUSY, WBX_PC);
}

WRAP(int, pthread_rwlock_trywrlock, pthread_rwlock_t *l)
{
    return lock_rw(l, true, EBUSY, WBX_PC);
}

WRAP(int, pthread_rwlock_timedrdlock, pthread_rwlock_t *l,
     const struct timespec *ts)
{
    (void)ts;
    return lock_rw(l, false, ETIMEDOUT, WBX_PC);
}

WRAP(int, pthread_rwlock_timedwrlock, pthread_rwlock_t *l,
     const struct timespec *ts)
{
    (void)ts;
    return lock_rw(l, true, ETIMEDOUT, WBX_PC);
}

WRAP(int, pthread_rwlock_unlock, pthread_rwlock_t *l)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = rwlock(l);
    bool reads = (o->waiters & WBX_BIT(t->id)) != 0;

    if (!reads && o->owner != t->id) {
        wbx_fail(WB_ASSERTION, t, WBX_PC, (uint64_t)l,
                 "unlocks a read-write lock that it does not hold");
        return EPERM;
    }
    wbx_plain_step(t, WBX_UNLOCK, (uint64_t)l, K_GIVE, WBX_PC);
    if (!reads) {
        o->owner = WBX_NOBODY;
        memcpy(o->clock, t->sync, sizeof(o->clock));
        return 0;
    }
    o->count--;
    if (!(o->lost_by & WBX_BIT(t->id)))
        o->waiters &= ~WBX_BIT(t->id);
    o->lost_by &= ~WBX_BIT(t->id);
    wbx_join_clock(readers(l)->clock, t->sync);
    return 0;
}

/* -- barriers: count is how many are needed, waiters who has come ---------- */

static struct wbx_object *barrier(pthread_barrier_t *b)
{
    return wbx_object((uint64_t)b, WBX_O_BARRIER);
}

WRAP(int, pthread_barrier_init, pthread_barrier_t *b,
     const pthread_barrierattr_t *attr, unsigned count)
{
    if (attr != NULL)
        wbx_refuse("pthread_barrier_init with attributes is not modelled");
    if (count == 0)
        return EINVAL;
    barrier(b);
    wbx_plain_step(wbx.current, WBX_MUTEX_INIT, (uint64_t)b, K_CHANGE, WBX_PC);
    barrier(b)->count = count;
    return 0;
}

WRAP(int, pthread_barrier_destroy, pthread_barrier_t *b)
{
    wbx_plain_step(wbx.current, WBX_MUTEX_DESTROY, (uint64_t)b, K_CHANGE,
                   WBX_PC);
    return 0;
}

static void open_barrier(struct wbx_object *o)
{
    for (uint32_t rest = o->waiters; rest != 0; rest &= rest - 1) {
        wbx_thread *w = &wbx_threads[__builtin_ctz(rest)];

        w->signaled = true;
        w->woken_by = wbx.nsteps - 1;
        wbx_join_clock(w->sync, o->clock);
    }
    o->waiters = 0;
    memset(o->clock, 0, sizeof(o->clock));
}

/* To arrive is one step, to leave another; the last to arrive lets all go. */
WRAP(int, pthread_barrier_wait, pthread_barrier_t *b)
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = barrier(b);

    wbx_plain_step(t, WBX_BARRIER, (uint64_t)b, K_CHANGE, WBX_PC);
    wbx_join_clock(o->clock, t->sync);
    o->waiters |= WBX_BIT(t->id);
    t->signaled = false;
    t->woken_by = UINT32_MAX;
    if ((unsigned)__builtin_popcount(o->waiters) == o->count) {
        open_barrier(o);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    wbx_plain_step(t, WBX_BARRIER, (uint64_t)b, K_NONE, WBX_PC);
    return 0;
}

/* -- spin locks: mutexes by another name ---------------------------------- */

/* It is smaller than a mutex: what lies behind it is not its type. */
static void *spin(pthread_spinlock_t *s)
{
    wbx_object((uint64_t)s, WBX_O_MUTEX)->mutex_type = WBX_SPIN_LOCK;
    return (void *)s;
}

WRAP(int, pthread_spin_init, pthread_spinlock_t *s, int shared)
{
    (void)shared;
    *s = 0;
    return wbx_new_object(spin(s), WBX_O_MUTEX, WBX_MUTEX_INIT, WBX_PC);
}

WRAP(int, pthread_spin_destroy, pthread_spinlock_t *s)
{
    return wbx_new_object(spin(s), WBX_O_MUTEX, WBX_MUTEX_DESTROY, WBX_PC);
}

WRAP(int, pthread_spin_lock, pthread_spinlock_t *s)
{
    return wbx_lock(spin(s), WBX_PC);
}

WRAP(int, pthread_spin_trylock, pthread_spinlock_t *s)
{
    return wbx_try_lock(spin(s), EBUSY, WBX_PC);
}

WRAP(int, pthread_spin_unlock, pthread_spinlock_t *s)
{
    return wbx_unlock(spin(s), WBX_PC);
}
