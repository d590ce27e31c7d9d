/* rt_part.c: one process's part of a shared search.
 *
 * See rt_workers.c first. Here is what a part owes to the others: how many
 * executions come before it, what it found, and that no process is left when
 * it ends. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt_part.h"

struct wbx_part *wbx_part;
struct wbx_worker wbx_workers[WBX_MOST_WORKERS];
int wbx_nworkers;

static struct wbx_part *whole; /* the first process's */
static int64_t top = -1;       /* the choice of which one thread is ours */
static uint64_t budget;
static uint32_t newest_request[WBX_MAX_STEPS + 1]; /* number + 1, by step */

void wbx_part_budget(uint64_t executions)
{
    budget = executions;
}

struct wbx_part *wbx_part_new(void)
{
    struct wbx_part *part =
        mmap(NULL, sizeof(*part), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (part == MAP_FAILED)
        return NULL;
    part->parent = wbx_part;
    return part;
}

void wbx_part_free(struct wbx_part *part)
{
    munmap(part, sizeof(*part));
}

void wbx_part_enter(struct wbx_part *part, int64_t depth)
{
    wbx_part = part;
    top = depth;
    memset(newest_request, 0, (size_t)(depth + 1) * sizeof(*newest_request));
    if (whole == NULL)
        whole = part;
}

bool wbx_part_is_worker(void)
{
    return wbx_part != whole;
}

void wbx_part_count(struct wbx_part *part, int n)
{
    for (; part != NULL; part = part->parent)
        atomic_fetch_add_explicit(&part->running, n, memory_order_relaxed);
}

bool wbx_processor_idle(void)
{
    int running = atomic_load_explicit(&whole->running, memory_order_relaxed);

    return running < (int)wbx.shared->workers;
}

/* Executions that a single process would have run before this one's first, as
 * far as is known: at least. */
static uint64_t runs_before(void)
{
    uint64_t sum = 0;

    for (struct wbx_part *p = wbx_part; p != whole; p = p->parent)
        sum += atomic_load_explicit(&p->before, memory_order_relaxed);
    return sum;
}

bool wbx_part_exceeded(uint64_t runs)
{
    return wbx.runs + runs + runs_before() > budget;
}

/* If more came before than was known, the parent does not take the result. */
bool wbx_workers_spent(void)
{
    return wbx.runs + runs_before() >= budget;
}

void wbx_worker_reap(struct wbx_worker *w, int signal)
{
    if (signal != 0)
        kill(w->pid, signal);
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    wbx_part_count(w->part, -atomic_load(&w->part->running));
}

void wbx_worker_forget(struct wbx_worker *w)
{
    wbx_part_free(w->part);
    *w = wbx_workers[--wbx_nworkers];
}

/* Workers of workers die with their parents, and the first process is where
 * the kernel sends those that have lost theirs. */
void wbx_workers_leave(void)
{
    while (wbx_nworkers > 0) {
        wbx_worker_reap(&wbx_workers[0], SIGKILL);
        wbx_worker_forget(&wbx_workers[0]);
    }
    if (wbx_part == NULL)
        return;
    if (wbx_part_is_worker())
        wbx_part_count(wbx_part, -atomic_load(&wbx_part->running));
    else
        while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
            continue;
}

void wbx_workers_give_up(void)
{
    if (!wbx_part_is_worker())
        return;
    wbx_workers_leave();
    _exit(0);
}

void wbx_workers_end(bool all)
{
    wbx_workers_leave();
    if (!wbx_part_is_worker())
        return;
    wbx_part->runs = wbx.runs;
    wbx_part->nsteps = wbx.nsteps;
    atomic_store_explicit(&wbx_part->end, all ? WBX_P_EXPLORED : WBX_P_STOPPED,
                          memory_order_release);
    _exit(0);
}

bool wbx_workers_above(uint32_t depth)
{
    return (int64_t)depth <= top;
}

/* A request that is met by whatever meets an earlier one adds nothing. */
void wbx_workers_ask(uint32_t depth, uint32_t threads, int preferred)
{
    struct wbx_part *p = wbx_part;

    for (uint32_t i = newest_request[depth]; i != 0;
         i = p->requests[i - 1].older)
        if ((p->requests[i - 1].threads & ~threads) == 0)
            return;
    if (p->nrequests == WBX_MOST_REQUESTS)
        wbx_workers_give_up();
    p->requests[p->nrequests++] =
        (struct wbx_request){ depth, threads, newest_request[depth],
                              (uint8_t)preferred };
    newest_request[depth] = p->nrequests;
}

void wbx_workers_saw(uint64_t address, uint16_t seen_by)
{
    if (!wbx_part_is_worker())
        return;
    if (wbx_part->nseen == WBX_MOST_SEEN)
        wbx_workers_give_up();
    wbx_part->seen[wbx_part->nseen].address = address;
    wbx_part->seen[wbx_part->nseen++].by = seen_by;
}
