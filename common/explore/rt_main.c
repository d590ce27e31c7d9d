/* rt_main.c: takes the program over before its main runs, and starts it again
 * as often as the search asks for.
 *
 * A restart copies the program's writable data back from a snapshot. The
 * runtime is a library with data of its own, so the copy does not touch it. */
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "rt_workers.h"

struct wbx_search wbx;
wbx_thread wbx_threads[WBX_MAX_THREADS];

static int (*program_main)(int, char **, char **);
static int program_argc;
static char **program_argv, **program_envp;

enum { MAX_SEGMENTS = 8 };
static struct segment {
    char *start;
    char *saved;
    size_t size;
} segments[MAX_SEGMENTS];
static int nsegments;

void wbx_refuse(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(wbx.shared->refusal, WBX_TEXT, format, ap);
    va_end(ap);
    atomic_store(&wbx.shared->state, WBX_REFUSED);
    wbx_workers_leave();
    _exit(0);
}

static struct wbx_shared *open_channel(void)
{
    const char *fd = getenv(WBX_FD_VARIABLE);
    struct wbx_shared *shared;

    if (fd == NULL) {
        fprintf(stderr, "This program is built to be explored: run it with "
                        "`workbook explore`.\n");
        _exit(4);
    }
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
                  atoi(fd), 0);
    if (shared == MAP_FAILED || shared->version != WBX_VERSION) {
        fprintf(stderr, "The explorer and its runtime do not match: "
                        "rebuild both.\n");
        _exit(4);
    }
    unsetenv(WBX_FD_VARIABLE);
    return shared;
}

WBX_EXPORT noreturn void __wbx_unmodelled(const char *function);

/* Where the calls lead that nobody has a model of: see unmodelled.c. */
noreturn void __wbx_unmodelled(const char *function)
{
    if (wbx.shared == NULL) /* not even main has begun */
        wbx.shared = open_channel();
    wbx.shared->refusal_pc = WBX_PC;
    strncpy(wbx.shared->unmodelled, function,
            sizeof(wbx.shared->unmodelled) - 1);
    wbx_refuse("the explorer has no model of %s", function);
}

/* Zeroed memory at that address; reserved, not yet used. 0: anywhere. */
void *wbx_map(uint64_t address, size_t size)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *p = mmap((void *)address, size, PROT_READ | PROT_WRITE,
                   address ? flags | MAP_FIXED_NOREPLACE : flags, -1, 0);

    if (p == MAP_FAILED || (address && p != (void *)address))
        wbx_refuse("cannot map %zu bytes at %#lx: is memory limited "
                   "(ulimit -v)?",
                   size, (unsigned long)address);
    return p;
}

static int find_segments(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size, (void)arg;
    for (int i = 0; i < info->dlpi_phnum && nsegments < MAX_SEGMENTS; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];

        if (p->p_type != PT_LOAD || !(p->p_flags & PF_W))
            continue;
        segments[nsegments].start = (char *)(info->dlpi_addr + p->p_vaddr);
        segments[nsegments++].size = p->p_memsz;
    }
    return 1; /* the first entry is the program itself */
}

static void take_snapshot(void)
{
    dl_iterate_phdr(find_segments, NULL);
    for (int i = 0; i < nsegments; i++) {
        segments[i].saved = wbx_map(0, segments[i].size);
        memcpy(segments[i].saved, segments[i].start, segments[i].size);
    }
}

/* The program's data segments, as one range. */
void wbx_program_range(uint64_t *low, uint64_t *high)
{
    *low = UINT64_MAX;
    *high = 0;
    for (int i = 0; i < nsegments; i++) {
        uint64_t start = (uint64_t)segments[i].start;

        if (start < *low)
            *low = start;
        if (start + segments[i].size > *high)
            *high = start + segments[i].size;
    }
}

/* region: restart */
/* Put the program back to where it was before main, and start main. */
void wbx_restart(void)
{
    for (int i = 0; i < nsegments; i++)
        memcpy(segments[i].start, segments[i].saved, segments[i].size);
    wbx.generation++;
    wbx.ending = WBX_E_NONE;
    wbx.doomed = wbx.program_over = wbx.found = wbx.in_circle = false;
    wbx.nthreads = 0;
    wbx.nsteps = 0;
    wbx.shared->live.nsteps = 0;
    wbx.sleep = 0;
    wbx.naccesses = wbx.nobjects = 1; /* 0 means none */
    wbx.now = 1000000000;
    wbx_heap_reset();
    wbx_libc_reset();
    wbx_signal_reset();
    wbx_io_reset();
    wbx_start_main(program_argc, program_argv, program_envp, program_main);
}
/* endregion: restart */

/* In the error code of a page fault on x86. */
enum { PAGE_FAULT_WRITE = 2 };

/* The program broke: the execution under way has failed with a crash. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;

    if (!wbx.active || wbx.current == NULL) {
        struct sigaction plain = { .sa_handler = SIG_DFL };

        sigaction(signal, &plain, NULL);
        raise(signal);
        return;
    }
    wbx_fail_signal(signal, (uint64_t)info->si_addr,
                    uc->uc_mcontext.gregs[REG_ERR] & PAGE_FAULT_WRITE,
                    (uint64_t)uc->uc_mcontext.gregs[REG_RIP] + 1);
}

/* Runs every quarter second of processor time. A thread that computes for six
 * of them without touching memory is in a loop that nothing can end. */
static void on_tick(int signal, siginfo_t *info, void *context)
{
    static uint64_t last;
    static int still;
    const ucontext_t *uc = context;

    (void)signal, (void)info;
    if (!wbx.active || wbx.current == NULL)
        return;
    still = wbx.ticks == last ? still + 1 : 0;
    last = wbx.ticks;
    if (still < 6)
        return;
    still = 0;
    wbx_fail(WB_LIVELOCK, wbx.current,
             (uint64_t)uc->uc_mcontext.gregs[REG_RIP] + 1, 0,
             "loops for ever and touches nothing that another thread could "
             "change");
    wbx_leave();
}

/* A fork does not inherit it. */
void wbx_start_ticking(void)
{
    const struct itimerval tick = { { 0, 250000 }, { 0, 250000 } };

    setitimer(ITIMER_PROF, &tick, NULL);
}

static void catch_signals(void)
{
    static char stack[65536];
    const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
    const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
    struct sigaction sa = { .sa_sigaction = on_fault,
                            .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

    sigaltstack(&alternate, NULL);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        sigaction(faults[i], &sa, NULL);
    sa.sa_sigaction = on_tick;
    sigaction(SIGPROF, &sa, NULL);
    wbx_start_ticking();
}

static int explore_main(int argc, char **argv, char **envp)
{
    const struct rlimit no_core = { 0, 0 };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &no_core);
    wbx.shared = open_channel();
    wbx.beats = &wbx.shared->beats;
    program_argc = argc;
    program_argv = argv;
    program_envp = envp;
    wbx_fiber_setup();
    if (wbx.shared->map)
        wbx_wiped_from = WBX_STACKS;
    take_snapshot();
    wbx_memory_setup();
    catch_signals();
    atomic_store(&wbx.shared->state, WBX_EXPLORING);
    wbx_search_run();
    wbx_report_all();
    atomic_store(&wbx.shared->state, WBX_DONE);
    _exit(0);
}

/* Constructors run again with each execution, as main does: hide them from
 * the C library, which would run them once and before the explorer is ready.
 * One that is older than 2.34 passes them to __libc_start_main as init, and
 * runs them itself. */
static int find_constructors(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size, (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        ElfW(Dyn) * d;

        if (p->p_type != PT_DYNAMIC)
            continue;
        d = (ElfW(Dyn) *)(info->dlpi_addr + p->p_vaddr);
        for (; d->d_tag != DT_NULL; d++) {
            if (d->d_tag == DT_INIT_ARRAY)
                wbx_constructors.at = (wbx_constructor **)d->d_un.d_ptr;
            else if (d->d_tag == DT_FINI_ARRAY)
                wbx_destructors.at = (wbx_constructor **)d->d_un.d_ptr;
            else if (d->d_tag == DT_FINI_ARRAYSZ)
                wbx_destructors.n = d->d_un.d_val / sizeof(void *);
            else if (d->d_tag == DT_INIT_ARRAYSZ) {
                wbx_constructors.n = d->d_un.d_val / sizeof(void *);
                d->d_un.d_val = 0;
            }
        }
    }
    return 1; /* the first entry is the program itself */
}

typedef int main_fn(int, char **, char **);
int __real_libc_start_main(main_fn *main, int argc, char **argv,
                           void (*init)(void), void (*fini)(void),
                           void (*rtld_fini)(void),
                           void *stack_end) __asm__("__libc_start_main");
WBX_EXPORT int __wrap___libc_start_main(main_fn *main, int argc, char **argv,
                                        void (*init)(void), void (*fini)(void),
                                        void (*rtld_fini)(void),
                                        void *stack_end);

int __wrap___libc_start_main(main_fn *main, int argc, char **argv,
                             void (*init)(void), void (*fini)(void),
                             void (*rtld_fini)(void), void *stack_end)
{
    program_main = main;
    if (init == NULL)
        dl_iterate_phdr(find_constructors, NULL);
    return __real_libc_start_main(explore_main, argc, argv, init, fini,
                                  rtld_fini, stack_end);
}
