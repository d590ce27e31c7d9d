/* rt_report.c: failures, and what is kept of them.
 *
 * The search keeps only the schedule that leads to a failure. When it is
 * over, each schedule is run once more with everything written down. A
 * failure that does not come back then depends on something outside the
 * model (an address, the real time), and that is said. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rt_workers.h"

bool wbx_failures_found(void)
{
    return wbx.shared->nfailures > 0;
}

/* How far from simple is the worst of the schedules kept? */
uint32_t wbx_worst_preemptions(void)
{
    uint32_t worst = 0;

    for (uint32_t i = 0; i < wbx.shared->nfailures; i++)
        if (wbx.shared->failures[i].cost > worst)
            worst = wbx.shared->failures[i].cost;
    return worst;
}

static bool ends_program(enum wb_verdict kind)
{
    switch (kind) {
    case WB_DATA_RACE:
    case WB_LEAKED_THREAD:
    case WB_LEAKED_LOCK:
    case WB_LEAKED_MEMORY:
    case WB_USE_AFTER_FREE:
    case WB_DOUBLE_FREE:
    case WB_WRONG_ANSWER: return false;
    default: return true;
    }
}

/* One data race per object, whichever accesses show it. */
static bool same_failure(const struct wbx_failure_record *r,
                         enum wb_verdict kind, uint64_t pc, uint64_t address)
{
    if (kind == WB_DATA_RACE)
        return r->kind == kind && r->address == address;
    return r->kind == kind && r->pc == pc;
}

/* The record of that failure; a new one if there is room; NULL. Unless all
 * are wanted there is one record, for whatever is simplest. */
static struct wbx_failure_record *record_for(enum wb_verdict kind, uint64_t pc,
                                             uint64_t address)
{
    struct wbx_shared *s = wbx.shared;
    uint32_t i = 0;

    if (s->all)
        while (i < s->nfailures &&
               !same_failure(&s->failures[i], kind, pc, address))
            i++;
    if (i == s->nfailures) {
        if (i == WBX_MAX_FAILURES) {
            wbx_workers_give_up();
            return NULL;
        }
        s->failures[i].nchoices = UINT32_MAX;
        s->failures[i].cost = UINT32_MAX;
        s->nfailures++;
    }
    return &s->failures[i];
}

/* How far from simple the failure under way is. An access that races with a
 * later free is a use after free in another order, which says more. */
static uint32_t cost_now(enum wb_verdict kind, const wbx_thread *t)
{
    uint32_t cost = wbx.nsteps ? wbx_nodes[wbx.nsteps - 1].cost : 0;

    return kind == WB_DATA_RACE && t->op.code == WBX_FREE ? cost + 2 : cost;
}

static bool simpler(uint32_t cost, uint32_t nchoices,
                    const struct wbx_failure_record *than)
{
    return cost < than->cost ||
           (cost == than->cost && nchoices < than->nchoices);
}

static void keep(enum wb_verdict kind, const wbx_thread *t, uint64_t pc,
                 uint64_t pc2, uint64_t address)
{
    struct wbx_failure_record *r = record_for(kind, pc, address);
    uint32_t cost = cost_now(kind, t);

    if (r == NULL || !simpler(cost, wbx.nsteps, r))
        return;
    r->cost = cost;
    r->kind = kind;
    r->pc = pc;
    r->pc2 = pc2;
    r->address = address;
    r->detail = wbx.in_circle;
    r->nchoices = wbx.nsteps;
    for (uint32_t i = 0; i < wbx.nsteps; i++)
        r->choices[i] =
            (struct wbx_choice){ wbx_nodes[i].thread, wbx_nodes[i].outcome };
}

/* What a worker has kept, as if found here and now. */
void wbx_take_failures(const struct wbx_shared *from)
{
    for (uint32_t i = 0; i < from->nfailures; i++) {
        const struct wbx_failure_record *r = &from->failures[i];
        struct wbx_failure_record *own = record_for(r->kind, r->pc, r->address);

        if (own != NULL && simpler(r->cost, r->nchoices, own))
            memcpy(own, r, offsetof(struct wbx_failure_record, steps));
    }
}

/* Is this what the schedule under way is recorded for? */
static bool is_the_one(struct wbx_failure_record *recording,
                       enum wb_verdict kind, uint64_t pc, uint64_t address)
{
    /* The first time round is enough to show. */
    if (wbx.in_circle && recording->detail)
        recording->nchoices = wbx.nsteps;
    if (wbx.nsteps < recording->nchoices)
        return false;
    if (recording->kind == WB_CLEAN) /* a token that does not say which */
        return true;
    /* Where exactly an endless loop or recursion is stopped is no part of the
     * schedule. */
    if (wbx.shared->replaying || kind == WB_LIVELOCK || kind == WB_CRASH)
        return recording->kind == kind;
    return same_failure(recording, kind, pc, address);
}

/* Something is wrong in this execution. Returns when it goes on. */
static void failed(enum wb_verdict kind, wbx_thread *t, uint64_t pc,
                   uint64_t pc2, uint64_t address, const char *text)
{
    if (wbx.doomed)
        return;
    if (wbx.shared->map) {
        wbx_graph_fail(kind, text);
        return;
    }
    wbx.found = true;
    if (wbx.nsteps > 0)
        wbx_nodes[wbx.nsteps - 1].failed = true;
    if (wbx.mode == WBX_RECORDING) {
        struct wbx_failure_record *recording = wbx_recording();

        if (recording == NULL || !is_the_one(recording, kind, pc, address)) {
            wbx.doomed |= ends_program(kind);
            return;
        }
        snprintf(recording->text, WBX_TEXT, "%s", text);
        recording->pc2 = pc2;
        wbx_record_finish(t, kind, pc, address);
        if (pc2 == 0)
            wbx_end_execution(WBX_E_STOPPED);
        return;
    }
    keep(kind, t, pc, pc2, address);
    if (!wbx.shared->all)
        wbx_end_execution(WBX_E_STOPPED);
    wbx.doomed |= ends_program(kind);
}

void wbx_fail(enum wb_verdict kind, wbx_thread *t, uint64_t pc,
              uint64_t address, const char *format, ...)
{
    static char text[WBX_TEXT];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    failed(kind, t, pc, 0, address, text);
}

/* Where the two accesses meet: mine says which eight bytes. */
static uint64_t raced_address(const wbx_thread *t,
                              const struct wbx_access *mine)
{
    uint64_t start = t->op.address;

    if (mine->address + 8 <= start || mine->address >= start + t->op.size)
        start = t->op.address2;
    return start > mine->address ? start : mine->address;
}

void wbx_fail_race(wbx_thread *t, const struct wbx_access *older,
                   const struct wbx_access *mine)
{
    uint64_t pc2 = wbx_events[older->event].pc;

    failed(WB_DATA_RACE, t, t->op.pc, pc2, raced_address(t, mine), "");
    if (wbx_recorded()) {
        wbx_record_mark(older->event);
        wbx_record_mark(mine->event);
        wbx_end_execution(WBX_E_STOPPED);
    }
}

enum { FIRST_PAGE = 4096 }; /* p->member with p NULL lies there */

/* The page below a stack is a guard; a large frame may reach far below it. */
static bool is_below(const wbx_thread *t, uint64_t address)
{
    uint64_t low = WBX_STACKS + t->id * WBX_STACK_SIZE;

    return address < low + 4096 && address >= low - 8 * WBX_STACK_SIZE;
}

void wbx_fail_overflow(wbx_thread *t, uint64_t pc)
{
    wbx_fail(WB_CRASH, t, pc, 0, "overflows its stack (%lu MiB)",
             WBX_STACK_SIZE >> 20);
    wbx_end_execution(WBX_E_STOPPED);
}

void wbx_fail_signal(int signal, uint64_t address, bool writes, uint64_t pc)
{
    static const char *const names[] = { [SIGSEGV] = "SIGSEGV",
                                         [SIGBUS] = "SIGBUS",
                                         [SIGFPE] = "SIGFPE",
                                         [SIGILL] = "SIGILL",
                                         [SIGTRAP] = "SIGTRAP" };

    if (is_below(wbx.current, address))
        wbx_fail_overflow(wbx.current, pc);
    if (signal == SIGSEGV && address < FIRST_PAGE)
        wbx_fail(WB_CRASH, wbx.current, pc, 0, "%s through a null pointer",
                 writes ? "writes" : "reads");
    else
        wbx_fail(WB_CRASH, wbx.current, pc, 0, "is killed by %s",
                 names[signal]);
    wbx_end_execution(WBX_E_STOPPED);
}
