/* A telegraph office that gets each telegram back, or says why not.
 *
 * talk writes when there is room and reads when there is something, whichever
 * comes first, and stops at the deadline. reap then sees to it that the child
 * ends, waits for it, and says how it ended.
 *
 * Run:     ./workbook run 01 good
 *          ./workbook run 01 good 1000 200 sleep 1000
 * Next:    tour.c, where a library does all this in one call */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "wb/base.h"

enum { LETTERS = 4 << 20, LETTERS_MAX = 256 << 20, PATIENCE_MS = 20000 };

/* region: talk */
/* How much was moved; if nothing, fd has served its purpose. */
static size_t moved(ssize_t n, int *fd)
{
    if (n <= 0)
        shut(fd);
    return n > 0 ? (size_t)n : 0;
}

static size_t talk(struct child *c, const char *text, size_t size, char *reply,
                   int64_t deadline)
{
    size_t sent = 0, got = 0;

    WB_MUST_SYS(fcntl(c->in, F_SETFL, O_NONBLOCK));
    while ((c->out >= 0 || c->end >= 0) && !wb_deadline_passed(deadline)) {
        struct pollfd fd[] = { { c->in, POLLOUT, 0 },
                               { c->out, POLLIN, 0 },
                               { c->end, POLLIN, 0 } };

        WB_MUST_SYS(poll(fd, 3, wb_deadline_poll_ms(deadline)));
        if (fd[0].revents != 0)
            sent += moved(write(c->in, text + sent, size - sent), &c->in);
        if (fd[1].revents != 0)
            got += moved(read(c->out, reply + got, size - got), &c->out);
        if (fd[2].revents != 0)
            shut(&c->end);
    }
    return got;
}
/* endregion: talk */

/* region: reap */
static bool reap(struct child *c, const char *name)
{
    bool late = c->out >= 0 || c->end >= 0;
    int status;

    if (late)
        kill(c->pid, SIGKILL);
    WB_MUST_SYS(waitpid(c->pid, &status, 0));
    shut(&c->in);
    shut(&c->out);
    shut(&c->end);
    if (late)
        fprintf(stderr, "%s: too late, so it was killed\n", name);
    else if (WIFSIGNALED(status))
        fprintf(stderr, "%s: ended by signal %d\n", name, WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        fprintf(stderr, "%s: exit status %d\n", name, WEXITSTATUS(status));
    return !late && status == 0;
}
/* endregion: reap */

int main(int argc, char **argv)
{
    const char *const tr[] = { "tr", "a-z", "A-Z", NULL };
    size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : LETTERS;
    int64_t ms = argc > 2 ? atol(argv[2]) : PATIENCE_MS;
    const char *const *command = argc > 3 ? (const char **)argv + 3 : tr;

    if (size < 1 || size > LETTERS_MAX || ms < 0)
        wb_die("usage: %s [LETTERS [MILLISECONDS [COMMAND...]]]", argv[0]);
    char *text = wb_alloc(size, 1), *reply = wb_alloc(size + 1, 1);

    memset(text, 'a', size);
    signal(SIGPIPE, SIG_IGN); /* write says EPIPE instead */
    struct child c = start(command);
    size_t got = talk(&c, text, size, reply, wb_deadline_in_ms(ms));
    bool ok = reap(&c, command[0]);
    printf("%zu letters, %zu came back (%.8s)\n", size, got, reply);
    free(text);
    free(reply);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
