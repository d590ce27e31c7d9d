#ifndef WB_SUBPROCESS_IMPL_H
#define WB_SUBPROCESS_IMPL_H

/*
 * What the files of the subprocess module share:
 *
 *   subprocess.c        the public calls, and the sentence on how it ended
 *   subprocess_spawn.c  descriptors and posix_spawn()
 *   subprocess_io.c     one poll() loop that serves any number of them
 *   subprocess_kill.c   the end: kill and reap
 *   subprocess_sweep.c  whose processes are whose; escapees
 *   pipeline.c          a | b | c
 */

#include "wb/subprocess.h"

/* One captured stream; the bytes are those of the result. */
struct wb_capture {
    int fd; /* our end, or -1 */
    char *bytes;
    size_t size, room;
};

struct wb_subprocess {
    /* const after spawn */
    pid_t pid;
    int64_t deadline; /* WB_FOREVER when there is none */
    size_t output_max;
    unsigned processes_max;
    bool sweep;
    pid_t *before; /* children the caller had when the sweep began */
    size_t nbefore;
    bool adopting; /* guarded by the registry's mutex */

    /* owner thread only */
    char *name; /* argv[0], for messages */
    int track;  /* in a trace; -1: none */
    int pidfd;  /* readable once it has ended; -1 when reaped */
    int in;     /* our end of its stdin, or -1 */
    const char *input;
    size_t input_left;
    struct wb_capture out, err;
    int64_t next_count; /* when to look again whether there are many more */
    int64_t next_list;  /* when to count them, although there are not */
    unsigned crowd;     /* threads in the system when they were counted */
    pid_t urgent_tid;   /* thread that hurries for it; 0: none */
    bool killed;        /* by us, for the reason in verdict */
    enum wb_outcome verdict;
    int error; /* the first failed read or wait */
    bool done; /* reaped, and res is complete */
    struct wb_subprocess_result res;

    /* guarded by the registry's mutex */
    struct wb_subprocess *next;
};

/* Start opt. in_fd and out_fd, unless -1, become its stdin and stdout; they
 * stay the caller's. On failure *res is filled as WB_NOT_RUN. */
int wb_subprocess_start(const struct wb_subprocess_options *opt, int in_fd,
                        int out_fd, struct wb_subprocess **out,
                        struct wb_subprocess_result *res);

/* Move data and watch deadlines until any (or all) of p[0..n) are done.
 * Returns 0, -ETIMEDOUT or -ENOMEM. */
int wb_subprocess_pump(struct wb_subprocess **p, size_t n, bool any,
                       int64_t deadline);

/* Read what is there now, up to its cap; marks p when the cap is passed. */
void wb_subprocess_drain(struct wb_subprocess *p);

/* Kill the rest of the group, reap, drain, sweep; then p is done. It blocks
 * for as long as killed processes take to die. */
void wb_subprocess_finish(struct wb_subprocess *p);

/* Count its processes: the group, and with sweep those that left it. */
unsigned wb_subprocess_count(const struct wb_subprocess *p);

/* The list of everything started here and not yet reaped. The lock is held
 * around posix_spawn(), so that no sweep takes a child for an orphan before
 * it is listed. */
void wb_subprocess_lock(void);
void wb_subprocess_unlock(void);
void wb_subprocess_enlist_locked(struct wb_subprocess *p);
void wb_subprocess_delist_locked(struct wb_subprocess *p);

/* Begin adopting orphans for p, before it is started; end it again. */
int wb_subprocess_adopt_locked(struct wb_subprocess *p);
void wb_subprocess_disown_locked(struct wb_subprocess *p);

/* Kill all that can be seen of p, once, without waiting. */
void wb_subprocess_strike(struct wb_subprocess *p);

/* Kill and reap all that left the group of p, which is no longer listed. */
void wb_subprocess_sweep_locked(struct wb_subprocess *p, int64_t deadline);

/* Run ahead of others while p runs, if it has a cap on processes, so that they
 * can be counted and killed; and go back to what was before. Both in the same
 * thread, or else the second does nothing. */
void wb_subprocess_raise(struct wb_subprocess *p);
void wb_subprocess_lower(struct wb_subprocess *p);

void wb_subprocess_close(int *fd); /* close unless -1, and set to -1 */

/* Move a descriptor out of the way of stdio. Closes fd; -1 gives -errno. */
int wb_subprocess_above_stdio(int fd);

/* Write the sentence of p->res.message. */
void wb_subprocess_describe(struct wb_subprocess *p);

#endif
