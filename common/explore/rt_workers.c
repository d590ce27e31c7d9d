/* rt_workers.c: one search, several processes.
 *
 * A search that takes long hands over alternatives: the process forks, and
 * the child, a worker, explores one alternative of a choice on the current
 * path, while the parent goes on with what comes before it. When the turn of
 * the alternative comes, the parent waits for the worker and takes over what
 * it found. So all is merged in the order of a search by one process, and the
 * result is the same to the last number, however fast anybody was.
 *
 * The parts of the tree depend on each other in one way: a race may ask for a
 * thread to be tried at a choice above the worker's part. Whether one is
 * added depends on what other parts asked for, so the worker writes the
 * request down, and the parent decides. What may sleep in a part is known
 * when it is handed over, because alternatives are tried in the order in
 * which they were asked for.
 *
 * A worker that cannot be exact (there is no room, the program is refused,
 * the process dies) leaves no result. Then the parent explores the part
 * itself, and meets there what the worker met. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "rt_part.h"

static uint64_t next_split, pace, least_pace; /* executions */

void wbx_workers_begin(uint64_t budget)
{
    wbx_part_budget(budget);
    next_split = wbx.shared->split_after;
    pace = least_pace = wbx.shared->split_after / 8 + 1;
}

static struct wbx_worker *find_worker(uint32_t depth, int thread,
                                      uint32_t outcome)
{
    for (struct wbx_worker *w = wbx_workers; w < wbx_workers + wbx_nworkers;
         w++)
        if (w->depth == depth && w->thread == thread && w->outcome == outcome)
            return w;
    return NULL;
}

/* Threads that workers explore at that step. */
static uint32_t handed_over(uint32_t depth)
{
    uint32_t set = 0;

    for (int i = 0; i < wbx_nworkers; i++)
        if (wbx_workers[i].depth == depth && wbx_workers[i].outcome == 0)
            set |= WBX_BIT(wbx_workers[i].thread);
    return set;
}

/* The alternative nearest to the root that waits for its turn: its part of
 * the tree is likely to be the largest. */
static bool find_alternative(uint32_t end, struct wbx_worker *w)
{
    for (uint32_t d = 0; d < end; d++) {
        const struct wbx_node *n = &wbx_nodes[d];
        int thread;

        if (wbx_workers_above(d + 1))
            continue;
        *w = (struct wbx_worker){ .depth = d,
                                  .thread = n->thread,
                                  .outcome = n->outcome + 1u };
        if (n->outcome + 1 < n->noutcomes &&
            find_worker(d, n->thread, w->outcome) == NULL)
            return true;
        if (wbx_workers_above(d))
            continue; /* that choice is the parent's */
        thread = wbx_search_next(n, handed_over(d) | WBX_BIT(n->thread));
        if (thread >= 0) {
            w->thread = thread;
            w->outcome = 0;
            return true;
        }
    }
    return false;
}

static void copy_request(struct wbx_shared *to, const struct wbx_shared *from)
{
    to->all = from->all;
    to->workers = from->workers;
    to->split_after = from->split_after;
}

/* region: become */
/* In the new process: what it explores is the alternative w. */
static void become(const struct wbx_worker *w, pid_t parent)
{
    struct wbx_node *n = &wbx_nodes[w->depth];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    wbx_start_ticking();
    if (w->outcome > 0) {
        n->outcome = (uint8_t)w->outcome;
    } else {
        n->done |= WBX_BIT(n->thread) | handed_over(w->depth);
        wbx_search_choose(n, w->thread);
    }
    wbx.prefix = w->depth + 1;
}
/* endregion: become */

/* Count, keep and hand over from nothing, like a first process. */
static void start_anew(const struct wbx_worker *w)
{
    wbx_part_enter(w->part, w->depth);
    copy_request(&wbx_part->findings, wbx.shared);
    wbx.shared = &wbx_part->findings;
    wbx.runs = 0;
    wbx_nworkers = 0;
    next_split = least_pace;
}

static bool hand_over(uint32_t end)
{
    pid_t parent = getpid();
    struct wbx_worker w;

    if (wbx_nworkers == WBX_MOST_WORKERS || !find_alternative(end, &w))
        return false;
    w.part = wbx_part_new();
    if (w.part == NULL)
        return false;
    w.part->before = wbx.runs;
    wbx_part_count(w.part, 1);
    w.pid = fork();
    if (w.pid == 0) {
        become(&w, parent);
        start_anew(&w);
        return true;
    }
    if (w.pid > 0) {
        wbx_workers[wbx_nworkers++] = w;
    } else {
        wbx_part_count(w.part, -1);
        wbx_part_free(w.part);
    }
    return false;
}

/* The first alternative is about to be handed over. */
static bool found_whole(void)
{
    struct wbx_part *whole = wbx_part_new();

    if (whole == NULL)
        return false;
    wbx_part_enter(whole, -1);
    wbx_part_count(whole, 1);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return true;
}

bool wbx_workers_split(void)
{
    if (wbx.shared->workers < 2 || wbx.runs < next_split)
        return false;
    next_split = wbx.runs + pace;
    if (wbx_part == NULL && !found_whole())
        return false;
    return wbx_processor_idle() && hand_over(wbx.nsteps);
}

/* Small parts are not worth a fork: hand over less often. */
static void adapt_pace(uint64_t runs)
{
    if (runs < 4 * pace)
        pace = pace * 2 < 64 * least_pace ? pace * 2 : pace;
    else
        pace = pace / 2 > least_pace ? pace / 2 : least_pace;
}

/* region: merge */
static void merge(const struct wbx_part *p)
{
    const struct wbx_shared *s = &p->findings;

    wbx.runs += p->runs;
    wbx.nsteps = p->nsteps;
    wbx_search_count(s->traces, s->blocked, s->failing);
    wbx.shared->cut |= s->cut;
    for (uint32_t i = 0; i < s->nstates; i++)
        wbx_search_note(s->states[i]);
    wbx_take_failures(s);
    for (uint32_t i = 0; i < p->nseen; i++)
        wbx_note_seen(wbx_cell(p->seen[i].address), p->seen[i].address,
                      p->seen[i].by);
    for (uint32_t i = 0; i < p->nrequests; i++)
        wbx_try_one_of(p->requests[i].threads, p->requests[i].depth,
                       p->requests[i].preferred);
}
/* endregion: merge */

/* Wait for that worker. @return true in a new worker, made meanwhile */
static bool await(struct wbx_worker *w)
{
    atomic_store_explicit(&w->part->before, wbx.runs, memory_order_relaxed);
    wbx_part_count(wbx_part, -1);
    if (atomic_load(&w->part->end) == WBX_P_WORKING && wbx_processor_idle() &&
        hand_over(w->depth + 1))
        return true;
    wbx_worker_reap(w, 0);
    wbx_part_count(wbx_part, 1);
    return false;
}

enum wbx_turn wbx_workers_turn(uint32_t depth, int thread, uint32_t outcome)
{
    struct wbx_worker *w = find_worker(depth, thread, outcome);
    enum wbx_turn turn = WBX_MINE;
    uint32_t ending;

    if (w == NULL)
        return WBX_MINE;
    if (await(w))
        return WBX_NEW_PART;
    ending = atomic_load_explicit(&w->part->end, memory_order_acquire);
    adapt_pace(w->part->runs);
    if (ending != WBX_P_WORKING && !wbx_part_exceeded(w->part->runs)) {
        merge(w->part);
        turn = ending == WBX_P_STOPPED ? WBX_LAST : WBX_MERGED;
    }
    wbx_worker_forget(w);
    return turn;
}
