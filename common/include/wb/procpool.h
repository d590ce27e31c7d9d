#ifndef WB_PROCPOOL_H
#define WB_PROCPOOL_H

/**
 * @file procpool.h
 * Worker processes for work that keeps a processor busy.
 *
 *     static int render(const void *task, size_t size,
 *                       struct wb_procpool_reply *reply)
 *     {
 *         ...                      // in a worker: memory of its own
 *         return wb_procpool_answer(reply, picture, bytes);
 *     }
 *
 *     int main(int argc, char **argv)
 *     {
 *         wb_procpool_serve(argc, argv); // first: a worker stays in there
 *         struct wb_procpool *pool;
 *         WB_MUST(wb_procpool_create(&pool, 2, render));
 *         int rc = wb_procpool_map(pool, tasks, n, 1, results, WB_FOREVER);
 *         ...
 *         wb_procpool_results_free(results, n);
 *         wb_procpool_free(pool);
 *     }
 *
 * A worker is the same program, started anew with posix_spawn() and a hidden
 * argument, and not a fork() of the caller. A fork of a program with threads
 * has one thread and all the locks as they were, held ones for ever; and it
 * copies the page tables, which for a parent of 1 GiB takes 70 times as long
 * as a spawn. A new program has neither trouble, and finds the function by its
 * distance from the program's beginning, the same in every process of it.
 *
 * A worker that dies takes down the one task it was at: that task's result
 * says how it died, a new worker takes its place, and the tasks behind it are
 * handed out again. No task is ever started twice.
 *
 * Tasks and results are bytes and are copied. A worker is handed more than one
 * task at a time, the more the faster it answers, so that small tasks are not
 * outweighed by the waking; so if they differ by much in length, one may sit
 * behind a long one. Two million tiny tasks a second are usual.
 *
 * A pool may be used by one thread at a time; distinct pools by distinct
 * threads. Nothing here may be called from a signal handler. Deadlines are
 * those of base.h: CLOCK_MONOTONIC, nanoseconds, absolute.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    WB_PROCPOOL_WORKERS_MAX = 64,
    WB_PROCPOOL_BYTES_MAX = 256 << 20, /* of one task, and of one result */
    WB_PROCPOOL_PENDING_MAX = 1 << 20  /* tasks whose result was not taken */
};

/* -- in a worker -------------------------------------------------------- */

/** Where a task puts its result. */
struct wb_procpool_reply;

/**
 * Work on one task, in a worker.
 *
 * @param task   bytes, the pool's, gone after the return; aligned for any type
 * @param reply  for wb_procpool_answer() and wb_procpool_refuse()
 * @return 0, or a negative errno: the task has failed
 */
typedef int (*wb_procpool_fn)(const void *task, size_t size,
                              struct wb_procpool_reply *reply);

/**
 * Append to the result, any number of times. The bytes are copied.
 * @return 0, -EFBIG beyond WB_PROCPOOL_BYTES_MAX, or -ENOMEM: worth returning
 */
int wb_procpool_answer(struct wb_procpool_reply *reply, const void *bytes,
                       size_t size);

/**
 * Say why the task fails; it replaces whatever was answered.
 * @return rc, a negative errno, so that a task can end with it
 */
int wb_procpool_refuse(struct wb_procpool_reply *reply, int rc,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * Be a worker, if that is what this process was started for: then it never
 * returns. Call it at the head of main, before anything that a worker should
 * not do: everything before it is done in each worker, too. A worker's stdin
 * is empty, its stdout and stderr are the caller's; it leads a process group,
 * and ends by itself when the pool's process is gone, whatever it is at: the
 * signal SIGURG (PR_SET_PDEATHSIG) is taken for that.
 */
void wb_procpool_serve(int argc, char **argv);

/* -- life cycle --------------------------------------------------------- */

/** Worker processes; only ever behind a pointer. */
struct wb_procpool;

/**
 * Start the workers.
 *
 * @param out      receives the pool; free it with wb_procpool_free()
 * @param workers  1 to WB_PROCPOOL_WORKERS_MAX; for work that keeps a
 *                 processor busy, as many as there are processors
 * @param fn       a function of the program itself, not of a shared library
 * @return 0, -EINVAL (workers, fn), or what kept the first from being started:
 * -EMFILE, -EAGAIN, -ENOMEM... Without wb_procpool_serve() before it, misuse.
 */
int wb_procpool_create(struct wb_procpool **out, int workers,
                       wb_procpool_fn fn);

/**
 * End the workers: those at work are killed, the idle ones told; all are
 * waited for. Results not taken are dropped. Nothing is left: no process, no
 * descriptor. NULL is allowed.
 */
void wb_procpool_free(struct wb_procpool *pool);

/* -- operations --------------------------------------------------------- */

/** What came of one task. */
struct wb_procpool_result {
    size_t index; /**< its place in the map; or what submit returned */
    int rc;       /**< 0; what the task returned; -EOWNERDEAD: its worker
                       died; -ECANCELED; -ETIMEDOUT; -ECHILD: no worker
                       could be started, or all died at their start */
    int signal;   /**< that its worker died of; 0: none */
    pid_t worker; /**< process that was at it; 0: never begun */
    char *bytes;  /**< the result, or if rc is not 0 a message of one line;
                       a 0 follows that is not counted; the receiver frees it,
                       with wb_procpool_results_free() */
    size_t size;
};

/** Bytes to work on. */
struct wb_procpool_task {
    const void *bytes;
    size_t size;
};

/** Free the bytes of n results; zeroed ones are allowed. */
void wb_procpool_results_free(struct wb_procpool_result *results, size_t n);

/**
 * Work on n tasks and wait for all of them: results[i] is that of tasks[i],
 * whichever was ready first. Some tasks are copied ahead, fewer when they are
 * large; without memory for a single one the program ends.
 *
 * @param chunk     so many neighbours go to one worker at a time; at least 1
 * @param results   room for n, all filled on any return but -EINVAL and -EBUSY
 * @param deadline  whoever is at work then is killed and replaced, and what is
 *                  not finished ends with -ETIMEDOUT
 * @return 0, or the rc of the first task in the array that failed; -EINVAL (no
 * chunk, or a task too large), -EBUSY (results of submit were not yet taken)
 */
int wb_procpool_map(struct wb_procpool *pool,
                    const struct wb_procpool_task *tasks, size_t n,
                    size_t chunk, struct wb_procpool_result *results,
                    int64_t deadline);

/**
 * Hand over one task; it is worked on while the caller is inside next.
 * @return its index, counted from 0 for each pool; -EINVAL (too large),
 * -EAGAIN (WB_PROCPOOL_PENDING_MAX: take results first), -ENOMEM
 */
ssize_t wb_procpool_submit(struct wb_procpool *pool, const void *bytes,
                           size_t size);

/**
 * Wait for the next task that is completed, whichever it is.
 *
 * @param res  receives the result, with its bytes; untouched on error
 * @return 0, -ETIMEDOUT (they go on), or -ENOENT (no task is pending)
 */
int wb_procpool_next(struct wb_procpool *pool, struct wb_procpool_result *res,
                     int64_t deadline);

/**
 * Give up all that is pending. A process can be killed at any point, so this
 * ends running tasks, too; new workers take the place of those killed. The
 * results, finished ones and -ECANCELED, are there for next at once.
 */
void wb_procpool_cancel(struct wb_procpool *pool);

/* -- queries ------------------------------------------------------------ */

/** @return tasks handed over whose result was not taken */
size_t wb_procpool_pending(const struct wb_procpool *pool);

/** @return workers that were started in place of others */
size_t wb_procpool_replaced(const struct wb_procpool *pool);

#endif
