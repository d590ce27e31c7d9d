#ifndef WB_FIBER_SWITCH_H
#define WB_FIBER_SWITCH_H

/*
 * The switch from one stack to another, in assembly. Internal: fiber.h makes
 * fibers of it, and so does the schedule explorer.
 *
 * What a call in C must preserve is saved: six registers on x86-64, ten and
 * eight of floating point on aarch64. The control words of floating point
 * (rounding, traps) are left alone. They would cost as much as all the rest
 * and hardly any program changes them, so they belong to the thread: code
 * that changes them sets them back before it lets another fiber run. The
 * signal mask belongs to the thread as well; swapcontext() switches it, with
 * a system call, which is why it is over ten times slower.
 */

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "no switch in assembly for this processor: set WB_FIBER to ucontext"
#endif

/**
 * Save the registers on the running stack and its address in *save, and go on
 * where the stack load stopped. Returns when somebody switches back.
 */
void wb_fiber_jump(void **save, void *load);

/**
 * Prepare an empty stack.
 *
 * @param top    the address behind its last byte, a multiple of 16
 * @param entry  called with arg by the first jump; must not return
 * @return what to give wb_fiber_jump() as load
 */
void *wb_fiber_fresh(void *top, void (*entry)(void *), void *arg);

#endif
