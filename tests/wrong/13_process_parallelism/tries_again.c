/* Gives the sample that a worker died of to the next one, which dies of it,
 * too; the third time it gives up.
 *
 * rejected: wrong-answer "was begun 2 times, expected once" */
#include "exercise.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker {
    pid_t pid;     /* 0: nobody stands here */
    int socket;    /* our end of it */
    size_t sample; /* the one it is at; n: none */
};

struct team {
    struct worker workers[TEAM_MAX];
    int size;
    measure_fn fn;
    const long *samples;
    struct outcome *outcomes;
    size_t n, next; /* samples; the first that nobody has */
    bool tried;     /* the one before was tried twice */
};

static _Noreturn void work(measure_fn fn, int socket)
{
    long sample, value;

    while (read(socket, &sample, sizeof(sample)) == sizeof(sample)) {
        value = fn(sample);
        if (write(socket, &value, sizeof(value)) != sizeof(value))
            _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}

/* In the child: the sockets of the others are none of its business. */
static void forget_others(const struct team *t)
{
    for (int i = 0; i < t->size; i++)
        if (t->workers[i].pid != 0)
            close(t->workers[i].socket);
}

static int start(struct team *t, struct worker *w)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0) {
        forget_others(t);
        close(ends[0]);
        work(t->fn, ends[1]);
    }
    int rc = pid < 0 ? -errno : 0;
    close(ends[1]);
    if (rc < 0)
        close(ends[0]);
    else
        *w = (struct worker){ pid, ends[0], t->n };
    return rc;
}

static void give(struct team *t, struct worker *w)
{
    const long *sample = &t->samples[t->next];

    if (t->next == t->n)
        return;
    w->sample = t->next++;
    /* If it is dead, the end of its socket will say so. */
    send(w->socket, sample, sizeof(*sample), MSG_NOSIGNAL);
}

/* The socket was shut, here or there, and the worker ends. */
static int bury(struct worker *w)
{
    int status = 0;

    close(w->socket);
    waitpid(w->pid, &status, 0);
    w->pid = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* It has an answer for us, or has died. */
static int hear(struct team *t, struct worker *w)
{
    long value;
    size_t sample = w->sample;
    bool lives = read(w->socket, &value, sizeof(value)) == sizeof(value);

    if (lives) {
        t->outcomes[sample] = (struct outcome){ value, 0 };
        w->sample = t->n;
    } else {
        t->outcomes[sample] = (struct outcome){ 0, bury(w) };
    }
    if (!lives && !t->tried && sample + 1 == t->next)
        t->next = sample;
    t->tried = !lives && !t->tried;
    if (!lives && t->next < t->n) {
        int rc = start(t, w);
        if (rc < 0)
            return rc;
    }
    if (w->pid != 0)
        give(t, w);
    return 0;
}

/* @return how many are at work, each in fds and, at the same place, in who */
static nfds_t list(struct team *t, struct pollfd *fds, struct worker **who)
{
    nfds_t n = 0;

    for (int i = 0; i < t->size; i++) {
        struct worker *w = &t->workers[i];

        if (w->pid == 0 || w->sample == t->n)
            continue;
        fds[n] = (struct pollfd){ w->socket, POLLIN, 0 };
        who[n++] = w;
    }
    return n;
}

static int run(struct team *t)
{
    struct pollfd fds[TEAM_MAX];
    struct worker *who[TEAM_MAX];
    nfds_t n;
    int rc = 0;

    for (int i = 0; rc == 0 && i < t->size; i++) {
        rc = start(t, &t->workers[i]);
        if (rc == 0)
            give(t, &t->workers[i]);
    }
    while (rc == 0 && (n = list(t, fds, who)) > 0) {
        poll(fds, n, -1);
        for (nfds_t i = 0; rc == 0 && i < n; i++)
            if (fds[i].revents != 0)
                rc = hear(t, who[i]);
    }
    return rc;
}

int measure_all(measure_fn fn, const long *samples, size_t n, int team,
                struct outcome *outcomes)
{
    struct team t = { .size = (size_t)team < n ? team : (int)n,
                      .fn = fn,
                      .samples = samples,
                      .outcomes = outcomes,
                      .n = n };
    int rc = run(&t);

    for (int i = 0; i < t.size; i++)
        if (t.workers[i].pid != 0)
            bury(&t.workers[i]);
    return rc;
}
