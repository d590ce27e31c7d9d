/* rt_stuck.c: nobody can go on. Whose fault is it?
 *
 * A wakeup was lost when a signal found nobody and its receiver began to wait
 * after it, without having seen what the signal was about. To have seen it is
 * to have read, after the signal, something that the sender wrote before it:
 * a consumer that finds an item in the queue has lost nothing, although the
 * signal for that item woke nobody. */
#include "rt.h"

/* Did the sender of signal number s write, before it, what a touched? */
static bool written_by_sender(const struct wbx_access *a, uint32_t s)
{
    uint8_t sender = wbx_events[s].thread;

    for (uint32_t i = a->older; i != 0; i = wbx_accesses[i].older) {
        const struct wbx_access *w = &wbx_accesses[i];

        if ((w->kind == K_WRITE || w->kind == K_AWRITE) &&
            w->thread == sender && w->event < s && (w->mask & a->mask))
            return true;
    }
    return false;
}

/* Did t read news of signal number s between it and step number end? */
static bool saw_news(const wbx_thread *t, uint32_t s, uint32_t end)
{
    for (uint32_t i = s + 1; i < end; i++) {
        const struct wbx_event *e = &wbx_events[i];

        for (uint32_t k = 0; e->thread == t->id && k < e->naccesses; k++) {
            const struct wbx_access *a = &wbx_accesses[e->first_access + k];

            if (a->kind <= K_AWRITE && a->kind != K_WRITE &&
                written_by_sender(a, s))
                return true;
        }
    }
    return false;
}

static bool found_nobody(uint32_t s, uint64_t cond)
{
    const struct wbx_event *e = &wbx_events[s];

    return (e->code == WBX_SIGNAL || e->code == WBX_BROADCAST) &&
           e->address == cond && e->naccesses > 0 &&
           wbx_accesses[e->first_access].kind == K_NOBODY;
}

/* Did t, which waits, miss a signal of another thread? */
static bool passed_by(const wbx_thread *t)
{
    uint32_t wait = wbx.nsteps;

    if (t->op.code != WBX_RELOCK || t->signaled ||
        !(wbx_object(t->waits_on, WBX_O_COND)->lost_by & ~WBX_BIT(t->id)))
        return false;
    while (wait > 0 && (wbx_events[wait - 1].thread != t->id ||
                        wbx_events[wait - 1].code != WBX_WAIT))
        wait--;
    for (uint32_t s = wait; s-- > 0;)
        if (wbx_events[s].thread != t->id && found_nobody(s, t->waits_on) &&
            !saw_news(t, s, wait))
            return true;
    return false;
}

/* Threads are left and none can go on. A wait that missed its signal is only
 * to blame when nobody waits for a lock: the signal could yet come. */
void wbx_stuck(void)
{
    wbx_thread *spins = NULL, *lost = NULL, *stuck = NULL, *locked = NULL;

    for (uint32_t i = wbx.nthreads; i-- > 0;) {
        wbx_thread *t = &wbx_threads[i];

        if (t->state != WBX_T_LIVE)
            continue;
        if (stuck == NULL || t->op.code != WBX_JOIN)
            stuck = t;
        if (t->op.code == WBX_LOCK && !wbx_lock_enabled(t))
            locked = t;
        else if (t->parked)
            spins = t;
        else if (passed_by(t))
            lost = t;
    }
    if (spins != NULL)
        wbx_fail(WB_LIVELOCK, spins, spins->op.pc, wbx_spin_object(spins),
                 "loops and waits for a change that nobody is left to make");
    else if (lost != NULL && locked == NULL)
        wbx_fail(WB_LOST_WAKEUP, lost, lost->stopped_pc, lost->waits_on,
                 "waits for a signal that was sent when nobody was waiting");
    else if (stuck != NULL)
        wbx_fail(WB_DEADLOCK, stuck, stuck->stopped_pc, stuck->op.address,
                 "no thread can go on");
}
