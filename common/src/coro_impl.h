#ifndef WB_CORO_IMPL_H
#define WB_CORO_IMPL_H

/*
 * What the coroutine modules share. Internal.
 *
 *   coro.c        coroutines: their life, await, gather, cancel
 *   coro_wait.c   how one waits: park and wake, time
 *   coro_loop.c   the loop: who runs next, what libuv has to say, the end
 *   coro_debug.c  who held the loop too long
 *   coro_trace.c  turns and waiting, in a trace
 *   coro_timer.c  deadlines, in a heap
 *   coro_stack.c  stacks in slabs, and the message when one overflows
 *   coro_thread.c executor, and calls from other threads
 *   coro_io.c     streams: opening, closing, waiting for them
 *   coro_bytes.c  streams: reading and writing; children
 *   coro_queue.c, coro_sync.c
 *
 * There are no locks here but one, in coro_thread.c: all else belongs to the
 * thread of its loop.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "fiber.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/coro_sync.h"

/* -- lists that run through their members ---------------------------------- */

static inline void wbc_list_init(struct wb_coro_list *l)
{
    l->prev = l->next = l;
}

static inline bool wbc_list_empty(const struct wb_coro_list *l)
{
    return l->next == l;
}

static inline void wbc_list_append(struct wb_coro_list *l,
                                   struct wb_coro_list *item)
{
    item->prev = l->prev;
    item->next = l;
    l->prev->next = item;
    l->prev = item;
}

static inline void wbc_list_remove(struct wb_coro_list *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
    wbc_list_init(item);
}

/* -- coroutines ------------------------------------------------------------ */

enum wbc_state {
    WBC_FREE,    /* nobody; its link is in the loop's list of free stacks */
    WBC_READY,   /* its link is in the list of those that can run */
    WBC_RUNNING, /* one at a time */
    WBC_PARKED,  /* its link is in a list of waiters, or in none */
    WBC_DONE     /* has ended; waits to be awaited */
};

/* Those that one gather waits for; on the stack of the one that waits. */
struct wbc_group {
    struct wb_coro *owner;
    size_t left; /* have not ended */
    int error;   /* of the first that failed, or 0 */
    bool wake_on_error;
};

/* At the top of each stack, so that it shares the stack's resident page. */
/* owner thread only */
struct wb_coro {
    struct wb_coro_list link; /* first: the list is of struct wb_coro */
    struct wb_fiber fiber;
    uint64_t id;
    enum wbc_state state;
    int wake; /* what the call it is parked in returns */
    int result;
    int line;
    int track; /* in a trace, plus 1; 0: none yet */
    bool detached;
    bool cancel;    /* to be delivered at the next wait */
    bool shielded;  /* what it waits for now cannot be given up */
    bool told_over; /* cancelled because the loop ends */
    uint64_t timer; /* number of its entry in the heap, 0: none */
    struct wb_coro *waiter;
    struct wbc_group *group;
    void *item; /* handed over by whoever wakes it */
    wb_coro_fn fn;
    void *arg;
    const char *name, *file;
    const uint64_t *below; /* canary of the stack below, NULL: a guard */
};

/* -- the loop -------------------------------------------------------------- */

struct wbc_timer {
    int64_t when;
    uint64_t number; /* in order of arming: equal times keep that order */
    struct wb_coro *c;
};

struct wbc_heap {
    struct wbc_timer *items;
    size_t size, room;
    size_t stale; /* entries whose coroutine was woken by something else */
    uint64_t last_number;
};

struct wbc_slab;

struct wbc_stacks {
    size_t size;                /* bytes of each, guard and head included */
    size_t taken;               /* by those that are not free */
    size_t guarded;             /* stacks that have a guard of their own */
    struct wb_coro_list unused; /* ended, of struct wb_coro */
    struct wbc_slab *slabs;     /* the newest first */
    void *alternate;            /* where the signal handler runs */
    stack_t outer_alternate;    /* what the thread had before */
};

/* owner thread only */
struct wbc_loop {
    uv_loop_t uv;
    uv_timer_t alarm;    /* the next deadline, set before the loop blocks */
    uv_async_t doorbell; /* a thread has posted something */
    uv_prepare_t before_poll; /* these two in a trace only */
    uv_check_t after_poll;
    struct wb_coro_loop *handle;
    struct wb_coro_options options;
    struct wb_fiber home; /* the thread's own stack */
    struct wb_coro *current;
    struct wb_coro *main;
    struct wb_coro_list ready;
    struct wbc_heap timers;
    struct wbc_stacks stacks;
    int64_t virtual_now;
    uint64_t last_id;
    size_t alive;    /* have not ended */
    size_t detached; /* and are detached */
    size_t jobs;     /* in the executor */
    unsigned steps;  /* since libuv was last asked */
    unsigned calls;  /* of the running step that did not have to wait */
    bool debug, traced;
};

/* The loop of this thread, or NULL. */
extern _Thread_local struct wbc_loop *wbc_loop;

/* The loop and the running coroutine; misuse of call outside of them. */
struct wbc_loop *wbc_need_loop(const char *call);
struct wb_coro *wbc_need_self(const char *call);

/* coro.c */
struct wb_coro *wbc_spawn(struct wbc_loop *l, wb_coro_fn fn, void *arg,
                          const char *name, const char *file, int line);
/* c has returned, and stands on its stack no more. */
void wbc_ended(struct wbc_loop *l, struct wb_coro *c);
/* @return the part of a path after its last slash */
const char *wbc_base_name(const char *file);

/* coro_wait.c: park the running coroutine, in waiters unless NULL, until it
 * is woken, cancelled, or the deadline comes. @return what wake() was given,
 * -ECANCELED or -ETIMEDOUT */
int wbc_park(struct wb_coro_list *waiters, int64_t deadline);
/* The same for what cannot be given up. */
int wbc_park_shielded(void);
/* Let c, which is parked, go on. */
void wbc_wake(struct wb_coro *c, int rc);
/* The first of waiters goes on, if there is one. @return whether there was */
bool wbc_wake_first(struct wb_coro_list *waiters, int rc);
void wbc_wake_all(struct wb_coro_list *waiters, int rc);
/* Calls that need not wait let others run every now and then. */
void wbc_breathe(void);

/* coro_timer.c */
void wbc_timer_arm(struct wbc_heap *h, struct wb_coro *c, int64_t when);
void wbc_timer_disarm(struct wbc_heap *h, struct wb_coro *c);
/* @return the next deadline, WB_FOREVER if there is none */
int64_t wbc_timer_next(struct wbc_heap *h);
/* Take one whose time has come. @return it, disarmed; or NULL */
struct wb_coro *wbc_timer_pop(struct wbc_heap *h, int64_t now);

/* coro_stack.c */
void wbc_stacks_open(struct wbc_stacks *s, size_t size);
void wbc_stacks_close(struct wbc_stacks *s);
/* @return a coroutine whose fiber will run wbc_body(), the rest 0; or NULL */
struct wb_coro *wbc_stack_take(struct wbc_stacks *s);
void wbc_stack_give(struct wbc_stacks *s, struct wb_coro *c);
/* End the program if the stack of c has grown into the one below. */
void wbc_stack_check(const struct wb_coro *c);
/* Call fn for each coroutine that is not free. */
void wbc_stacks_each(struct wbc_stacks *s,
                     void (*fn)(struct wb_coro *c, void *arg), void *arg);

/* coro_io.c: close what is still open. */
void wbc_streams_close(struct wbc_loop *l);

/* coro_loop.c: what a coroutine runs first. */
void wbc_body(void *arg);

/* coro_thread.c */
void wbc_mailbox_open(struct wbc_loop *l);
void wbc_mailbox_empty(struct wbc_loop *l);
/* @return false: there were posts, which have been called; close it again */
bool wbc_mailbox_close(struct wbc_loop *l);

/* coro_trace.c: c is about to run. @return whether that is traced; then it is
 * the caller who ends the span */
bool wbc_trace_turn(struct wb_coro *c);
void wbc_trace_open(struct wbc_loop *l);
void wbc_trace_close(struct wbc_loop *l);

/* coro_debug.c: set up, and around whatever runs on the loop. */
void wbc_debug_open(struct wbc_loop *l);
int64_t wbc_step_begin(const struct wbc_loop *l);
void wbc_step_end(struct wbc_loop *l, int64_t began,
                  const struct wb_coro_slow *who);

#endif
