/*
 * Stacks for coroutines, cut from slabs. See coro_impl.h.
 *
 *     low                                                              high
 *     | guard | stack, grows to the left         <- | struct wb_coro | canary |
 *
 * The coroutine stands on the first page its stack uses, which is the only
 * one that is resident as long as little is done with it. That page is asked
 * for by a call, which takes less time than the fault of a first touch. A slab
 * is one mapping: a hundred thousand mappings would be refused by the kernel
 * (vm.max_map_count). For the same reason only the first GUARDED stacks have
 * a guard of their own. In the slabs after them the lowest stack has one; a
 * stack above it that overflows runs over the canary of its neighbour, which
 * is looked at each time the coroutine stops.
 *
 * The message about a guard that was hit comes from a signal handler with a
 * stack of its own, for there is no room on the one that is full. Then the
 * handler that was there before has its turn: it ends the program.
 */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro_impl.h"
#include "sanitizers.h"
#include "wb/base.h"

enum {
    STACKS_PER_SLAB = 256,
    GUARDED = 1024, /* each costs as much as starting another coroutine */
    GUARD = 8192,
    PAGE = 4096,
    LINE = 64,          /* of the processor's cache */
    CANARY_BYTES = 128, /* what calls with small frames cannot step over */
    LEAST = 16384,
    ALTERNATE = 65536
};

/* Of a stack: there is no memory for it, but its slab has a size. */
#define MOST   (SIZE_MAX / STACKS_PER_SLAB / 2)
#define CANARY UINT64_C(0x5afe57ac5afe57ac)

/* const after init, but for used */
struct wbc_slab {
    struct wbc_slab *next;
    char *base;
    size_t used; /* stacks that have been taken from it, from the lowest up */
};

static struct wb_coro *coro_at(const struct wbc_stacks *s, const char *low)
{
    uintptr_t head =
        (uintptr_t)low + s->size - CANARY_BYTES - sizeof(struct wb_coro);
    return (struct wb_coro *)(head / LINE * LINE);
}

/* -- the handler
 * ------------------------------------------------------------------- */

/* guarded by handler_mu */
static pthread_mutex_t handler_mu = PTHREAD_MUTEX_INITIALIZER;
static size_t handler_users;
static struct sigaction outer_action;

static void say(const char *text)
{
    ssize_t n = write(STDERR_FILENO, text, strlen(text));
    (void)n;
}

static void say_number(size_t n)
{
    char digits[24];
    char *p = digits + sizeof(digits) - 1;
    for (*p = '\0'; n > 0 || *p == '\0'; n /= 10)
        *--p = (char)('0' + n % 10);
    say(p);
}

static void say_overflow(const struct wb_coro *c)
{
    say("misuse: coroutine \"");
    say(c->name);
    say("\" (");
    say(c->file);
    say(":");
    say_number((size_t)c->line);
    say(") has overflowed its stack of ");
    say_number(c->fiber.size);
    say(" bytes: keep large data in allocated memory, or give its loop a "
        "larger stack_size\n");
}

/* The coroutine whose guard is at this address, or NULL. */
static const struct wb_coro *whose_guard(const struct wbc_stacks *s,
                                         const char *address)
{
    for (const struct wbc_slab *slab = s->slabs; slab; slab = slab->next) {
        size_t offset = (size_t)(address - slab->base);
        if (address < slab->base || offset >= s->size * STACKS_PER_SLAB)
            continue;
        if (offset % s->size >= GUARD || offset / s->size >= slab->used)
            return NULL;
        return coro_at(s, address - offset % s->size);
    }
    return NULL;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    const struct wb_coro *c = NULL;
    (void)context;
    if (wbc_loop != NULL)
        c = whose_guard(&wbc_loop->stacks, info->si_addr);
    if (c != NULL)
        say_overflow(c);
    /* Going back repeats the fault, and this time the other is asked. */
    sigaction(sig, &outer_action, NULL);
}

static void install_handler(struct wbc_stacks *s)
{
    stack_t alternate = { .ss_size = ALTERNATE };
    struct sigaction action = { .sa_sigaction = on_fault,
                                .sa_flags = SA_SIGINFO | SA_ONSTACK };
    s->alternate = wb_alloc(1, ALTERNATE);
    alternate.ss_sp = s->alternate;
    WB_MUST_SYS(sigaltstack(&alternate, &s->outer_alternate));
    WB_MUST(pthread_mutex_lock(&handler_mu));
    if (handler_users++ == 0)
        WB_MUST_SYS(sigaction(SIGSEGV, &action, &outer_action));
    WB_MUST(pthread_mutex_unlock(&handler_mu));
}

static void remove_handler(struct wbc_stacks *s)
{
    WB_MUST(pthread_mutex_lock(&handler_mu));
    if (--handler_users == 0)
        WB_MUST_SYS(sigaction(SIGSEGV, &outer_action, NULL));
    WB_MUST(pthread_mutex_unlock(&handler_mu));
    WB_MUST_SYS(sigaltstack(&s->outer_alternate, NULL));
    free(s->alternate);
}

/* -- slabs
 * ----------------------------------------------------------------------------
 */

void wbc_stacks_open(struct wbc_stacks *s, size_t size)
{
#if defined(WB_ASAN) || defined(WB_TSAN)
    size_t usual = (size_t)4 * WB_CORO_STACK;
#else
    size_t usual = WB_CORO_STACK;
#endif
    if (size == 0)
        size = usual;
    if (size < LEAST)
        size = LEAST;
    if (size > MOST)
        size = MOST;
    s->size = (size + PAGE - 1) / PAGE * PAGE + GUARD;
    wbc_list_init(&s->unused);
    install_handler(s);
}

static bool add_slab(struct wbc_stacks *s)
{
    size_t bytes = s->size * STACKS_PER_SLAB;
    struct wbc_slab *slab = calloc(1, sizeof(*slab));
    if (slab == NULL)
        return false;
    void *base =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (base == MAP_FAILED) {
        free(slab);
        return false;
    }
    /* A huge page would make stacks resident that nobody has touched. */
    madvise(base, bytes, MADV_NOHUGEPAGE);
    slab->base = base;
    slab->next = s->slabs;
    s->slabs = slab;
    return true;
}

void wbc_stacks_close(struct wbc_stacks *s)
{
    remove_handler(s);
    while (s->slabs != NULL) {
        struct wbc_slab *slab = s->slabs;
        s->slabs = slab->next;
        wb_asan_unpoison(slab->base, s->size * slab->used);
        munmap(slab->base, s->size * STACKS_PER_SLAB);
        free(slab);
    }
}

void wbc_stacks_each(struct wbc_stacks *s,
                     void (*fn)(struct wb_coro *c, void *arg), void *arg)
{
    for (struct wbc_slab *slab = s->slabs; slab; slab = slab->next)
        for (size_t i = 0; i < slab->used; i++) {
            struct wb_coro *c = coro_at(s, slab->base + i * s->size);
            if (c->state != WBC_FREE)
                fn(c, arg);
        }
}

/* -- one stack
 * -------------------------------------------------------------------------- */

/* A guard, or the canary of the neighbour to look at. */
static const uint64_t *protect(struct wbc_stacks *s, char *low, bool lowest)
{
    bool wanted = lowest || s->guarded < GUARDED;
    if (wanted && mprotect(low, GUARD, PROT_NONE) == 0) {
        s->guarded++;
        return NULL;
    }
    return lowest ? NULL : (const uint64_t *)(low - CANARY_BYTES);
}

static struct wb_coro *cut(struct wbc_stacks *s)
{
    if (s->slabs == NULL || s->slabs->used == STACKS_PER_SLAB)
        if (!add_slab(s))
            return NULL;
    size_t at = s->slabs->used++;
    char *low = s->slabs->base + at * s->size;
    uint64_t *canary = (uint64_t *)(low + s->size - CANARY_BYTES);
    /* A kernel before 5.14 refuses, and the page comes when it is touched. */
    madvise(low + s->size - PAGE, PAGE, MADV_POPULATE_WRITE);
    for (size_t i = 0; i < CANARY_BYTES / sizeof(*canary); i++)
        canary[i] = CANARY;
    struct wb_coro *c = coro_at(s, low);
    c->below = protect(s, low, at == 0);
    c->fiber.stack = low + GUARD;
    return c;
}

struct wb_coro *wbc_stack_take(struct wbc_stacks *s)
{
    struct wb_coro *c = (struct wb_coro *)s->unused.prev;
    if (wbc_list_empty(&s->unused))
        c = cut(s);
    else
        wbc_list_remove(&c->link);
    if (c == NULL)
        return NULL;
    s->taken++;
    const uint64_t *below = c->below;
    char *stack = c->fiber.stack;
    memset(c, 0, sizeof(*c));
    wbc_list_init(&c->link);
    c->below = below;
    wb_fiber_init(&c->fiber, stack, (size_t)((char *)c - stack), wbc_body, c);
    return c;
}

void wbc_stack_give(struct wbc_stacks *s, struct wb_coro *c)
{
    s->taken--;
    wb_fiber_destroy(&c->fiber);
    c->state = WBC_FREE;
    wbc_list_append(&s->unused, &c->link);
}

/* An overflow leaves behind what AddressSanitizer has put around its frames. */
#ifdef WB_ASAN
__attribute__((no_sanitize_address))
#endif
void wbc_stack_check(const struct wb_coro *c)
{
    for (size_t i = 0; i < CANARY_BYTES / sizeof(*c->below); i++)
        if (c->below[i] != CANARY) {
            say_overflow(c);
            abort();
        }
}
