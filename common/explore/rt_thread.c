/* rt_thread.c: threads begin, end, are joined and detached.
 *
 * A new thread runs at once up to its first operation, which it announces;
 * nothing it does before that can be seen by others. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rt.h"

WBX_EXPORT int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attr,
                                     void *(*entry)(void *), void *argument);
WBX_EXPORT int __wrap_pthread_join(pthread_t thread, void **result);
WBX_EXPORT int __wrap_pthread_detach(pthread_t thread);
WBX_EXPORT noreturn void __wrap_pthread_exit(void *result);
WBX_EXPORT pthread_t __wrap_pthread_self(void);
WBX_EXPORT int __wrap_pthread_setname_np(pthread_t thread, const char *name);
WBX_EXPORT int __wrap_pthread_getname_np(pthread_t thread, char *name,
                                         size_t size);
WBX_EXPORT int __wrap_pthread_once(pthread_once_t *once, void (*f)(void));

static uint64_t thread_object(int id)
{
    return WBX_THREAD_OBJECTS + 8 * (uint64_t)id;
}

static wbx_thread *new_thread(wbx_thread *creator)
{
    wbx_thread *t;
    uint64_t fs;

    if (wbx.nthreads == WBX_MAX_THREADS) {
        wbx.shared->refusal_pc = creator != NULL ? creator->op.pc : 0;
        wbx_refuse("more than %d threads: explore a smaller case",
                   WBX_MAX_THREADS);
    }
    t = &wbx_threads[wbx.nthreads];
    fs = t->fiber.fs;
    memset(t, 0, sizeof(*t));
    t->fiber.fs = fs;
    t->id = (uint8_t)wbx.nthreads++;
    t->state = WBX_T_LIVE;
    t->last = t->woken_by = UINT32_MAX;
    t->creator = creator;
    if (creator != NULL) {
        memcpy(t->sync, creator->sync, sizeof(t->sync));
        t->last = creator->last;
    }
    wbx_spin_reset(t);
    wbx_random_inherit(t);
    return t;
}

static void step(wbx_thread *t, int code, int target, uint64_t address,
                 int kind, uint64_t pc)
{
    t->op = (struct wbx_operation){ .code = (uint8_t)code,
                                    .kind = (uint8_t)kind,
                                    .kind2 = K_NONE,
                                    .target = (int16_t)target,
                                    .pc = pc,
                                    .address = address };
    wbx_step(t);
}

/* t has returned from its start function, or called pthread_exit. */
noreturn void wbx_finish(wbx_thread *t, void *result, uint64_t pc)
{
    wbx_keys_destroy(t);
    wbx_locals_left(t, pc);
    t->result = result;
    t->op = (struct wbx_operation){ .code = WBX_THREAD_END,
                                    .kind = K_CHANGE,
                                    .kind2 = K_ENQUEUE,
                                    .target = t->id,
                                    .pc = pc,
                                    .address = thread_object(t->id),
                                    .address2 = WBX_END_OBJECT };
    wbx_step(t);
    wbx_check_locks(t, pc, "the thread ends");
    wbx_last_ends(t);
    t->state = WBX_T_OVER;
    wbx_yield_for_ever(t);
}

static void thread_body(void *arg)
{
    (void)arg;
    wbx_thread *t = wbx.current;
    void *result = t->entry(t->argument);

    wbx_finish(t, result, 0);
}

/* A thread that has failed, or whose process is over, takes no more steps;
 * the others go on only to show the search what else can happen. */
noreturn void wbx_halt(wbx_thread *t)
{
    t->state = WBX_T_OVER;
    wbx_yield_for_ever(t);
}

static int (*main_function)(int, char **, char **);
static int main_argc;
static char **main_argv, **main_envp;
static void main_body(void *arg)
{
    (void)arg;
    int status;

    wbx_run_constructors();
    status = main_function(main_argc, main_argv, main_envp);

    wbx_program_ends(status, 0);
    wbx_halt(wbx.current);
}

void wbx_start_main(int argc, char **argv, char **envp,
                    int (*program)(int, char **, char **))
{
    wbx_thread *t = new_thread(NULL);

    main_function = program;
    main_argc = argc;
    main_argv = argv;
    main_envp = envp;
    wbx_exit_reset(argc, argv, envp);
    wbx_keys_reset();
    wbx_fiber_prepare(t, main_body);
    wbx.current = t;
    wbx_fiber_switch(&wbx.home, &t->fiber);
}

static void run_to_first_step(wbx_thread *t, wbx_thread *child)
{
    child->announcing = true;
    wbx_fiber_prepare(child, thread_body);
    wbx.current = child;
    wbx_fiber_switch(&t->fiber, &child->fiber);
}

int wbx_create(void *(*entry)(void *), void *argument, bool detached, void *out,
               uint64_t pc)
{
    wbx_thread *t = wbx.current, *child;

    t->op = (struct wbx_operation){ .code = WBX_CREATE,
                                    .kind = K_CHANGE,
                                    .kind2 = K_WRITE,
                                    .target = -1,
                                    .pc = pc,
                                    .address = WBX_CREATION_OBJECT,
                                    .address2 = (uint64_t)out,
                                    .size2 = sizeof(pthread_t) };
    wbx_step(t);
    child = new_thread(t);
    child->detached = detached;
    child->entry = entry;
    child->argument = argument;
    child->created_pc = pc;
    *(pthread_t *)out = (pthread_t)child->id + 1;
    run_to_first_step(t, child);
    return 0;
}

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attr,
                          void *(*entry)(void *), void *argument)
{
    int state = PTHREAD_CREATE_JOINABLE;

    if (attr != NULL)
        pthread_attr_getdetachstate(attr, &state);
    return wbx_create(entry, argument, state == PTHREAD_CREATE_DETACHED, out,
                      WBX_PC);
}

static wbx_thread *thread_of(pthread_t handle)
{
    if (handle == 0 || handle > wbx.nthreads)
        return NULL;
    return &wbx_threads[handle - 1];
}

int wbx_join(uint64_t handle, void **result, uint64_t pc)
{
    wbx_thread *t = wbx.current, *target = thread_of(handle);

    if (target == NULL)
        return ESRCH;
    if (target == t)
        return EDEADLK;
    if (target->detached || target->joined)
        return EINVAL;
    t->op = (struct wbx_operation){ .code = WBX_JOIN,
                                    .kind = K_NONE,
                                    .kind2 = result != NULL ? K_WRITE : K_NONE,
                                    .target = target->id,
                                    .pc = pc,
                                    .address = thread_object(target->id),
                                    .address2 = (uint64_t)result,
                                    .size2 = sizeof(*result) };
    wbx_step(t);
    wbx_join_clock(t->sync, target->sync);
    target->joined = true;
    if (result != NULL)
        *result = target->result;
    return 0;
}

int __wrap_pthread_join(pthread_t handle, void **result)
{
    return wbx_join(handle, result, WBX_PC);
}

int __wrap_pthread_detach(pthread_t handle)
{
    wbx_thread *t = wbx.current, *target = thread_of(handle);

    if (target == NULL)
        return ESRCH;
    if (target->detached || target->joined)
        return EINVAL;
    step(t, WBX_DETACH, target->id, thread_object(target->id), K_NONE, WBX_PC);
    target->detached = true;
    return 0;
}

void __wrap_pthread_exit(void *result)
{
    wbx_finish(wbx.current, result, WBX_PC);
}

pthread_t __wrap_pthread_self(void)
{
    return (pthread_t)wbx.current->id + 1;
}

int __wrap_pthread_setname_np(pthread_t handle, const char *name)
{
    wbx_thread *t = thread_of(handle);

    if (t == NULL)
        return ESRCH;
    if (strlen(name) >= sizeof(t->name))
        return ERANGE;
    strcpy(t->name, name);
    return 0;
}

int __wrap_pthread_getname_np(pthread_t handle, char *name, size_t size)
{
    const wbx_thread *t = thread_of(handle);

    if (t == NULL)
        return ESRCH;
    if (size < sizeof(t->name))
        return ERANGE;
    strcpy(name, t->name);
    return 0;
}

/* Like a lock that is taken by the first and found released by the rest. */
int __wrap_pthread_once(pthread_once_t *once, void (*f)(void))
{
    wbx_thread *t = wbx.current;
    struct wbx_object *o = wbx_object((uint64_t)once, WBX_O_ONCE);

    step(t, WBX_ONCE, -1, (uint64_t)once, K_ACQUIRE, WBX_PC);
    wbx_join_clock(t->sync, o->clock);
    if (o->count != 0)
        return 0;
    o->owner = (int8_t)t->id;
    f();
    step(t, WBX_ONCE, -1, (uint64_t)once, K_RELEASE, WBX_PC);
    o->owner = WBX_NOBODY;
    o->count = 1; /* done */
    memcpy(o->clock, t->sync, sizeof(o->clock));
    return 0;
}
