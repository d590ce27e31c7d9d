#ifndef WB_FIBER_H
#define WB_FIBER_H

/*
 * Fibers: stacks that take turns within one thread, each by its own choice.
 * Internal; coro.h is what programs use.
 *
 *     struct wb_fiber here, there;
 *     wb_fiber_thread(&here);
 *     wb_fiber_init(&there, stack, size, work, arg);
 *     wb_fiber_switch(&here, &there);     // runs work(arg) until it switches
 *     wb_fiber_destroy(&there);
 *
 * A fiber stays with the thread that made it: a compiler may keep the address
 * of a thread-local variable, errno for one, across a switch. AddressSanitizer
 * and ThreadSanitizer are told of each switch.
 *
 * WB_FIBER, chosen when CMake configures, is "assembly" or "ucontext"; the
 * second works wherever the C library has it.
 */

#include <stddef.h>
#ifdef WB_FIBER_UCONTEXT
#include <ucontext.h>
#endif

typedef void (*wb_fiber_fn)(void *arg);

/* owner thread only */
struct wb_fiber {
#ifdef WB_FIBER_UCONTEXT
    ucontext_t context;
#else
    void *sp; /* where its registers are, while another runs */
#endif
    wb_fiber_fn fn;
    void *arg;
    /* for the sanitizers */
    void *stack; /* its lowest byte */
    size_t size;
    void *fake_stack; /* AddressSanitizer's copy of its frames */
    void *tsan;       /* ThreadSanitizer's name for it */
};

/* Describe the calling thread, so that fibers can switch back to it. */
void wb_fiber_thread(struct wb_fiber *f);

/*
 * Make a fiber that calls fn(arg) when it is first switched to. fn must not
 * return: it ends in wb_fiber_leave(). The stack stays the caller's, and may
 * be used again after wb_fiber_destroy(). stack + size is a multiple of 16.
 */
void wb_fiber_init(struct wb_fiber *f, void *stack, size_t size, wb_fiber_fn fn,
                   void *arg);

/* from, which is the caller, stops; to goes on. */
void wb_fiber_switch(struct wb_fiber *from, struct wb_fiber *to);

/* The same for the last time: nobody switches to from again. */
_Noreturn void wb_fiber_leave(struct wb_fiber *from, struct wb_fiber *to);

/* Forget a fiber that is not running. */
void wb_fiber_destroy(struct wb_fiber *f);

#endif
