/*
 * The switch between stacks for x86-64 and aarch64. See fiber_switch.h.
 *
 * Sources: the calling conventions, "System V Application Binary Interface,
 * AMD64 Architecture Processor Supplement" and "Procedure Call Standard for
 * the Arm 64-bit Architecture".
 */

#include "fiber_switch.h"

#include <stdint.h>

/* Where a fresh stack begins: puts arg where a call expects it. */
void wb_fiber_start(void);

#if defined(__x86_64__)

enum { SAVED = 8, ARG = 3, ENTRY = 2, START = 6 };

/* region: switch */
/* Save the registers a call preserves, change stacks, restore. */
__asm__(".text\n"
        ".globl wb_fiber_jump\n"
        ".hidden wb_fiber_jump\n"
        ".type wb_fiber_jump, @function\n"
        "wb_fiber_jump:\n"
        "  pushq %rbp\n"
        "  pushq %rbx\n"
        "  pushq %r12\n"
        "  pushq %r13\n"
        "  pushq %r14\n"
        "  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n"
        "  popq %r14\n"
        "  popq %r13\n"
        "  popq %r12\n"
        "  popq %rbx\n"
        "  popq %rbp\n"
        "  ret\n"
        ".size wb_fiber_jump, .-wb_fiber_jump\n");
/* endregion: switch */

__asm__(".text\n"
        ".globl wb_fiber_start\n"
        ".hidden wb_fiber_start\n"
        ".type wb_fiber_start, @function\n"
        "wb_fiber_start:\n"
        "  movq %r12, %rdi\n"
        "  jmpq *%r13\n"
        ".size wb_fiber_start, .-wb_fiber_start\n");

#elif defined(__aarch64__)

enum { SAVED = 20, ARG = 0, ENTRY = 1, START = 11 };

__asm__(".text\n"
        ".globl wb_fiber_jump\n"
        ".hidden wb_fiber_jump\n"
        ".type wb_fiber_jump, %function\n"
        "wb_fiber_jump:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp, #0]\n"
        "  stp x21, x22, [sp, #16]\n"
        "  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n"
        "  stp x27, x28, [sp, #64]\n"
        "  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n"
        "  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  mov x9, sp\n"
        "  str x9, [x0]\n"
        "  mov sp, x1\n"
        "  ldp x19, x20, [sp, #0]\n"
        "  ldp x21, x22, [sp, #16]\n"
        "  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n"
        "  ldp x27, x28, [sp, #64]\n"
        "  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n"
        "  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n"
        "  ret\n"
        ".size wb_fiber_jump, .-wb_fiber_jump\n"
        ".globl wb_fiber_start\n"
        ".hidden wb_fiber_start\n"
        ".type wb_fiber_start, %function\n"
        "wb_fiber_start:\n"
        "  mov x0, x19\n"
        "  mov x30, xzr\n"
        "  br x20\n"
        ".size wb_fiber_start, .-wb_fiber_start\n");

#endif

/* Lay out what the second half of the jump takes off the stack. The frame
 * pointer and the return address of entry are 0: there a backtrace ends. */
void *wb_fiber_fresh(void *top, void (*entry)(void *), void *arg)
{
    uintptr_t *sp = (uintptr_t *)top - SAVED;
    for (int i = 0; i < SAVED; i++)
        sp[i] = 0;
    sp[ARG] = (uintptr_t)arg;
    sp[ENTRY] = (uintptr_t)entry;
    sp[START] = (uintptr_t)wb_fiber_start;
    return sp;
}
