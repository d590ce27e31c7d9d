/*
 * The worker's side of a process pool. See procpool_impl.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "procpool_impl.h"
#include "wb/base.h"

enum { MESSAGE_MAX = 512, ARGUMENTS = 5 };

/* The linker's names for where the program begins and its code ends. */
extern const char __executable_start[], etext[];

/* const after serve: whether main has called it */
static bool served;

/* The head stands before the bytes, so that one write sends both. */
struct wb_procpool_reply {
    char *bytes;
    size_t size, room; /* both with the head */
    bool refused;
};

struct reader {
    int fd;
    char *bytes;
    size_t begin, end, room;
};

/* -- for the task's function ----------------------------------------------- */

int wb_procpool_answer(struct wb_procpool_reply *reply, const void *bytes,
                       size_t size)
{
    size_t used = reply->size - sizeof(struct wb_procpool_head);
    if (size > WB_PROCPOOL_BYTES_MAX - used)
        return -EFBIG;
    if (reply->room - reply->size < size) {
        size_t room = 2 * reply->room > reply->size + size ? 2 * reply->room
                                                           : reply->size + size;
        char *more = realloc(reply->bytes, room);
        if (more == NULL)
            return -ENOMEM;
        reply->bytes = more;
        reply->room = room;
    }
    if (size > 0)
        memcpy(reply->bytes + reply->size, bytes, size);
    reply->size += size;
    return 0;
}

int wb_procpool_refuse(struct wb_procpool_reply *reply, int rc,
                       const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list args;
    if (rc >= 0)
        wb_misuse("wb_procpool_refuse: %d is no negative errno", rc);
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    reply->size = sizeof(struct wb_procpool_head);
    reply->refused = true;
    int full = wb_procpool_answer(reply, message, strlen(message));
    return full < 0 ? full : rc;
}

/* -- the loop ---------------------------------------------------------------
 */

intptr_t wb_procpool_offset(wb_procpool_fn fn)
{
    if (!served)
        wb_misuse("wb_procpool: call wb_procpool_serve(argc, argv) at the "
                  "head of main");
    uintptr_t begin = (uintptr_t)__executable_start, at = (uintptr_t)fn;
    if (at < begin || at >= (uintptr_t)etext)
        return -EINVAL;
    return (intptr_t)(at - begin);
}

/* The pool is gone, or has no more work: both end a worker. */
static _Noreturn void leave(void)
{
    exit(EXIT_SUCCESS);
}

/* Have n bytes in one piece at r->bytes + r->begin. */
static void need(struct reader *r, size_t n)
{
    if (r->end - r->begin >= n)
        return;
    memmove(r->bytes, r->bytes + r->begin, r->end - r->begin);
    r->end -= r->begin;
    r->begin = 0;
    if (r->room < n) {
        r->bytes = realloc(r->bytes, n);
        if (r->bytes == NULL)
            wb_die("a task of %zu bytes: no memory for it", n);
        r->room = n;
    }
    while (r->end < n) {
        ssize_t got = read(r->fd, r->bytes + r->end, r->room - r->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            leave();
        r->end += (size_t)got;
    }
}

static void send_reply(int fd, struct wb_procpool_reply *reply, int rc)
{
    struct wb_procpool_head head = { reply->size - sizeof(head), rc };
    memcpy(reply->bytes, &head, sizeof(head));
    for (size_t done = 0; done < reply->size;) {
        ssize_t n = write(fd, reply->bytes + done, reply->size - done);
        if (n < 0 && errno != EINTR)
            leave();
        done += n > 0 ? (size_t)n : 0;
    }
    reply->size = sizeof(head);
    reply->refused = false;
}

/* A failure without a message gets the meaning of its number. */
static int do_task(wb_procpool_fn fn, const void *task, size_t size,
                   struct wb_procpool_reply *reply)
{
    int rc = fn(task, size, reply);
    if (rc > 0 || rc < -WB_PROCPOOL_ERRNO_MAX)
        return wb_procpool_refuse(reply, -EPROTO,
                                  "the task returned %d: 0 or a negative "
                                  "errno is asked for",
                                  rc);
    if (rc < 0 && !reply->refused)
        return wb_procpool_refuse(reply, rc, "%s", strerror(-rc));
    return rc;
}

static _Noreturn void work(int tasks, int replies, wb_procpool_fn fn)
{
    struct wb_procpool_reply reply = { .bytes = wb_alloc(WB_PROCPOOL_READ, 1),
                                       .size = sizeof(struct wb_procpool_head),
                                       .room = WB_PROCPOOL_READ };
    struct reader r = { .fd = tasks,
                        .bytes = wb_alloc(WB_PROCPOOL_READ, 1),
                        .room = WB_PROCPOOL_READ };
    send_reply(replies, &reply, 0);
    for (;;) {
        struct wb_procpool_head head;
        need(&r, sizeof(head));
        memcpy(&head, r.bytes + r.begin, sizeof(head));
        need(&r, wb_procpool_frame(head.size));
        const char *task = r.bytes + r.begin + sizeof(head);
        int rc = do_task(fn, task, head.size, &reply);
        r.begin += wb_procpool_frame(head.size);
        send_reply(replies, &reply, rc);
    }
}

static pid_t parent; /* const after serve */

static void look_for_parent(int number)
{
    (void)number;
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
}

/* A worker at an endless task reads no end of its socket. The kernel sends
 * this signal when the parent's *thread* that started us has ended, which may
 * mean nothing: then another thread of it is our parent, and so on. A program
 * that a task executes ignores the signal. */
static void end_with_parent(void)
{
    struct sigaction action = { .sa_handler = look_for_parent,
                                .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    WB_MUST_SYS(sigaction(SIGURG, &action, NULL));
    WB_MUST_SYS(prctl(PR_SET_PDEATHSIG, SIGURG));
    look_for_parent(0); /* it may be gone already */
}

void wb_procpool_serve(int argc, char **argv)
{
    served = true;
    if (argc != ARGUMENTS || strcmp(argv[1], WB_PROCPOOL_ARGUMENT) != 0)
        return;
    int replies = (int)strtol(argv[2], NULL, 10);
    uintptr_t offset = strtoul(argv[3], NULL, 16);
    parent = (pid_t)strtol(argv[4], NULL, 10);
    end_with_parent();
    /* The task's function and its children find an empty stdin instead. */
    int tasks = WB_MUST_SYS(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    int nothing = WB_MUST_SYS(open("/dev/null", O_RDONLY | O_CLOEXEC));
    WB_MUST_SYS(dup2(nothing, STDIN_FILENO));
    close(nothing);
    WB_MUST_SYS(fcntl(replies, F_SETFD, FD_CLOEXEC));
    wb_thread_name_set("worker");
    work(tasks, replies,
         (wb_procpool_fn)((uintptr_t)__executable_start + offset));
}
