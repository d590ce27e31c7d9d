/* rt_exit.c: how the program begins and ends: constructors, exit handlers and
 * destructors, and what must be in order when all is over. */
#include <errno.h>
#include <stdlib.h>

#include "rt.h"

enum { MOST_HANDLERS = 33 };

static void (*exit_handlers[MOST_HANDLERS])(void);
static int nexit_handlers;

/* const while an execution runs */
static int main_argc;
static char **main_argv, **main_envp;
struct wbx_constructors wbx_constructors, wbx_destructors;

void wbx_exit_reset(int argc, char **argv, char **envp)
{
    main_argc = argc;
    main_argv = argv;
    main_envp = envp;
    nexit_handlers = 0;
}

static void run_destructors(void)
{
    for (size_t i = wbx_destructors.n; i-- > 0;)
        wbx_destructors.at[i](main_argc, main_argv, main_envp);
}

/* Destructors come after every handler of atexit(): they are the first. */
void wbx_run_constructors(void)
{
    exit_handlers[nexit_handlers++] = run_destructors;
    for (size_t i = 0; i < wbx_constructors.n; i++)
        wbx_constructors.at[i](main_argc, main_argv, main_envp);
}

static void run_handlers(void)
{
    while (nexit_handlers > 0)
        exit_handlers[--nexit_handlers]();
}

void wbx_check_locks(wbx_thread *t, uint64_t pc, const char *when)
{
    for (uint32_t i = 1; i < wbx.nobjects; i++) {
        const struct wbx_object *o = &wbx_objects[i];

        if (wbx_holds(o, t))
            wbx_fail(WB_LEAKED_LOCK, t, pc, o->address, "is still held when %s",
                     when);
    }
}

static void check_threads(uint64_t pc)
{
    for (uint32_t i = 1; i < wbx.nthreads; i++) {
        wbx_thread *t = &wbx_threads[i];

        if (!t->detached && !t->joined)
            wbx_fail(WB_LEAKED_THREAD, t, pc, 0,
                     "has not been joined when main returns");
        else if (t->detached && t->state == WBX_T_LIVE)
            wbx_fail(WB_LEAKED_THREAD, t, pc, 0,
                     "is detached and still runs when main returns");
    }
}

/* main has returned, or somebody has called exit. */
void wbx_program_ends(int status, uint64_t pc)
{
    wbx_thread *t = wbx.current;

    run_handlers();
    wbx_plain_step(t, WBX_EXIT, WBX_END_OBJECT, K_WAKE, pc);
    if (status != 0)
        wbx_fail(WB_WRONG_ANSWER, t, pc, 0, "exits with status %d",
                 status & 0xff);
    if (t->id == 0) {
        check_threads(pc);
        wbx_check_locks(t, pc, "the program ends");
        wbx_heap_check_leaks();
    }
    if (wbx.shared->map)
        wbx_graph_end();
    wbx.program_over = !wbx.doomed;
    wbx.doomed = true;
}

/* t ends, after main by pthread_exit(): the last thread exits for all. What it
 * finds then has been done by those that have ended. */
void wbx_last_ends(wbx_thread *t)
{
    if (wbx.doomed)
        return;
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        if (i != t->id && wbx_threads[i].state == WBX_T_LIVE)
            return;
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        wbx_join_clock(t->sync, wbx_threads[i].sync);
    run_handlers();
    wbx_heap_check_leaks();
}

WRAP(int, atexit, void (*f)(void))
{
    if (nexit_handlers == MOST_HANDLERS)
        return ENOMEM;
    exit_handlers[nexit_handlers++] = f;
    return 0;
}

WRAP(noreturn void, exit, int status)
{
    wbx_program_ends(status, WBX_PC);
    wbx_halt(wbx.current);
}

WRAP(noreturn void, _exit, int status)
{
    nexit_handlers = 0;
    wbx_program_ends(status, WBX_PC);
    wbx_halt(wbx.current);
}

WRAP(noreturn void, _Exit, int status)
{
    __wrap__exit(status);
}

WRAP(noreturn void, abort, void)
{
    wbx_fail(WB_CRASH, wbx.current, WBX_PC, 0, "calls abort()");
    wbx_halt(wbx.current);
}

WRAP(noreturn void, __assert_fail, const char *text, const char *file,
     unsigned line, const char *function)
{
    (void)file, (void)line, (void)function;
    wbx_fail(WB_ASSERTION, wbx.current, WBX_PC, 0, "%s", text);
    wbx_halt(wbx.current);
}
