/* rt_c11.c: threads.h, on top of the functions for POSIX threads. In the
 * GNU C library mtx_t and cnd_t are laid out as their POSIX counterparts. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>

#include "rt.h"

static int result(int error)
{
    switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    case ENOMEM: return thrd_nomem;
    default: return thrd_error;
    }
}

/* A C11 start function returns int, so it cannot be called as the other
 * kind; both are kept in what the thread is given. The creator keeps it, and
 * the new thread takes it over before anybody else has a step. */
struct start {
    thrd_start_t entry;
    void *argument;
};

static void *run(void *arg)
{
    struct start start = *(struct start *)arg;

    return (void *)(intptr_t)start.entry(start.argument);
}

WRAP(int, thrd_create, thrd_t *out, thrd_start_t entry, void *argument)
{
    static struct start starts[WBX_MAX_THREADS];
    struct start *mine = &starts[wbx.current->id];

    *mine = (struct start){ entry, argument };
    return result(wbx_create(run, mine, false, out, WBX_PC));
}

WRAP(int, thrd_join, thrd_t handle, int *out)
{
    void *value = NULL;
    int rc = wbx_join(handle, &value, WBX_PC);

    if (rc == 0 && out != NULL)
        *out = (int)(intptr_t)value;
    return result(rc);
}

int __wrap_pthread_detach(pthread_t handle);

WRAP(int, thrd_detach, thrd_t handle)
{
    return result(__wrap_pthread_detach(handle));
}

WRAP(thrd_t, thrd_current, void)
{
    return (thrd_t)wbx.current->id + 1;
}

WRAP(int, thrd_equal, thrd_t a, thrd_t b)
{
    return a == b;
}

WRAP(noreturn void, thrd_exit, int status)
{
    wbx_finish(wbx.current, (void *)(intptr_t)status, WBX_PC);
}

WRAP(void, thrd_yield, void)
{
    wbx_plain_step(wbx.current, WBX_YIELD, 0, K_NONE, WBX_PC);
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);

WRAP(int, thrd_sleep, const struct timespec *wanted, struct timespec *left)
{
    return __wrap_nanosleep(wanted, left);
}

WRAP(int, mtx_init, mtx_t *m, int type)
{
    wbx_new_object(m, WBX_O_MUTEX, WBX_MUTEX_INIT, WBX_PC);
    return mtx_init(m, type);
}

WRAP(void, mtx_destroy, mtx_t *m)
{
    wbx_new_object(m, WBX_O_MUTEX, WBX_MUTEX_DESTROY, WBX_PC);
}

WRAP(int, mtx_lock, mtx_t *m)
{
    return result(wbx_lock(m, WBX_PC));
}

WRAP(int, mtx_trylock, mtx_t *m)
{
    return result(wbx_try_lock(m, EBUSY, WBX_PC));
}

WRAP(int, mtx_timedlock, mtx_t *m, const struct timespec *ts)
{
    (void)ts;
    return result(wbx_try_lock(m, ETIMEDOUT, WBX_PC));
}

WRAP(int, mtx_unlock, mtx_t *m)
{
    return result(wbx_unlock(m, WBX_PC));
}

WRAP(int, cnd_init, cnd_t *c)
{
    wbx_new_object(c, WBX_O_COND, WBX_MUTEX_INIT, WBX_PC);
    return cnd_init(c);
}

WRAP(void, cnd_destroy, cnd_t *c)
{
    wbx_new_object(c, WBX_O_COND, WBX_MUTEX_DESTROY, WBX_PC);
}

WRAP(int, cnd_wait, cnd_t *c, mtx_t *m)
{
    return result(wbx_wait(c, m, false, 0, WBX_PC));
}

WRAP(int, cnd_timedwait, cnd_t *c, mtx_t *m, const struct timespec *ts)
{
    return result(wbx_wait(c, m, true, wbx_nanoseconds(ts), WBX_PC));
}

WRAP(int, cnd_signal, cnd_t *c)
{
    return result(wbx_signal(c, WBX_PC));
}

WRAP(int, cnd_broadcast, cnd_t *c)
{
    return result(wbx_broadcast(c, WBX_PC));
}

int __wrap_pthread_once(pthread_once_t *once, void (*f)(void));
int __wrap_pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int __wrap_pthread_key_delete(pthread_key_t key);
void *__wrap_pthread_getspecific(pthread_key_t key);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);

WRAP(void, call_once, once_flag *once, void (*f)(void))
{
    __wrap_pthread_once((pthread_once_t *)once, f);
}

WRAP(int, tss_create, tss_t *key, tss_dtor_t destructor)
{
    return result(__wrap_pthread_key_create(key, destructor));
}

WRAP(void, tss_delete, tss_t key)
{
    __wrap_pthread_key_delete(key);
}

WRAP(void *, tss_get, tss_t key)
{
    return __wrap_pthread_getspecific(key);
}

WRAP(int, tss_set, tss_t key, void *value)
{
    return result(__wrap_pthread_setspecific(key, value));
}
