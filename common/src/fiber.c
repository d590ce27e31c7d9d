/*
 * Fibers on the switch in assembly or on ucontext, and what the sanitizers
 * must be told of them. See fiber.h.
 */

#include "fiber.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "sanitizers.h"
#include "wb/base.h"

#ifdef WB_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef WB_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* Before a switch; last: from never runs again. */
static void depart(struct wb_fiber *from, struct wb_fiber *to, bool last)
{
    (void)from, (void)to, (void)last;
#ifdef WB_ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &from->fake_stack, to->stack,
                                   to->size);
#endif
#ifdef WB_TSAN
    __tsan_switch_to_fiber(to->tsan, 0);
#endif
}

/* After a switch, on the stack of f. */
static void arrive(struct wb_fiber *f)
{
    (void)f;
#ifdef WB_ASAN
    __sanitizer_finish_switch_fiber(f->fake_stack, NULL, NULL);
#endif
}

static void enter(void *arg)
{
    struct wb_fiber *f = arg;
    arrive(f);
    f->fn(f->arg);
    wb_misuse("the function of a fiber returned: end it in wb_fiber_leave()");
}

#ifdef WB_FIBER_UCONTEXT

/* makecontext() hands over nothing wider than an int. */
static void enter_halves(unsigned high, unsigned low)
{
    enter((void *)(((uintptr_t)high << 16 << 16) | low));
}

static void prepare(struct wb_fiber *f)
{
    uintptr_t self = (uintptr_t)f;
    WB_MUST_SYS(getcontext(&f->context));
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = f->size;
    f->context.uc_link = NULL;
    makecontext(&f->context, (void (*)(void))enter_halves, 2,
                (unsigned)(self >> 16 >> 16), (unsigned)self);
}

static void change(struct wb_fiber *from, struct wb_fiber *to)
{
    WB_MUST_SYS(swapcontext(&from->context, &to->context));
}

#else
#include "fiber_switch.h"

static void prepare(struct wb_fiber *f)
{
    f->sp = wb_fiber_fresh((char *)f->stack + f->size, enter, f);
}

static void change(struct wb_fiber *from, struct wb_fiber *to)
{
    wb_fiber_jump(&from->sp, to->sp);
}

#endif

void wb_fiber_thread(struct wb_fiber *f)
{
    memset(f, 0, sizeof(*f));
#ifdef WB_ASAN
    pthread_attr_t attr;
    WB_MUST(pthread_getattr_np(pthread_self(), &attr));
    WB_MUST(pthread_attr_getstack(&attr, &f->stack, &f->size));
    WB_MUST(pthread_attr_destroy(&attr));
#endif
#ifdef WB_TSAN
    f->tsan = __tsan_get_current_fiber();
#endif
}

void wb_fiber_init(struct wb_fiber *f, void *stack, size_t size, wb_fiber_fn fn,
                   void *arg)
{
    f->fn = fn;
    f->arg = arg;
    f->stack = stack;
    f->size = size;
    f->fake_stack = NULL;
    /* Whoever had this stack before left it without returning. */
    wb_asan_unpoison(stack, size);
#ifdef WB_TSAN
    f->tsan = __tsan_create_fiber(0);
#endif
    prepare(f);
}

void wb_fiber_switch(struct wb_fiber *from, struct wb_fiber *to)
{
    depart(from, to, false);
    change(from, to);
    arrive(from);
}

_Noreturn void wb_fiber_leave(struct wb_fiber *from, struct wb_fiber *to)
{
    depart(from, to, true);
    change(from, to);
    wb_misuse("a fiber that had left was switched to");
}

void wb_fiber_destroy(struct wb_fiber *f)
{
    (void)f;
#ifdef WB_TSAN
    __tsan_destroy_fiber(f->tsan);
#endif
}
