#ifndef WBX_RT_WORKERS_H
#define WBX_RT_WORKERS_H

/**
 * @file rt_workers.h
 * The reduced search, shared by several processes (rt_workers.c). A program
 * that is searched quickly never gets there.
 */

#include <stdbool.h>
#include <stdint.h>

#include "rt.h"

/** What has become of an alternative whose turn has come. */
enum wbx_turn {
    WBX_MINE,    /**< nobody has explored it: do so */
    WBX_MERGED,  /**< a worker has, and its findings have been taken over */
    WBX_LAST,    /**< the same, and the search ends there */
    WBX_NEW_PART /**< this process is a new worker; its first schedule is set */
};

/** Before the search: executions it may take. */
void wbx_workers_begin(uint64_t budget);

/** After each execution: hand over an alternative if a processor is idle.
 * @return true in the new worker, whose first schedule is set */
bool wbx_workers_split(void);

/** Another outcome of the thread chosen at step depth (outcome > 0), or
 * another thread there (0), is the next thing to try. */
enum wbx_turn wbx_workers_turn(uint32_t depth, int thread, uint32_t outcome);

/** Has the search run as many executions as it may? */
bool wbx_workers_spent(void);

/** The search, or the worker's part of it, is over; a worker does not return.
 * @param all  nothing was left out */
void wbx_workers_end(bool all);

/** Before the process ends by itself in the middle of the search. */
void wbx_workers_leave(void);

/** A worker that cannot be exact ends here, and its part is explored by the
 * process that it came from. Returns in the first process. */
void wbx_workers_give_up(void);

/** Is step depth above this worker's part of the tree? */
bool wbx_workers_above(uint32_t depth);

/** Findings for the process this worker came from: at step depth one of these
 * threads has to be tried; the cell at address is touched by that thread. */
void wbx_workers_ask(uint32_t depth, uint32_t threads, int preferred);
void wbx_workers_saw(uint64_t address, uint16_t seen_by);

/* rt_search.c */
void wbx_search_run(void);
int wbx_search_next(const struct wbx_node *n, uint32_t except);
void wbx_search_choose(struct wbx_node *n, int thread);
void wbx_search_count(uint64_t traces, uint64_t blocked, uint64_t failing);
void wbx_search_note(uint64_t state);
void wbx_try_one_of(uint32_t threads, uint32_t depth, int preferred);

/* rt_main.c, rt_memory.c, rt_report.c */
void wbx_start_ticking(void);
void wbx_note_seen(struct wbx_cell *c, uint64_t address, uint16_t by);
void wbx_take_failures(const struct wbx_shared *from);
bool wbx_failures_found(void);
uint32_t wbx_worst_preemptions(void);

#endif
