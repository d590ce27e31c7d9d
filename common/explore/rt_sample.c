/* rt_sample.c: when there are too many interleavings to run them all.
 *
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and
 * Nagarakatte, "A randomized scheduler with probabilistic guarantees of
 * finding bugs", ASPLOS 2010). Every thread has a random priority and the
 * highest that can go on does. At DEPTH - 1 random steps the thread that runs
 * falls below all others. A fault that needs DEPTH steps in a certain order is
 * hit in an execution of k steps and n threads with a probability of at least
 * 1 / (n * k^(DEPTH - 1)). The random numbers are the same in every run. */
#include "rt.h"

enum { DEPTH = 3 };

static uint64_t random_state = 88172645463325252u;
static uint32_t priorities[WBX_MAX_THREADS]; /* 0: none yet */
static uint32_t changes[DEPTH - 1];          /* steps at which one falls */
static uint32_t lowest;
static uint32_t longest = 64; /* steps of the longest execution so far */

static uint32_t draw(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % n;
}

/* Before each sampled execution. */
void wbx_sample_begin(void)
{
    if (wbx.nsteps > longest)
        longest = wbx.nsteps;
    for (int i = 0; i < WBX_MAX_THREADS; i++)
        priorities[i] = 0;
    for (int i = 0; i < DEPTH - 1; i++)
        changes[i] = draw(longest);
    lowest = DEPTH;
}

static uint32_t priority(int thread)
{
    if (priorities[thread] == 0)
        priorities[thread] = DEPTH + 1 + draw(1 << 20);
    return priorities[thread];
}

/* region: pick */
/* The thread to go on among those enabled; -1: none is. */
int wbx_sample_pick(uint32_t enabled, const wbx_thread *current)
{
    int best = -1;

    for (int i = 0; i < DEPTH - 1; i++)
        if (changes[i] == wbx.nsteps && current != NULL)
            priorities[current->id] = --lowest;
    for (uint32_t rest = enabled; rest != 0; rest &= rest - 1) {
        int t = __builtin_ctz(rest);

        if (best < 0 || priority(t) > priority(best))
            best = t;
    }
    return best;
}
/* endregion: pick */

/* One of the outcomes of a step; the plain one three times in four. */
int wbx_sample_outcome(int outcomes)
{
    return outcomes > 1 && draw(4) == 0 ? 1 + (int)draw((uint32_t)outcomes - 1)
                                        : 0;
}
