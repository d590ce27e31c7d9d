/* rt_fiber.c: a stack and a thread-local block for every thread of the
 * program, and the switch between them.
 *
 * Thread-local variables are reached through the FS register, so each fiber
 * has an FS of its own. The block behind it comes from a real thread that was
 * created for the purpose and sleeps for ever: the C library lays it out, we
 * borrow it. The program's own thread-local variables are set back to their
 * initial image each time a fiber starts. */
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../src/fiber_switch.h"
#include "rt_workers.h"

#ifndef __x86_64__
#error "the schedule explorer runs on x86-64 only"
#endif

uint64_t wbx_deepest[WBX_MAX_THREADS];
uint64_t wbx_locals_from; /* const once there is a thread */
static bool direct_fs;    /* user code may write FS itself */

/* const after wbx_fiber_setup() */
static const void *tls_image;
static size_t tls_filled, tls_size, tls_offset;

static void set_fs(uint64_t fs)
{
    if (direct_fs)
        __asm__ volatile("wrfsbase %0" : : "r"(fs) : "memory");
    else
        syscall(SYS_arch_prctl, 0x1002 /* ARCH_SET_FS */, fs);
}

static uint64_t get_fs(void)
{
    uint64_t fs;

    __asm__ volatile("mov %%fs:0, %0" : "=r"(fs));
    return fs;
}

/* region: switch */
void wbx_fiber_switch(struct wbx_fiber *from, struct wbx_fiber *to)
{
    set_fs(to->fs);
    wb_fiber_jump(&from->sp, to->sp);
}
/* endregion: switch */

/* Below this address the stack of a thread is dead: its functions there have
 * returned. The walk leaves out our own frames, below those of the program,
 * which is linked low. */
uint64_t wbx_fiber_frame(const wbx_thread *t)
{
    const uint64_t *saved = t->fiber.sp;
    const uint64_t *frame = __builtin_frame_address(0);

    if (t != wbx.current)
        frame = (const uint64_t *)saved[5]; /* rbp */

    for (int depth = 0; depth < 12 && frame != NULL; depth++) {
        if (frame[1] < WBX_STACKS)
            return (uint64_t)(frame + 2);
        frame = (const uint64_t *)frame[0];
    }
    return (uint64_t)saved;
}

/* The thread-local variables of t; *size is often 0. */
const uint8_t *wbx_fiber_tls(const wbx_thread *t, size_t *size)
{
    *size = tls_size;
    return (const uint8_t *)t->fiber.fs - tls_offset;
}

static int find_tls(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size, (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];

        if (p->p_type != PT_TLS)
            continue;
        size_t align = p->p_align ? p->p_align : 1;

        tls_image = (const void *)(info->dlpi_addr + p->p_vaddr);
        tls_filled = p->p_filesz;
        tls_size = p->p_memsz;
        tls_offset = (p->p_memsz + align - 1) & ~(align - 1);
    }
    return 1; /* the first entry is the program itself */
}

static _Atomic uint64_t lent_fs;

static void *lend_tls(void *arg)
{
    (void)arg;
    atomic_store(&lent_fs, get_fs());
    for (;;)
        pause();
    return NULL;
}

/* The C library lays the block out in the lender's stack, which is where it is
 * in every run. */
static uint64_t borrow_tls(const wbx_thread *t)
{
    uint64_t at = WBX_LOCALS + t->id * WBX_LOCAL_SIZE;
    pthread_t lender;
    pthread_attr_t attr;
    uint64_t fs;

    uint64_t mine = get_fs();

    set_fs(wbx.home.fs);
    atomic_store(&lent_fs, 0);
    pthread_attr_init(&attr);
    wbx_map(at, WBX_LOCAL_SIZE);
    if (pthread_attr_setstack(&attr, (void *)at, WBX_LOCAL_SIZE) != 0 ||
        pthread_create(&lender, &attr, lend_tls, NULL) != 0)
        wbx_refuse("no room for the thread-local variables of another thread, "
                   "of which a megabyte is the most");
    pthread_attr_destroy(&attr);
    while ((fs = atomic_load(&lent_fs)) == 0)
        sched_yield();
    set_fs(mine);
    wbx_locals_from = fs - at - tls_offset;
    return fs;
}

void wbx_fiber_setup(void)
{
    direct_fs = (getauxval(AT_HWCAP2) & 2) != 0;
    wbx.home.fs = get_fs();
    dl_iterate_phdr(find_tls, NULL);
}

static void map_stack(const wbx_thread *t)
{
    uint64_t base = WBX_STACKS + t->id * WBX_STACK_SIZE;

    wbx_map(base, WBX_STACK_SIZE);
    if (mprotect((void *)base, 4096, PROT_NONE) != 0)
        wbx_refuse("cannot guard the stack of thread %d", t->id);
}

/* What an execution has left on a stack must not be seen in the next: a loop
 * is known by what stands there, used or not. Calls of the C library between
 * two steps go deeper than the steps, by less than SLACK. */
static void wipe_stack(const wbx_thread *t)
{
    enum { SLACK = 4096, GUARD = 4096 };
    uint64_t base = WBX_STACKS + t->id * WBX_STACK_SIZE;
    uint64_t from = wbx_deepest[t->id] - SLACK;

    if (from < base + GUARD)
        from = base + GUARD;
    memset((void *)from, 0, base + WBX_STACK_SIZE - from);
}

/* A fresh start for t: empty stack, initial thread-local variables. */
void wbx_fiber_prepare(wbx_thread *t, void (*entry)(void *))
{
    if (t->fiber.fs == 0) {
        wbx_workers_give_up(); /* after a fork the lenders are no more */
        map_stack(t);
        t->fiber.fs = borrow_tls(t);
    } else {
        wipe_stack(t);
    }
    wbx_deepest[t->id] = WBX_STACKS + (t->id + 1) * WBX_STACK_SIZE;
    if (wbx.mode ==
        WBX_RECORDING) /* no value left over from other executions */
        madvise((void *)(WBX_STACKS + t->id * WBX_STACK_SIZE + 4096),
                WBX_STACK_SIZE - 4096, MADV_DONTNEED);
    char *tls = (char *)t->fiber.fs - tls_offset;

    if (tls_filled > 0)
        memcpy(tls, tls_image, tls_filled);
    memset(tls + tls_filled, 0, tls_size - tls_filled);

    uint64_t top = WBX_STACKS + (t->id + 1) * WBX_STACK_SIZE - 64;

    t->fiber.sp = wb_fiber_fresh((void *)top, entry, NULL);
}
