#ifndef WBX_RT_H
#define WBX_RT_H

/**
 * @file rt.h
 * What the files of the explorer's runtime share.
 *
 * The runtime is a shared library inside the explored program. It runs the
 * program's threads as fibers of one kernel thread, so that it alone decides
 * who takes the next step, and runs the program again and again until every
 * distinct order of steps has been seen. Read it in this order:
 *
 *   rt_main.c    takes over from the C library, snapshots, restarts
 *   rt_fiber.c   stacks and the switch between them
 *   rt_step.c    one step: who takes it, and how it turns out
 *   rt_search.c  the order in which schedules are tried
 *   rt_workers.c the same by several processes
 *   rt_sample.c  random schedules, when all are too many
 *   rt_follow.c  the schedule of another program
 *   rt_commute.c which operations commute
 *   rt_reduce.c  happens-before, races to reverse, sleep sets
 *   rt_memory.c  plain and atomic accesses, data races
 *   rt_sync.c    mutexes, condition variables
 *   rt_lock.c    semaphores, read-write locks, barriers, spin locks
 *   rt_thread.c  create, join, detach, exit; rt_keys.c thread-specific data
 *   rt_c11.c     the same under the names of threads.h
 *   rt_spin.c    loops that wait by reading
 *   rt_cycle.c   threads that move in a circle
 *   rt_io.c      pipes, socket pairs, event descriptors; rt_poll.c
 *   rt_frame.c   locals that others touch, and the returns that end them
 *   rt_heap.c rt_time.c rt_libc.c rt_print.c   the rest of the C library
 *   rt_report.c  failures, and the schedules kept of them
 *   rt_stuck.c   when nobody can go on
 *   rt_record.c  one schedule, written down in full
 *
 * A step is announced before it happens: a thread describes its next
 * operation in thread.op and calls wbx_step(), which returns when the thread
 * has been chosen to perform it. So at every choice the next operation of
 * every thread is known.
 *
 * All of this state belongs to the one kernel thread that runs the program;
 * nothing here needs a lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "protocol.h"
#include "wb/verdict.h"

#define WBX_EXPORT __attribute__((visibility("default")))
#define WBX_PC     ((uint64_t)(uintptr_t)__builtin_return_address(0))
#define WBX_BIT(t) (1u << (t))

typedef uint16_t wbx_clock[WBX_MAX_THREADS];

/* How an operation touches an object. Two accesses to one object commute
 * unless wbx_conflict[a][b]. */
enum wbx_kind {
    K_READ, /* plain */
    K_WRITE,
    K_AREAD, /* atomic */
    K_AWRITE,
    K_ACQUIRE, /* a lock is taken */
    K_RELEASE,
    K_BUSY,    /* a trylock finds it taken */
    K_ENQUEUE, /* a thread starts to wait on a condition variable */
    K_WAKE,    /* a signal wakes somebody */
    K_NOBODY,  /* a signal wakes nobody */
    K_TAKE,    /* a semaphore or read-write lock: may have to wait */
    K_GIVE,    /* the same: need not */
    K_LOOK,    /* any other object: looked at, changed */
    K_CHANGE,
    K_GONE, /* a range ends its life: freed, or its function returns */
    K_NONE, /* touches nothing that others can see */
    K_COUNT
};

extern const bool wbx_conflict[K_COUNT][K_COUNT];

/* One announced operation: what it does to up to two ranges or objects. */
struct wbx_operation {
    uint8_t code;        /* enum wbx_op */
    uint8_t kind, kind2; /* of the first and the second range */
    uint8_t flags;       /* WBX_STEP_VOLATILE */
    bool may_fail;       /* weak compare-exchange: an outcome of its own */
    bool timed;          /* wait with a deadline */
    int16_t target;      /* thread created, joined or detached */
    uint64_t pc;
    uint64_t address, size;
    uint64_t address2, size2;
    uint64_t expected; /* compare-exchange; I/O: ways of either object */
    int64_t deadline;  /* timed operations: virtual nanoseconds */
};

/* One access in the history of one object, newest first. */
struct wbx_access {
    uint64_t address; /* of the granule, or of the object */
    uint32_t event;
    uint32_t older; /* index of the previous access; 0 ends */
    uint16_t local; /* number of the event in its thread, from 1 */
    uint8_t thread, kind, mask;
    uint8_t open; /* who could have taken it before: WBX_OPEN_... */
};

/* A step that has happened in this execution. */
struct wbx_event {
    wbx_clock clock; /* what happened before it, itself included */
    uint64_t pc, address;
    uint32_t first_access, naccesses;
    uint16_t local;
    uint8_t thread, code;
    bool unchanged; /* an atomic write of the value that was there */
};

/* region: node */
/* A choice: who takes step number i, and what has been tried there. */
struct wbx_node {
    uint32_t sleep;     /* threads whose step here leads nowhere new */
    uint32_t backtrack; /* threads to try here */
    uint32_t done;      /* threads tried in full */
    uint32_t barred;    /* threads that would go round once more instead */
    uint8_t thread, outcome, noutcomes;
    uint8_t previous; /* who took the step before */
    uint8_t cost;     /* bounded search: preemptions up to here */
    uint8_t nasked;
    uint8_t asked[WBX_MAX_THREADS]; /* to try later, in this order */
};
/* endregion: node */

/* Everything known of eight bytes of the program's memory. */
struct wbx_cell {
    uint32_t generation; /* execution that head, sync, freed belong to */
    uint32_t head;       /* newest access */
    uint32_t sync;       /* first object living here */
    uint16_t freed;
    uint16_t seen_by; /* in all executions: 0, thread + 1, WBX_SHARED */
};

/* Addresses that stand for what is shared and has no memory; nothing is ever
 * mapped there. Thread t's end is WBX_THREAD_OBJECTS + 8 * t. */
#define WBX_OBJECTS            0x120000000000ul
#define WBX_CREATION_OBJECT    (WBX_OBJECTS + 8)
#define WBX_END_OBJECT         (WBX_OBJECTS + 16)
#define WBX_CLOCK_OBJECT       (WBX_OBJECTS + 24)
#define WBX_DESCRIPTORS_OBJECT (WBX_OBJECTS + 32)
#define WBX_THREAD_OBJECTS     (WBX_OBJECTS + 64)
#define WBX_CHANNEL_OBJECTS    (WBX_OBJECTS + 64 + 8ul * WBX_MAX_THREADS)

enum { WBX_SHARED = 0xffff, WBX_NOBODY = -1, WBX_SPIN_LOCK = 4 };

/* Who could take a semaphore or a read-write lock as it stands. */
enum { WBX_OPEN_SHARED = 1, WBX_OPEN_ALONE = 2 };

enum wbx_object_type {
    WBX_O_ATOMIC,
    WBX_O_MUTEX,
    WBX_O_COND,
    WBX_O_ONCE,
    WBX_O_SEMAPHORE,
    WBX_O_RWLOCK,  /* clock: what writers released */
    WBX_O_READERS, /* at the same address; clock: what readers released */
    WBX_O_BARRIER
};

/* A mutex, condition variable or atomic, as far as this execution knows. */
struct wbx_object {
    uint64_t address;
    uint32_t next; /* next object in the same cell */
    uint8_t type;
    uint8_t mutex_type;  /* PTHREAD_MUTEX_NORMAL..., WBX_SPIN_LOCK */
    int8_t owner;        /* WBX_NOBODY when free */
    uint8_t released_by; /* atomic: head of the release sequence */
    uint32_t count;      /* recursive depth; once: state */
    uint32_t waiters;    /* cond: set of threads */
    uint32_t lost_by;    /* cond: threads whose signal found nobody */
    uint64_t acquired_pc;
    wbx_clock clock; /* what a later acquirer learns */
};

enum wbx_thread_state { WBX_T_NONE, WBX_T_LIVE, WBX_T_OVER };

struct wbx_fiber {
    void *sp;
    uint64_t fs; /* thread-local storage of this fiber */
};

struct wbx_fiber_thread {
    struct wbx_fiber fiber;
    struct wbx_operation op;
    wbx_clock sync;       /* ordered before it by synchronisation alone */
    wbx_clock acquirable; /* read relaxed; an acquire fence makes it count */
    wbx_clock fence;      /* published by relaxed stores after this fence */
    uint32_t last;        /* its latest event or its creation; UINT32_MAX */
    uint16_t local;       /* number of its events */
    uint8_t state;
    uint8_t id;
    bool has_fence;
    bool announcing; /* runs up to its first operation */
    bool detached, joined;
    bool signaled; /* waiting no longer, may lock again */
    bool timed_out;
    bool was_spurious;  /* its last wait returned for no reason */
    bool failed_weakly; /* its last compare-exchange, for no reason */
    bool parked;        /* spins: may go on when a value changes */
    bool exited;        /* main called pthread_exit */
    uint32_t woken_by;  /* event of the signal; UINT32_MAX: none */
    uint64_t waits_on;  /* condition variable */
    struct wbx_fiber_thread *creator;
    void *(*entry)(void *);
    void *argument, *result;
    uint64_t created_pc;
    uint64_t stopped_pc;
    /* recording only */
    uint32_t written_step; /* + 1: its value afterwards is not known yet */
    uint32_t nframes;
    struct wbx_frame frames[64];
    uint64_t callers[64];
    char name[16];
};

typedef struct wbx_fiber_thread wbx_thread;

enum wbx_mode {
    WBX_REDUCED,  /* every class of executions once */
    WBX_BOUNDED,  /* every execution with few preemptions */
    WBX_SAMPLED,  /* executions drawn at random */
    WBX_RECORDING /* one schedule, written down in full */
};

enum wbx_ending { WBX_E_NONE, WBX_E_COMPLETE, WBX_E_REDUNDANT, WBX_E_STOPPED };

/* The search. Lives in the library, outside what a restart resets. */
struct wbx_search {
    struct wbx_shared *shared;
    enum wbx_mode mode;
    enum wbx_ending ending;
    uint32_t generation;
    bool active;       /* the program runs under the explorer */
    bool doomed;       /* this execution has failed; what follows is
                          run only to find other orders */
    bool program_over; /* main has returned or exit was called */
    bool found;        /* this execution failed */
    bool in_circle;    /* by going round in a circle */
    wbx_thread *current;
    uint32_t nthreads;
    uint32_t nsteps;
    uint32_t prefix; /* steps decided before this execution */
    uint32_t sleep;  /* sleep set for the next node */
    uint32_t naccesses, nobjects;
    int bound;
    uint64_t runs; /* executions of the reduced search */
    _Atomic uint64_t *beats;
    uint64_t ticks;        /* all steps ever taken: the watchdog's heartbeat */
    int64_t now;           /* virtual nanoseconds */
    struct wbx_fiber home; /* the explorer's own stack */
};

extern struct wbx_search wbx;
extern wbx_thread wbx_threads[WBX_MAX_THREADS];
extern struct wbx_event *wbx_events;
extern struct wbx_node *wbx_nodes;
extern struct wbx_access *wbx_accesses;
extern struct wbx_object *wbx_objects;

/* rt_main.c */
noreturn void wbx_refuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void *wbx_map(uint64_t address, size_t size);
void wbx_program_range(uint64_t *low, uint64_t *high);
void wbx_restart(void);

/* rt_fiber.c */
void wbx_fiber_setup(void);
void wbx_fiber_prepare(wbx_thread *t, void (*entry)(void *));
uint64_t wbx_fiber_frame(const wbx_thread *t);
const uint8_t *wbx_fiber_tls(const wbx_thread *t, size_t *size);
void wbx_fiber_switch(struct wbx_fiber *from, struct wbx_fiber *to);

/* rt_step.c, rt_search.c */
void wbx_step(wbx_thread *t);
noreturn void wbx_yield_for_ever(wbx_thread *t);
noreturn void wbx_leave(void);
void wbx_run_schedule(const struct wbx_choice *choices, uint32_t n);
noreturn void wbx_end_execution(enum wbx_ending ending);
bool wbx_enabled(const wbx_thread *t);
uint32_t wbx_enabled_set(void);
int wbx_outcome(void);

/* rt_commute.c, rt_reduce.c */
void wbx_commit(wbx_thread *t);
uint32_t wbx_filter_sleep(uint32_t sleep, wbx_thread *t);
void wbx_reverse_pending(void);
int wbx_operation_kind(const wbx_thread *t);
void wbx_join_clock(uint16_t *into, const uint16_t *from);

/* rt_memory.c */
struct wbx_cell *wbx_cell(uint64_t address);
struct wbx_object *wbx_object(uint64_t address, enum wbx_object_type type);
void wbx_check_races(wbx_thread *t, const struct wbx_access *older,
                     const struct wbx_access *mine);
void wbx_memory_setup(void);
uint64_t wbx_peek(uint64_t address, uint64_t size);
void wbx_range(uint64_t pc, const void *read, size_t nread, void *write,
               size_t nwrite);

/* rt_frame.c */
void wbx_frame_entered(const wbx_thread *t, uint64_t low, uint64_t high);
void wbx_frame_left(wbx_thread *t, uint64_t low, uint64_t high, uint64_t pc);
void wbx_frame_check(wbx_thread *t, uint64_t address);

/* rt_sync.c */
int wbx_lock(void *mutex, uint64_t pc);
int wbx_try_lock(void *mutex, int busy, uint64_t pc);
int wbx_unlock(void *mutex, uint64_t pc);
int wbx_wait(void *cond, void *mutex, bool timed, int64_t deadline,
             uint64_t pc);
int wbx_signal(void *cond, uint64_t pc);
int wbx_broadcast(void *cond, uint64_t pc);
int wbx_new_object(void *address, enum wbx_object_type type, int code,
                   uint64_t pc);
void wbx_plain_step(wbx_thread *t, int code, uint64_t address, int kind,
                    uint64_t pc);
bool wbx_lock_enabled(const wbx_thread *t);
int wbx_wait_outcomes(const wbx_thread *t);
bool wbx_expire_wait(void);

/* rt_lock.c */
bool wbx_take_enabled(const wbx_thread *t);
bool wbx_holds(const struct wbx_object *o, const wbx_thread *t);
uint8_t wbx_open_to(uint64_t address);
uint8_t wbx_way(const struct wbx_operation *op, uint64_t address);

/* rt_sample.c, rt_follow.c */
void wbx_follow_begin(void);
int wbx_follow_pick(void);
int wbx_follow_outcome(int outcomes);
void wbx_sample_begin(void);
int wbx_sample_pick(uint32_t enabled, const wbx_thread *current);
int wbx_sample_outcome(int outcomes);

/* rt_keys.c */
void wbx_keys_reset(void);
void wbx_keys_destroy(wbx_thread *t);

/* rt_thread.c */
int wbx_create(void *(*entry)(void *), void *argument, bool detached, void *out,
               uint64_t pc);
int wbx_join(uint64_t handle, void **result, uint64_t pc);
noreturn void wbx_halt(wbx_thread *t);
noreturn void wbx_finish(wbx_thread *t, void *result, uint64_t pc);
void wbx_start_main(int argc, char **argv, char **envp,
                    int (*program)(int, char **, char **));
void wbx_program_ends(int status, uint64_t pc);

/* rt_spin.c */
void wbx_spin_reset(wbx_thread *t);
void wbx_spin_watch(wbx_thread *t);
void wbx_spin_wrote(wbx_thread *t);
bool wbx_spin_may_go_on(const wbx_thread *t);
uint64_t wbx_spin_object(const wbx_thread *t);
uint64_t wbx_spin_state(const wbx_thread *t, uint64_t from);

/* rt_cycle.c */
void wbx_cycle_watch(wbx_thread *t);
uint32_t wbx_cycle_starving(void);

/* rt_heap.c */
void wbx_heap_reset(void);
void wbx_heap_check_leaks(void);
uint32_t wbx_heap_list(struct wbx_allocation *out, uint32_t most);
void *wbx_heap_alloc(size_t size, size_t align, uint64_t pc);

/* rt_libc.c */
void wbx_libc_reset(void);
uint64_t wbx_output_hash(void);
void wbx_output(const char *text, size_t n);

/* rt_io.c */
void wbx_io_reset(void);
uint8_t wbx_channel_open(uint64_t address);

/* rt_report.c: all of these may end the execution and not return. */
void wbx_fail(enum wb_verdict kind, wbx_thread *t, uint64_t pc,
              uint64_t address, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void wbx_fail_race(wbx_thread *t, const struct wbx_access *older,
                   const struct wbx_access *mine);
void wbx_fail_signal(int signal, uint64_t address, bool writes, uint64_t pc);
noreturn void wbx_fail_overflow(wbx_thread *t, uint64_t pc);

/* rt_stuck.c */
void wbx_stuck(void);

/* rt_record.c */
struct wbx_failure_record *wbx_recording(void);
bool wbx_recorded(void);
bool wbx_record_may_end(void);
bool wbx_record_is_of(enum wb_verdict kind);
void wbx_record_step(wbx_thread *t);
void wbx_record_after(wbx_thread *t);
void wbx_record_failed(void);
void wbx_record_output(const char *text, size_t n);
void wbx_record_mark(uint32_t number);
void wbx_record_finish(wbx_thread *t, enum wb_verdict kind, uint64_t pc,
                       uint64_t address);
void wbx_report_all(void);

#endif
