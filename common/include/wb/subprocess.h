#ifndef WB_SUBPROCESS_H
#define WB_SUBPROCESS_H

/**
 * @file subprocess.h
 * Run programs, and leave no process, zombie or descriptor behind.
 *
 *     const char *argv[] = { "sort", NULL };
 *     struct wb_subprocess_result res;
 *     int rc = wb_subprocess_check(&(struct wb_subprocess_options){
 *         .argv = argv, .input = text, .input_size = strlen(text),
 *         .deadline = wb_deadline_in_ms(5000) }, &res);
 *     puts(rc == 0 ? res.out : res.message);
 *     wb_subprocess_result_free(&res);
 *
 * Each program leads a process group of its own. When it ends, or its
 * deadline comes, the rest of the group gets SIGKILL and is waited for.
 * Deadlines are those of base.h. Distinct objects may be used by distinct
 * threads; nothing here may be called from a signal handler. SIGPIPE never
 * reaches the caller: it is blocked in the calling thread for each write,
 * and one raised by that write is taken back before it is unblocked.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { WB_SUBPROCESS_OUTPUT_MAX = 64 << 20 /* bytes */ };

/** What to run. Zero is the default of every field but argv; not kept. */
struct wb_subprocess_options {
    const char *const *argv; /**< ends with NULL; argv[0] is sought in PATH */
    const char *cwd;         /**< directory to run in; NULL: the caller's */
    const char *const *env;  /**< whole environment; NULL: the caller's */
    const void *input;       /**< for stdin, kept alive by the caller while it
                                  runs; NULL: stdin is /dev/null */
    size_t input_size;       /**< bytes */
    const char *out_path;    /**< file for stdout; NULL: captured */
    const char *err_path;    /**< the same for stderr */
    bool discard;            /**< /dev/null instead of captures */
    bool inherit;            /**< the caller's stdout and stderr instead */
    int pass_fd;             /**< inherited under the same number; 0: none */
    int64_t deadline;        /**< then the group is killed; 0: never */
    size_t output_max;       /**< bytes captured of stdout and of stderr each;
                                more, and it is killed; 0: the default */
    unsigned processes_max; /**< in the group, and with sweep beyond it; counted
                               every few milliseconds; one more, and all are
                               killed; 0: any number. As a backstop lowers its
                               RLIMIT_NPROC, and the calling thread hurries
                               (SCHED_RR, where allowed) until it has seen the
                               end: wait in the thread that started it */
    bool sweep; /**< also kill those that left the group (setsid): the caller
                     adopts orphans meanwhile (PR_SET_CHILD_SUBREAPER), and
                     must start other children only through this module */
};

/** Why a child is no longer running. */
enum wb_outcome {
    WB_EXITED,             /**< code is the exit status */
    WB_SIGNALED,           /**< code is the signal it died of */
    WB_TIMED_OUT,          /**< killed at its deadline */
    WB_TOO_MUCH_OUTPUT,    /**< killed for output_max */
    WB_TOO_MANY_PROCESSES, /**< killed for processes_max */
    WB_NOT_RUN             /**< could not be started; code is -errno */
};

/** How it ended. The buffers end with a 0 that is not counted. */
struct wb_subprocess_result {
    enum wb_outcome outcome;
    int code;
    char *out, *err; /**< captured; never NULL; see result_free */
    size_t out_size, err_size;
    unsigned swept;    /**< processes outside the group that were killed */
    char message[256]; /**< one line, e.g. "cc: exit status 1: a.c:3: ..." */
};

/** Free the captures; a zeroed result is allowed. */
void wb_subprocess_result_free(struct wb_subprocess_result *res);

/**
 * Run a program to its end. Input and output are moved with poll(), so no
 * full pipe can block the two sides against each other.
 *
 * @param res  always filled; free it with wb_subprocess_result_free()
 * @return 0 however it ended; -ENOENT when there is no such command (exit
 * status 127 is a program's own and comes as WB_EXITED), or what else kept
 * it from being started or read: -EACCES, -E2BIG, -EMFILE, -ENOMEM...
 */
int wb_subprocess_run(const struct wb_subprocess_options *opt,
                      struct wb_subprocess_result *res);

/**
 * wb_subprocess_run() that takes anything but exit status 0 for an error.
 * @return 0; -ETIMEDOUT, -EFBIG (output), -EAGAIN (processes), -EIO (exit
 * status or signal, see res->message); or what run returns
 */
int wb_subprocess_check(const struct wb_subprocess_options *opt,
                        struct wb_subprocess_result *res);

/**
 * Run opt[0] | opt[1] | ... | opt[n-1] at the same time. Only opt[0] may
 * have input, only the last one's out is captured; each has its own err.
 * res[i].outcome tells how each ended; SIGPIPE in an early one is normal.
 *
 * @return 0, or a negative errno when one could not be started: the others
 * are then killed. All n results are filled and must be freed.
 */
int wb_subprocess_pipeline(const struct wb_subprocess_options *opt, size_t n,
                           struct wb_subprocess_result *res);

/* -- programs that run while the caller does something else -------------- */

/** A program that was started. */
struct wb_subprocess;

/**
 * Start a program. Output that is captured is read only inside the wait_
 * calls; one that runs long should have paths or discard.
 *
 * @param out  on 0, free it with wb_subprocess_free()
 * @return 0 or a negative errno, as wb_subprocess_run()
 */
int wb_subprocess_spawn(const struct wb_subprocess_options *opt,
                        struct wb_subprocess **out);

/** @return its process id, which is also its group's */
pid_t wb_subprocess_pid(const struct wb_subprocess *p);

/** @return whether it still runs; never blocks */
bool wb_subprocess_alive(struct wb_subprocess *p);

/** Wait for its end. @return 0, -ETIMEDOUT (it goes on), or a failed read */
int wb_subprocess_wait_until(struct wb_subprocess *p, int64_t deadline);

/** Wait for all of p[0..n); NULLs are skipped. @return as wait_until */
int wb_subprocess_wait_all(struct wb_subprocess **p, size_t n,
                           int64_t deadline);

/**
 * Wait for any of p[0..n); NULLs are skipped: set to NULL what you have had.
 * @return its index, -ETIMEDOUT, or -ECHILD when all are NULL
 */
int wb_subprocess_wait_any(struct wb_subprocess **p, size_t n,
                           int64_t deadline);

/** SIGTERM to the group; SIGKILL when it still runs at deadline; wait.
 *  @return 0, or a failed read */
int wb_subprocess_terminate(struct wb_subprocess *p, int64_t deadline);

/** @return how it ended, valid until it is freed; NULL before a call that
 *  waits has seen its end */
const struct wb_subprocess_result *
wb_subprocess_result(const struct wb_subprocess *p);

/** Free it and its result; kill and reap it first if it runs. NULL allowed. */
void wb_subprocess_free(struct wb_subprocess *p);

#endif
