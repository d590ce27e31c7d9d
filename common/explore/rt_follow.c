/* rt_follow.c: the schedule of another program, followed as far as it goes.
 *
 * A good program takes locks that the bad one lacks, so that a schedule of
 * the bad one, a list of threads, cannot be run on it step by step. With the
 * operation of each step at hand it can be followed: the thread that is to
 * take the next step runs on until it performs that operation; what it does
 * before, such as taking a lock, is extra. An operation that the thread skips
 * is skipped in the schedule. The execution ends at the first step whose
 * thread has to wait although the bad program did not make it wait: there,
 * the good program blocks instead of failing. */
#include "rt.h"

static uint32_t at;  /* the next step of the schedule */
static bool matched; /* the step just picked is that of the schedule */

/* Threads whose atomic update stood for the read of a read and a write: it is
 * the write as well. */
static uint32_t updated;

static bool is_access(uint8_t code)
{
    return code <= WBX_ATOMIC_CAS;
}

static bool fits(uint8_t code, uint8_t wanted)
{
    switch (code) {
    case WBX_LOCK: return wanted == WBX_LOCK || wanted == WBX_TRYLOCK;
    case WBX_SIGNAL:
    case WBX_BROADCAST: return wanted == WBX_SIGNAL || wanted == WBX_BROADCAST;
    case WBX_ATOMIC_RMW: return wanted == code || wanted == WBX_READ;
    default: return code == wanted;
    }
}

/* Will the schedule want such an operation of t at all? */
static bool comes_later(const wbx_thread *t)
{
    const struct wbx_shared *s = wbx.shared;

    for (uint32_t i = at; i < s->nreplay; i++)
        if (s->replay[i].thread == t->id && fits(t->op.code, s->replay_ops[i]))
            return true;
    return false;
}

/* Is the wanted operation one that t has not got, or has left out? */
static bool lacks(const wbx_thread *t)
{
    if (t->op.code == WBX_THREAD_END || t->op.code == WBX_EXIT)
        return true;
    return is_access(t->op.code) && comes_later(t);
}

/* Has t written with its read what the schedule wants it to write now? */
static bool is_done_already(const wbx_thread *t)
{
    bool done =
        (updated & WBX_BIT(t->id)) && wbx.shared->replay_ops[at] == WBX_WRITE;

    updated &= ~WBX_BIT(t->id);
    return done;
}

/* t cannot go on: does it wait where the other program did not? */
static bool waits_instead(const wbx_thread *t, uint8_t wanted)
{
    if (t->parked)
        return false;
    switch (t->op.code) {
    case WBX_RELOCK: return t->signaled || wanted != WBX_RELOCK;
    case WBX_JOIN:
    case WBX_BARRIER:
    case WBX_ONCE:
    case WBX_IO_READ:
    case WBX_IO_WRITE:
    case WBX_IO_POLL: return wanted != t->op.code;
    default: return true;
    }
}

/* Whoever the schedule names next of those that can go on; else anybody. */
static int next_that_can(void)
{
    const struct wbx_shared *s = wbx.shared;

    for (uint32_t i = at; i < s->nreplay; i++)
        if (s->replay[i].thread < wbx.nthreads &&
            wbx_enabled(&wbx_threads[s->replay[i].thread]))
            return s->replay[i].thread;
    for (uint32_t i = 0; i < wbx.nthreads; i++)
        if (wbx_enabled(&wbx_threads[i]))
            return (int)i;
    return -1;
}

static noreturn void end_waiting(wbx_thread *t)
{
    wbx_record_finish(t, WB_DEADLOCK, t->op.pc, t->op.address);
    wbx.shared->waits_instead = 1;
    wbx_end_execution(WBX_E_STOPPED);
}

/* All of the schedule has been taken, and nobody had to wait. */
static noreturn void end_followed(void)
{
    wbx_record_finish(&wbx_threads[0], WB_CLEAN, 0, 0);
    wbx_end_execution(WBX_E_STOPPED);
}

void wbx_follow_begin(void)
{
    at = updated = 0;
    matched = false;
}

/* @return who takes the next step; -1 when nobody can */
int wbx_follow_pick(void)
{
    const struct wbx_shared *s = wbx.shared;

    for (matched = false; at < s->nreplay; at++) {
        wbx_thread *t = &wbx_threads[s->replay[at].thread];

        if (s->replay[at].thread >= wbx.nthreads)
            return next_that_can();
        if (t->state != WBX_T_LIVE || is_done_already(t))
            continue;
        if (!wbx_enabled(t)) {
            if (waits_instead(t, s->replay_ops[at]))
                end_waiting(t);
            return next_that_can();
        }
        matched = fits(t->op.code, s->replay_ops[at]);
        if (matched || !lacks(t)) {
            if (matched && s->replay_ops[at] == WBX_READ &&
                t->op.code == WBX_ATOMIC_RMW)
                updated |= WBX_BIT(t->id);
            at += matched;
            return t->id;
        }
    }
    end_followed();
}

/* Which outcome the step just picked is to have. */
int wbx_follow_outcome(int outcomes)
{
    int wanted = matched ? wbx.shared->replay[at - 1].outcome : 0;

    return wanted < outcomes ? wanted : 0;
}
