#ifndef WB_PROCPOOL_IMPL_H
#define WB_PROCPOOL_IMPL_H

/*
 * What the files of the procpool module share:
 *
 *   procpool.c         the public calls
 *   procpool_loop.c    hand out, wait, receive, replace
 *   procpool_link.c    one worker, seen from the pool: start, send, receive
 *   procpool_worker.c  the worker itself
 *
 * A worker has a socket for tasks, its stdin, and a pipe for replies. It does
 * one task after the other in the order they came, and each reply is in the
 * pipe before the next task begins. So when it dies, what the pipe still
 * holds is complete, and the task it was at is the first without a reply.
 *
 *   task    struct wb_procpool_head, then the bytes, padded so that each head
 *           and each task is aligned
 *   reply   struct wb_procpool_head, then the bytes
 *
 * The first reply says no more than that the worker is ready.
 */

#include "wb/procpool.h"

#include "wb/subprocess.h"

#define WB_PROCPOOL_ARGUMENT "--wb-procpool-worker"

enum {
    WB_PROCPOOL_READ = 1 << 16,   /* bytes asked for at a time */
    WB_PROCPOOL_WINDOW_MAX = 128, /* chunks that a worker has at most */
    WB_PROCPOOL_ERRNO_MAX = 4095  /* what the kernel takes for an errno */
};

/* What stands before each task and each reply. */
struct wb_procpool_head {
    uint64_t size;
    int64_t rc; /* of a reply */
};

/* A task, from submit until its result is taken. What goes to the worker is
 * the head and the bytes behind it. */
struct wb_job {
    struct wb_job *next;
    struct wb_procpool_result res;
    struct wb_procpool_head head;
    char bytes[];
};

/* Bytes that a task of that size takes with its head and its padding. */
static inline size_t wb_procpool_frame(uint64_t size)
{
    size_t head = sizeof(struct wb_procpool_head);
    return (size_t)((size + 2 * head - 1) / head * head);
}

/* First in, first out. */
struct wb_jobs {
    struct wb_job *first, *last;
    size_t count;
    size_t bytes; /* of their tasks */
};

/* One worker, or a place for one. All of it: owner thread only. */
struct wb_link {
    struct wb_subprocess *process; /* NULL: there is none */
    int tasks, replies;            /* our ends; -1 without a process */
    bool greeted;                  /* it has said that it is ready */
    bool traced;                   /* there is a span of what it is at */
    size_t window;                 /* chunks it may have */
    struct wb_jobs sent;           /* given to it, no reply yet */
    struct wb_job *sending;        /* the first not sent in full; or NULL */
    size_t sent_bytes;             /* of that one */
    size_t nanswers;               /* replies in the last turn */
    char *inbox;                   /* WB_PROCPOOL_READ bytes */
    size_t inbox_size;             /* of those in use */
    char *reply;                   /* being received; NULL: its head is not
                                      there yet */
    struct wb_procpool_head head;
    size_t reply_size; /* received of it */
};

/* owner thread only: all of it */
struct wb_procpool {
    wb_procpool_fn fn;
    size_t chunk;          /* tasks handed out at a time */
    struct wb_jobs queued; /* not with any worker */
    struct wb_jobs done;   /* results not taken */
    size_t pending;        /* submitted, result not taken */
    size_t nsubmitted;
    size_t replaced;
    int births;    /* workers in a row that ended before they were ready */
    char why[256]; /* how the last of them ended */
    size_t n;
    struct wb_link links[];
};

void wb_jobs_push(struct wb_jobs *jobs, struct wb_job *job);
struct wb_job *wb_jobs_pop(struct wb_jobs *jobs);

/* Put all of from before what is in jobs. */
void wb_jobs_return(struct wb_jobs *jobs, struct wb_jobs *from);

/* Start a worker in an empty place. Returns 0 or a negative errno. */
int wb_link_start(struct wb_link *l, wb_procpool_fn fn);

/* Give it a job; it is sent when there is room. */
void wb_link_give(struct wb_link *l, struct wb_job *job);
void wb_link_send(struct wb_link *l);

/* Read once; the jobs that were answered, with their results, go to done.
 * Returns 1 (there may be more), 0 (nothing now) or -EPIPE (never again). */
int wb_link_receive(struct wb_link *l, struct wb_jobs *done);

/* Readable once the worker has ended. */
int wb_link_end_fd(const struct wb_link *l);

/* Let it know that no more tasks come: an idle one then ends. */
void wb_link_hang_up(struct wb_link *l);

/* Wait for a worker that has ended or is to end, kill it if it does not in
 * ms, and empty the place but for l->sent. why receives how it ended; returns
 * the signal or 0. */
int wb_link_stop(struct wb_link *l, int64_t ms, char *why, size_t size);

/* Fill the empty places. Returns how many workers there are, or why none. */
int wb_procpool_start_missing(struct wb_procpool *pool);

/* One turn of the loop. Returns 0 or a negative errno. */
int wb_procpool_turn(struct wb_procpool *pool, int64_t deadline);

/* Give all these jobs a result that says so. */
void wb_procpool_fail_all(struct wb_procpool *pool, struct wb_jobs *jobs,
                          int rc, const char *message);

/* Where in the program fn stands; -EINVAL if nowhere. */
intptr_t wb_procpool_offset(wb_procpool_fn fn);

#endif
