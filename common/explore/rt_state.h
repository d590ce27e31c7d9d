#ifndef WBX_RT_STATE_H
#define WBX_RT_STATE_H

/**
 * @file rt_state.h
 * What the runtime keeps of a program, an execution and the search: steps and
 * their accesses, choices, memory, objects, threads. rt.h says what this is
 * part of.
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

/* What the program's calls of that function come to. */
#define WRAP(type, name, ...)                                                  \
    WBX_EXPORT type __wrap_##name(__VA_ARGS__);                                \
    type __wrap_##name(__VA_ARGS__)

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
    bool failed;      /* something went wrong when that step was taken */
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

#endif
