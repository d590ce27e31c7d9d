#ifndef WBX_PROTOCOL_H
#define WBX_PROTOCOL_H

/**
 * @file protocol.h
 * What the two halves of the explorer say to each other.
 *
 * The driver (driver.c) compiles a program, creates a memfd of
 * sizeof(struct wbx_shared), fills in the request, and starts the program
 * with the descriptor's number in WBX_FD. The runtime, inside that process,
 * explores and writes its findings there, so that they survive whatever the
 * program does to its own memory, and exits. Addresses are the program's;
 * the driver turns them into names with the program's debug information.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define WBX_FD_VARIABLE "WBX_FD"

enum {
    WBX_VERSION = 3,
    WBX_MAX_THREADS = 32,
    WBX_MAX_STEPS = 20000,     /* one execution */
    WBX_MAX_FAILURES = 16,     /* distinct ones that are kept */
    WBX_MAX_KEPT_STEPS = 4000, /* steps kept of one failure: its last ones */
    WBX_MAX_HELD = 8,
    WBX_MAX_STATES = 4096,
    WBX_MAX_ALLOCATIONS = 512,
    WBX_MAX_FRAMES = 128,
    WBX_TEXT = 512,
    WBX_OUTPUT = 65536
};

/* Fixed addresses, so that a schedule means the same in every run. Thread t
 * has its stack at WBX_STACKS + t * WBX_STACK_SIZE (growing down from the
 * end) and its heap arena at WBX_HEAPS + t * WBX_HEAP_SIZE. */
#define WBX_STACKS     0x100000000000ul
#define WBX_STACK_SIZE 0x800000ul
#define WBX_HEAPS      0x110000000000ul
#define WBX_HEAP_SIZE  0x4000000ul
/* Thread t's thread-local variables are somewhere in its part of these, and
 * at the same place in each part. */
#define WBX_LOCALS     0x130000000000ul
#define WBX_LOCAL_SIZE 0x100000ul

/* X(constant, word shown to people) */
#define WBX_OPS(X)                                                             \
    X(WBX_READ, "read")                                                        \
    X(WBX_WRITE, "write")                                                      \
    X(WBX_ATOMIC_LOAD, "atomic load")                                          \
    X(WBX_ATOMIC_STORE, "atomic store")                                        \
    X(WBX_ATOMIC_RMW, "atomic update")                                         \
    X(WBX_ATOMIC_CAS, "compare-exchange")                                      \
    X(WBX_FENCE, "fence")                                                      \
    X(WBX_CREATE, "create")                                                    \
    X(WBX_JOIN, "join")                                                        \
    X(WBX_DETACH, "detach")                                                    \
    X(WBX_THREAD_END, "end")                                                   \
    X(WBX_EXIT, "exit")                                                        \
    X(WBX_LOCK, "lock")                                                        \
    X(WBX_TRYLOCK, "trylock")                                                  \
    X(WBX_UNLOCK, "unlock")                                                    \
    X(WBX_WAIT, "wait")                                                        \
    X(WBX_RELOCK, "woken, lock")                                               \
    X(WBX_SIGNAL, "signal")                                                    \
    X(WBX_BROADCAST, "broadcast")                                              \
    X(WBX_MUTEX_INIT, "init")                                                  \
    X(WBX_MUTEX_DESTROY, "destroy")                                            \
    X(WBX_MALLOC, "malloc")                                                    \
    X(WBX_FREE, "free")                                                        \
    X(WBX_RETURN, "return")                                                    \
    X(WBX_SLEEP, "sleep")                                                      \
    X(WBX_YIELD, "yield")                                                      \
    X(WBX_SEM_WAIT, "sem_wait")                                                \
    X(WBX_SEM_POST, "sem_post")                                                \
    X(WBX_BARRIER, "barrier")                                                  \
    X(WBX_RDLOCK, "read-lock")                                                 \
    X(WBX_WRLOCK, "write-lock")                                                \
    X(WBX_ONCE, "once")                                                        \
    X(WBX_IO_OPEN, "open")                                                     \
    X(WBX_IO_READ, "read()")                                                   \
    X(WBX_IO_WRITE, "write()")                                                 \
    X(WBX_IO_POLL, "poll()")                                                   \
    X(WBX_IO_CLOSE, "close()")

enum wbx_op {
#define X(id, word) id,
    WBX_OPS(X)
#undef X
        WBX_OP_COUNT
};

/* One scheduling decision: which thread takes the next step, and which of
 * the step's outcomes happens (which waiter wakes, a spurious wakeup, a
 * time-out); 0 is the plain one. A schedule is a list of these. */
struct wbx_choice {
    uint8_t thread;
    uint8_t outcome;
};

enum {                         /* wbx_step.flags */
       WBX_STEP_PREEMPTED = 1, /* the thread before it could have gone on */
       WBX_STEP_VALUES = 2,    /* before and after are meaningful */
       WBX_STEP_MARKED = 4, /* in the racing pair, or on the wait-for cycle */
       WBX_STEP_VOLATILE = 8,
       WBX_STEP_FAILED = 16 /* trylock that was busy, wait that timed out,
                               compare-exchange that did not exchange */
};

struct wbx_step {
    uint64_t pc;            /* in the program: just after the call */
    uint64_t caller_pc;     /* of the function it stands in; 0 unknown */
    uint64_t address;       /* of the object; for create, join: the thread */
    uint64_t address2;      /* second object: the mutex of a wait */
    uint64_t size;          /* bytes touched */
    uint64_t before, after; /* the object's value, zero-extended */
    uint64_t frame_pc, frame_rbp; /* of the call whose local it is; 0 */
    uint16_t thread;
    uint16_t op;
    uint16_t outcome;
    uint16_t flags;
};

enum { /* wbx_thread_end.state */
       WBX_ENDED,
       WBX_READY,
       WBX_BLOCKED
};

struct wbx_thread_end {
    uint64_t entry; /* start function */
    uint64_t created_pc;
    uint64_t pc;        /* where it stands */
    uint64_t address;   /* what it is blocked on: mutex, cond */
    uint16_t state, op; /* op it is blocked in */
    int16_t waits_for;  /* thread it waits for, -1 none */
    uint16_t nheld;
    uint64_t held[WBX_MAX_HELD];
    uint64_t held_pc[WBX_MAX_HELD];
};

struct wbx_allocation {
    uint64_t address, size, pc, free_pc; /* free_pc 0 while allocated */
};

/* A live call frame: locals of the function at pc lie below cfa. */
struct wbx_frame {
    uint64_t pc, rbp;
    uint16_t thread;
};

struct wbx_failure_record {
    uint32_t kind;   /* enum wb_verdict */
    uint32_t thread; /* that failed */
    uint32_t preemptions;
    uint32_t cost;     /* how far from simple: the runtime decides by it */
    uint32_t nchoices; /* the schedule that leads there */
    uint32_t nsteps, first_step; /* kept; first_step: number of the first */
    uint32_t nthreads, nallocations, nframes;
    uint64_t pc;          /* where it failed, 0 when nowhere */
    uint64_t address;     /* the object concerned, 0 when none */
    uint64_t pc2;         /* data race: the other access */
    uint64_t locals_from; /* where they begin in a part of WBX_LOCALS */
    int32_t detail;       /* signal number, exit status; livelock: whether
                             threads go round in a circle */
    char text[WBX_TEXT];  /* assertion text, or what the runtime says */
    struct wbx_choice choices[WBX_MAX_STEPS];
    struct wbx_step steps[WBX_MAX_KEPT_STEPS];
    struct wbx_thread_end threads[WBX_MAX_THREADS];
    struct wbx_allocation allocations[WBX_MAX_ALLOCATIONS];
    struct wbx_frame frames[WBX_MAX_FRAMES];
    uint32_t noutput;
    char output[WBX_OUTPUT]; /* what it had printed */
};

/* The execution under way, for when the process dies of it. */
struct wbx_live {
    uint64_t pc;     /* of the last step taken */
    uint32_t nsteps; /* that many have been taken */
    struct wbx_choice choices[WBX_MAX_STEPS];
};

enum { /* wbx_shared.state: where the runtime is */
       WBX_STARTING,
       WBX_EXPLORING,
       WBX_DONE,
       WBX_REFUSED, /* see refusal: exit 4 */
       WBX_DIVERGED /* a replay did not fit the program */
};

/* All states of a small program (rt_graph.c), if the request asks for it. */
enum wbx_map {
    WBX_MAP_NONE,
    WBX_MAP_FINE,  /* each step is a choice */
    WBX_MAP_COARSE /* not those of which nobody else can notice when they come,
                      as long as there is no data race */
};

enum {
    WBX_GRAPH_NODES = 24000,
    WBX_GRAPH_EDGES = 60000,
    WBX_GRAPH_THREADS = 8,
    WBX_GRAPH_ENDS = 64
};

/* Does the order of this step and of others' make no difference? That of an
 * access does, if the two race; what an unlock makes possible is not taken
 * away by steps that come before it. A coarse graph has no choice there. */
static inline bool wbx_graph_is_free(unsigned op)
{
    return op == WBX_READ || op == WBX_WRITE || op == WBX_UNLOCK ||
           op == WBX_RETURN;
}

/* Where a thread stands: its next step, or what it is blocked on. */
struct wbx_graph_thread {
    uint64_t pc, address;
    uint8_t op, state; /* as in wbx_thread_end */
    int8_t waits_for;
};

struct wbx_graph_node {
    uint32_t end; /* + 1: the program ends here, as in ends; 0: it goes on */
    uint32_t nthreads;
    struct wbx_graph_thread threads[WBX_GRAPH_THREADS];
};

struct wbx_graph_edge {
    uint32_t from, to;
    struct wbx_step step;
};

struct wbx_graph {
    uint32_t nnodes, nedges, nends, nthreads;
    uint32_t full; /* or coarse, and there is a data race: no graph of use */
    uint64_t entries[WBX_GRAPH_THREADS]; /* start functions */
    struct wbx_graph_end {
        uint32_t verdict; /* enum wb_verdict */
        char text[160];   /* what is wrong, as the runtime says it */
    } ends[WBX_GRAPH_ENDS];
    struct wbx_graph_node nodes[WBX_GRAPH_NODES];
    struct wbx_graph_edge edges[WBX_GRAPH_EDGES];
};

struct wbx_shared {
    /* request, const once the runtime has started */
    uint32_t version;
    uint32_t all;
    int32_t bound;  /* preemptions; 0 is none set */
    uint32_t map;   /* enum wbx_map */
    uint32_t naive; /* every order of steps, reducing nothing: tests */
    uint32_t replaying;
    uint64_t budget;      /* executions; 0 is the default */
    uint32_t workers;     /* processes that may search at a time */
    uint32_t split_after; /* executions by the first one alone */
    uint32_t replay_kind; /* enum wb_verdict the token is of; 0 any */
    uint32_t nreplay;
    struct wbx_choice replay[WBX_MAX_STEPS];
    uint32_t follow; /* the schedule is of another program: rt_follow.c */
    uint8_t replay_ops[WBX_MAX_STEPS]; /* enum wbx_op of each step of it */

    /* atomic: written by the runtime, polled by the driver */
    _Atomic uint64_t traces, blocked;
    _Atomic uint64_t beats; /* executions of any kind: a sign of life */
    _Atomic uint32_t state;

    /* answer, complete when state is past WBX_EXPLORING; the driver also
     * reads it when the process has died without saying so */
    uint32_t exhaustive;
    uint64_t failing;       /* of the traces: those in which something failed */
    uint32_t cut;           /* some executions were not let go round for ever */
    uint32_t waits_instead; /* the schedule was followed up to where its
                               thread waits: see failures[0] */
    uint64_t nanoseconds;
    uint32_t samples;    /* executions drawn at random besides */
    uint32_t nstates;    /* distinct outputs of complete executions */
    uint64_t states_sum; /* of their hashes: compares two searches */
    uint64_t states[WBX_MAX_STATES];
    uint32_t nfailures;
    char refusal[WBX_TEXT];
    char unmodelled[64]; /* the function that was called, if that is why */
    uint64_t refusal_pc; /* where, 0 when that is not known */
    struct wbx_live live;
    struct wbx_failure_record failures[WBX_MAX_FAILURES];
    struct wbx_graph graph;
};

#endif
