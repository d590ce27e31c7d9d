/* A server to do real socket I/O against: the caller's side. wb/server.h.
 *
 * Next: server_loop.c, which serves; server_impl.h has the state */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server_impl.h"

enum { CONNECTIONS = 1024, BACKLOG = 4096, STACK = 256 << 10 };

/* -- what it needs ------------------------------------------------------ */

static int open_listener(struct wb_server *s)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);

    s->listener =
        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        bind(s->listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
        listen(s->listener, BACKLOG) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &size) < 0)
        return -errno;
    s->port = ntohs(at.sin_port);
    return 0;
}

static int open_all(struct wb_server *s)
{
    s->listener = s->epoll = s->alive = -1;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake < 0)
        return -errno;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    return s->epoll < 0 ? -errno : open_listener(s);
}

static void close_all(const struct wb_server *s)
{
    const int fd[] = { s->wake, s->epoll, s->listener };

    for (int i = 0; i < 3; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

/* -- a thread ----------------------------------------------------------- */

static void *be_thread(void *s)
{
    wb_thread_name_set("server");
    wb_server_serve(s);
    return NULL;
}

static int start_thread(struct wb_server *s)
{
    pthread_attr_t attr;

    WB_MUST(pthread_attr_init(&attr));
    WB_MUST(pthread_attr_setstacksize(&attr, STACK));
    int rc = pthread_create(&s->thread, &attr, be_thread, s);
    WB_MUST(pthread_attr_destroy(&attr));
    return -rc;
}

/* -- a process ---------------------------------------------------------- */

/* What the parent has open is not ours to hold open: a pipe, for instance,
 * whose reader waits for its end. */
static void close_others(const struct wb_server *s)
{
    for (unsigned fd = 3, next; fd != 0; fd = next) {
        const unsigned mine[] = { (unsigned)s->wake, (unsigned)s->epoll,
                                  (unsigned)s->listener, (unsigned)s->alive };
        unsigned last = ~0U;

        for (int i = 0; i < 4; i++)
            if (mine[i] >= fd && mine[i] - 1 < last)
                last = mine[i] - 1;
        if (last >= fd)
            syscall(SYS_close_range, fd, last, 0U);
        next = last == ~0U ? 0 : last + 2;
    }
}

static void be_process(struct wb_server *s, pid_t parent)
{
    s->alive = (int)syscall(SYS_pidfd_open, parent, 0U);
    if (getppid() != parent)
        _exit(0); /* it has gone before we could watch it */
    close_others(s);
    prctl(PR_SET_NAME, "server");
    wb_server_serve(s);
    _exit(0);
}

static int start_process(struct wb_server *s)
{
    pid_t parent = getpid(), pid = fork();

    if (pid < 0)
        return -errno;
    if (pid == 0)
        be_process(s, parent);
    s->child = pid;
    prctl(PR_SET_PTRACER, pid);
    close(s->listener);
    close(s->epoll);
    return 0;
}

/* -- life cycle --------------------------------------------------------- */

/* Whoever serves takes no signal: they are the program's. This is also how
 * inspect.h knows that it is no part of the program. */
static int start_serving(struct wb_server *s, bool process)
{
    sigset_t all, before;

    sigfillset(&all);
    WB_MUST(pthread_sigmask(SIG_SETMASK, &all, &before));
    int rc = process ? start_process(s) : start_thread(s);
    WB_MUST(pthread_sigmask(SIG_SETMASK, &before, NULL));
    return rc;
}

int wb_server_start(struct wb_server **out, const struct wb_server_options *opt)
{
    int max = opt != NULL ? opt->connections_max : 0;

    if (max < 0 || max > WB_SERVER_CONNECTIONS_MAX)
        return -EINVAL;
    max = max == 0 ? CONNECTIONS : max;
    size_t size = sizeof(struct wb_server) + (size_t)max * sizeof(struct conn);
    struct wb_server *s = mmap(NULL, size, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return -errno;
    s->size = size;
    s->max = max;
    s->owner = getpid();
    s->due = WB_FOREVER;
    s->vacant = -1;
    atomic_init(&s->client, s->owner);
    int rc = open_all(s);
    if (rc == 0)
        rc = start_serving(s, opt != NULL && opt->process);
    if (rc < 0) {
        close_all(s);
        munmap(s, size);
        return rc;
    }
    *out = s;
    return 0;
}

void wb_server_stop(struct wb_server *s)
{
    const uint64_t one = 1;

    if (s == NULL)
        return;
    if (s->owner != getpid())
        wb_misuse("wb_server_stop: only the process that started it may");
    WB_MUST_SYS((int)write(s->wake, &one, sizeof(one)));
    if (s->child == 0)
        WB_MUST(pthread_join(s->thread, NULL));
    else
        while (waitpid(s->child, NULL, 0) < 0 && errno == EINTR)
            ;
    close(s->wake);
    munmap(s, s->size);
}

/* -- while it runs ------------------------------------------------------ */

int wb_server_port(const struct wb_server *s)
{
    return s->port;
}

void wb_server_watch(struct wb_server *s, pid_t client)
{
    atomic_store(&s->client, client);
}

void wb_server_counts(struct wb_server *s, struct wb_server_counts *out)
{
    *out = (struct wb_server_counts){
        .connections = atomic_load(&s->connections),
        .requests = atomic_load(&s->requests),
        .refused = atomic_load(&s->refused),
        .inside = wb_gauge_inside(&s->inside),
        .peak = wb_gauge_peak(&s->inside),
        .open = atomic_load(&s->open),
        .blind = atomic_load(&s->blind),
    };
}

void wb_server_reset(struct wb_server *s)
{
    atomic_store(&s->connections, 0);
    atomic_store(&s->requests, 0);
    atomic_store(&s->refused, 0);
    wb_gauge_reset(&s->inside);
}
