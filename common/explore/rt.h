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
 *   rt_graph.c   every state, and the steps between them
 *
 * A step is announced before it happens: a thread describes its next
 * operation in thread.op and calls wbx_step(), which returns when the thread
 * has been chosen to perform it. So at every choice the next operation of
 * every thread is known.
 *
 * All of this state belongs to the one kernel thread that runs the program;
 * nothing here needs a lock.
 */

#include <stdnoreturn.h>
#include <time.h>

#include "rt_state.h"

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

/* rt_entry.c */
extern uint64_t wbx_wiped_from; /* const after start */

/* rt_fiber.c */
extern uint64_t wbx_locals_from;              /* in a part of WBX_LOCALS */
extern uint64_t wbx_deepest[WBX_MAX_THREADS]; /* end of a stack at a step */
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
void wbx_locals_left(wbx_thread *t, uint64_t pc);
void wbx_locals_check(wbx_thread *t, uint64_t address);
void wbx_frame_check(wbx_thread *t, uint64_t address, uint64_t size);

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
int64_t wbx_nanoseconds(const struct timespec *ts);

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
const void *wbx_keys_values(const wbx_thread *t, size_t *size);

/* rt_thread.c */
int wbx_create(void *(*entry)(void *), void *argument, bool detached, void *out,
               uint64_t pc);
int wbx_join(uint64_t handle, void **result, uint64_t pc);
noreturn void wbx_halt(wbx_thread *t);
noreturn void wbx_finish(wbx_thread *t, void *result, uint64_t pc);
void wbx_start_main(int argc, char **argv, char **envp,
                    int (*program)(int, char **, char **));

/* rt_exit.c */
typedef void wbx_constructor(int, char **, char **);
struct wbx_constructors {
    wbx_constructor **at;
    size_t n;
};
extern struct wbx_constructors wbx_constructors, wbx_destructors;
void wbx_exit_reset(int argc, char **argv, char **envp);
void wbx_run_constructors(void);
void wbx_program_ends(int status, uint64_t pc);
void wbx_last_ends(wbx_thread *t);
void wbx_check_locks(wbx_thread *t, uint64_t pc, const char *when);

/* rt_spin.c */
void wbx_spin_reset(wbx_thread *t);
void wbx_spin_watch(wbx_thread *t);
void wbx_spin_wrote(wbx_thread *t);
bool wbx_spin_may_go_on(const wbx_thread *t);
bool wbx_spin_let_pass(void);
uint64_t wbx_spin_object(const wbx_thread *t);
uint64_t wbx_spin_state(const wbx_thread *t, uint64_t from);

/* rt_cycle.c */
void wbx_cycle_watch(wbx_thread *t);
uint32_t wbx_cycle_starving(void);
uint64_t wbx_cycle_state(void);

/* rt_heap.c */
void wbx_heap_reset(void);
void wbx_heap_check_leaks(void);
uint32_t wbx_heap_list(struct wbx_allocation *out, uint32_t most);
void *wbx_heap_alloc(size_t size, size_t align, uint64_t pc);

/* rt_libc.c */
void wbx_libc_reset(void);
void wbx_random_inherit(const wbx_thread *t);
uint64_t wbx_output_hash(void);
void wbx_output(const char *text, size_t n);

/* rt_signal.c */
void wbx_signal_reset(void);

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
void wbx_record_begin(struct wbx_failure_record *r);
void wbx_record_thread(struct wbx_thread_end *out, const wbx_thread *t);
void wbx_report_all(void);

/* rt_graph.c */
int wbx_graph_pick(struct wbx_node *n, const wbx_thread *current);
void wbx_graph_fail(enum wb_verdict kind, const char *text);
noreturn void wbx_graph_end(void);
void wbx_graph_begin(uint32_t prefix);

#endif
