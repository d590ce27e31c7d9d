/*
 * One worker of a process pool, seen from the pool. See procpool_impl.h.
 *
 * Nothing here waits for the worker but wb_link_stop(): sending stops when its
 * socket is full, receiving when its pipe is empty.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "procpool_impl.h"
#include "subprocess_impl.h"
#include "wb/base.h"
#include "wb/trace.h"

enum { JOBS_A_CALL = 64 };

/* -- queues of jobs ---------------------------------------------------------
 */

void wb_jobs_push(struct wb_jobs *jobs, struct wb_job *job)
{
    job->next = NULL;
    *(jobs->first == NULL ? &jobs->first : &jobs->last->next) = job;
    jobs->last = job;
    jobs->count++;
    jobs->bytes += job->head.size;
}

struct wb_job *wb_jobs_pop(struct wb_jobs *jobs)
{
    struct wb_job *job = jobs->first;
    if (job != NULL) {
        jobs->first = job->next;
        jobs->count--;
        jobs->bytes -= job->head.size;
    }
    return job;
}

void wb_jobs_return(struct wb_jobs *jobs, struct wb_jobs *from)
{
    if (from->first == NULL)
        return;
    from->last->next = jobs->first;
    if (jobs->first == NULL)
        jobs->last = from->last;
    jobs->first = from->first;
    jobs->count += from->count;
    jobs->bytes += from->bytes;
    *from = (struct wb_jobs){ 0 };
}

/* -- birth ------------------------------------------------------------------
 */

/* Out of the way of stdio, which the worker shares with us: where that is
 * closed, a descriptor of ours would take its place. */
static int above_stdio(int fd[2])
{
    fd[0] = wb_subprocess_above_stdio(fd[0]);
    fd[1] = wb_subprocess_above_stdio(fd[1]);
    return fd[0] < 0 ? fd[0] : fd[1] < 0 ? fd[1] : 0;
}

/* Ours of both, theirs[0] for tasks and theirs[1] for replies. What is open
 * on failure, too, is the caller's to close. */
static int open_ends(struct wb_link *l, int theirs[2])
{
    int tasks[2], replies[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, tasks) != 0)
        return -errno;
    int rc = above_stdio(tasks);
    l->tasks = tasks[0];
    theirs[0] = tasks[1];
    if (rc < 0)
        return rc;
    if (pipe2(replies, O_CLOEXEC) != 0)
        return -errno;
    rc = above_stdio(replies);
    l->replies = replies[0];
    theirs[1] = replies[1];
    if (rc == 0 && fcntl(l->replies, F_SETFL, O_NONBLOCK) != 0)
        rc = -errno;
    return rc;
}

static int spawn(struct wb_link *l, wb_procpool_fn fn, const int theirs[2])
{
    char number[16], offset[32], parent[16];
    const char *const argv[] = { "/proc/self/exe", WB_PROCPOOL_ARGUMENT,
                                 number,           offset,
                                 parent,           NULL };
    const struct wb_subprocess_options opt = { .argv = argv,
                                               .inherit = true,
                                               .pass_fd = theirs[1] };
    struct wb_subprocess_result why;
    snprintf(number, sizeof(number), "%d", theirs[1]);
    snprintf(parent, sizeof(parent), "%d", (int)getpid());
    snprintf(offset, sizeof(offset), "%jx", (intmax_t)wb_procpool_offset(fn));
    int rc = wb_subprocess_start(&opt, theirs[0], -1, &l->process, &why);
    if (rc < 0)
        wb_subprocess_result_free(&why);
    return rc;
}

int wb_link_start(struct wb_link *l, wb_procpool_fn fn)
{
    int theirs[2] = { -1, -1 };
    *l = (struct wb_link){ .tasks = -1, .replies = -1, .window = 2 };
    l->inbox = malloc(WB_PROCPOOL_READ);
    int rc = l->inbox == NULL ? -ENOMEM : open_ends(l, theirs);
    if (rc == 0)
        rc = spawn(l, fn, theirs);
    wb_subprocess_close(&theirs[0]);
    wb_subprocess_close(&theirs[1]);
    if (rc < 0) {
        l->process = NULL;
        wb_subprocess_close(&l->tasks);
        wb_subprocess_close(&l->replies);
        free(l->inbox);
        l->inbox = NULL;
    }
    return rc;
}

/* In a trace, what the worker is at: the first of its tasks without a reply. */
static void trace_task(struct wb_link *l)
{
    char name[WB_TRACE_NAME_MAX];
    int track = l->process->track;

    if (l->traced)
        wb_trace_end_on(track);
    l->traced = track >= 0 && l->greeted && l->sent.first != NULL;
    if (!l->traced)
        return;
    snprintf(name, sizeof(name), "task %zu", l->sent.first->res.index);
    wb_trace_begin_on(track, name);
}

/* -- sending ----------------------------------------------------------------
 */

void wb_link_give(struct wb_link *l, struct wb_job *job)
{
    job->res.worker = wb_subprocess_pid(l->process);
    wb_jobs_push(&l->sent, job);
    if (l->sending == NULL)
        l->sending = job;
    if (!l->traced)
        trace_task(l);
}

/* What of the unsent jobs goes into one call. */
static size_t gather(const struct wb_link *l, struct iovec *parts)
{
    size_t n = 0, skip = l->sent_bytes;
    for (struct wb_job *job = l->sending; job != NULL && n < JOBS_A_CALL;
         job = job->next) {
        size_t frame = wb_procpool_frame(job->head.size);
        parts[n].iov_base = (char *)&job->head + skip;
        parts[n++].iov_len = frame - skip;
        skip = 0;
    }
    return n;
}

static void advance(struct wb_link *l, size_t n)
{
    l->sent_bytes += n;
    while (l->sending != NULL) {
        size_t frame = wb_procpool_frame(l->sending->head.size);
        if (l->sent_bytes < frame)
            return;
        l->sent_bytes -= frame;
        l->sending = l->sending->next;
    }
}

/* An error other than "full" means that it has ended: receive will say so. */
void wb_link_send(struct wb_link *l)
{
    struct iovec parts[JOBS_A_CALL];
    ssize_t n = 1;
    while (l->sending != NULL && n > 0) {
        struct msghdr message = { .msg_iov = parts,
                                  .msg_iovlen = gather(l, parts) };
        n = sendmsg(l->tasks, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0)
            advance(l, (size_t)n);
    }
}

/* -- receiving --------------------------------------------------------------
 */

/* The first reply in the pipe is that of the first job that was sent. */
static void complete(struct wb_link *l, struct wb_jobs *done)
{
    if (!l->greeted) {
        l->greeted = true;
        free(l->reply);
    } else {
        struct wb_job *job = wb_jobs_pop(&l->sent);
        l->reply[l->reply_size] = '\0';
        job->res.rc = (int)l->head.rc;
        job->res.bytes = l->reply;
        job->res.size = l->reply_size;
        wb_jobs_push(done, job);
        l->nanswers++;
    }
    l->reply = NULL;
    trace_task(l);
}

/* A head that no worker of ours would write: something has scribbled over it
 * or into its pipe. */
static bool makes_sense(const struct wb_link *l)
{
    bool expected =
        !l->greeted || (l->sent.first != NULL && l->sent.first != l->sending);
    return expected && l->head.size <= WB_PROCPOOL_BYTES_MAX &&
           l->head.rc <= 0 && l->head.rc >= -WB_PROCPOOL_ERRNO_MAX;
}

static int begin_reply(struct wb_link *l, const char *bytes)
{
    memcpy(&l->head, bytes, sizeof(l->head));
    if (!makes_sense(l))
        return -EPIPE;
    l->reply = malloc((size_t)l->head.size + 1);
    l->reply_size = 0;
    return l->reply != NULL ? 0 : -EPIPE;
}

/* Take replies apart, as far as they are there. */
static int parse(struct wb_link *l, struct wb_jobs *done)
{
    size_t at = 0;
    for (;;) {
        size_t have = l->inbox_size - at;
        if (l->reply == NULL) {
            if (have < sizeof(l->head))
                break;
            int rc = begin_reply(l, l->inbox + at);
            if (rc < 0)
                return rc;
            at += sizeof(l->head);
            have -= sizeof(l->head);
        }
        size_t missing = (size_t)l->head.size - l->reply_size;
        size_t part = have < missing ? have : missing;
        memcpy(l->reply + l->reply_size, l->inbox + at, part);
        l->reply_size += part;
        at += part;
        if (part < missing)
            break;
        complete(l, done);
    }
    memmove(l->inbox, l->inbox + at, l->inbox_size - at);
    l->inbox_size -= at;
    return 1;
}

int wb_link_receive(struct wb_link *l, struct wb_jobs *done)
{
    ssize_t n = read(l->replies, l->inbox + l->inbox_size,
                     WB_PROCPOOL_READ - l->inbox_size);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (n <= 0)
        return -EPIPE;
    l->inbox_size += (size_t)n;
    return parse(l, done);
}

/* -- death ------------------------------------------------------------------
 */

int wb_link_end_fd(const struct wb_link *l)
{
    return l->process->pidfd;
}

void wb_link_hang_up(struct wb_link *l)
{
    wb_subprocess_close(&l->tasks);
}

int wb_link_stop(struct wb_link *l, int64_t ms, char *why, size_t size)
{
    wb_link_hang_up(l);
    if (wb_subprocess_wait_until(l->process, wb_deadline_in_ms(ms)) < 0)
        wb_subprocess_finish(l->process);
    const struct wb_subprocess_result *res = wb_subprocess_result(l->process);
    const char *how = strchr(res->message, ':'); /* behind the program's name */
    snprintf(why, size, "%s", how != NULL ? how + 2 : res->message);
    int number = res->outcome == WB_SIGNALED ? res->code : 0;
    if (l->traced) /* what it was at lasted as long as it did */
        wb_trace_end_on(l->process->track);
    wb_subprocess_free(l->process);
    wb_subprocess_close(&l->replies);
    free(l->inbox);
    free(l->reply);
    l->process = NULL;
    l->inbox = l->reply = NULL;
    return number;
}
