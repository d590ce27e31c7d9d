/* rt_entry.c: frames in which nothing is left of others.
 *
 * What a thread does next is decided by what it has written to its stack, and
 * not by what functions that have returned, or our own at a step, have left
 * there. But a frame holds bytes that nobody has written yet. Where states are
 * told apart by what stands on the stacks, these would make two of one: so
 * there, what is below a function is wiped when it is entered.
 *
 * Explored programs are compiled with -pg -mfentry: each of their functions
 * begins with a call of __fentry__, when its arguments are still in registers
 * and its frame is not there yet. This one is ours; the C library has another,
 * for profilers. It may change no register. */
#include "rt.h"

/* Stacks above this address are wiped. */
uint64_t wbx_wiped_from = UINT64_MAX;

/* A kilobyte of words: more than a step, or a function of the C library,
 * takes. The words that it needs itself are wiped last. */
__asm__(".text\n"
        ".globl __fentry__\n"
        ".type __fentry__, @function\n"
        "__fentry__:\n"
        "  cmpq wbx_wiped_from(%rip), %rsp\n"
        "  ja 1f\n"
        "  ret\n"
        "1:\n"
        "  pushq %rdi\n"
        "  pushq %rcx\n"
        "  pushq %rax\n"
        "  leaq -8192(%rsp), %rdi\n"
        "  movl $1024, %ecx\n"
        "  xorl %eax, %eax\n"
        "  rep stosq\n"
        "  popq %rax\n"
        "  popq %rcx\n"
        "  popq %rdi\n"
        "  movq $0, -8(%rsp)\n"
        "  movq $0, -16(%rsp)\n"
        "  movq $0, -24(%rsp)\n"
        "  ret\n"
        ".size __fentry__, .-__fentry__\n");
