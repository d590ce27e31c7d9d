#ifndef WBX_RT_PART_H
#define WBX_RT_PART_H

/**
 * @file rt_part.h
 * What rt_part.c and rt_workers.c share: the part of the search that one
 * process explores, and the workers it has handed parts of that to.
 */

#include <sys/types.h>

#include "rt_workers.h"

enum {
    WBX_MOST_WORKERS = 32, /* of one process, not merged yet */
    WBX_MOST_REQUESTS = 1 << 14,
    WBX_MOST_SEEN = 1 << 14
};

/* How a worker's part has ended; WORKING when it has died. */
enum wbx_part_end { WBX_P_WORKING, WBX_P_EXPLORED, WBX_P_STOPPED };

struct wbx_request {
    uint32_t depth, threads;
    uint32_t older; /* + 1: for the same step; 0 ends */
    uint8_t preferred;
};

/* What a worker finds; memory that it shares with all other processes. */
struct wbx_part {
    /* const after the fork */
    struct wbx_part *parent;
    /* atomic: written by the parent, a lower bound that needs no order */
    _Atomic uint64_t before; /* executions before its first, at least */
    /* atomic: a count, orders nothing */
    _Atomic int running; /* processes of this part that are not waiting */
    /* atomic: its release pairs with the acquire of the parent, which then
     * owns what follows */
    _Atomic uint32_t end;
    /* owner thread only */
    uint64_t runs;
    uint32_t nsteps, nrequests, nseen;
    struct wbx_request requests[WBX_MOST_REQUESTS];
    struct {
        uint64_t address;
        uint16_t by;
    } seen[WBX_MOST_SEEN];
    struct wbx_shared findings;
};

/* An alternative that has been handed over. */
struct wbx_worker {
    pid_t pid;
    uint32_t depth, outcome;
    int thread;
    struct wbx_part *part;
};

/* This process's own; NULL until the first alternative is handed over. */
extern struct wbx_part *wbx_part;
extern struct wbx_worker wbx_workers[WBX_MOST_WORKERS];
extern int wbx_nworkers;

void wbx_part_budget(uint64_t executions);
struct wbx_part *wbx_part_new(void);
void wbx_part_free(struct wbx_part *part);

/* From now on this process explores that part: of the choice at step depth,
 * one thread. The first process: -1. */
void wbx_part_enter(struct wbx_part *part, int64_t depth);

/* Count n more running processes in part and in what it is a part of. */
void wbx_part_count(struct wbx_part *part, int n);
bool wbx_part_is_worker(void);
bool wbx_processor_idle(void);

/* Would that many executions more be too many? */
bool wbx_part_exceeded(uint64_t runs);

/* Wait until the worker has ended, or end it with a signal. */
void wbx_worker_reap(struct wbx_worker *w, int signal);
void wbx_worker_forget(struct wbx_worker *w);

#endif
