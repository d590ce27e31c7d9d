#ifndef CHILD_H
#define CHILD_H

/* What bad.c and good.c share: a child with a pipe to it and a pipe back. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "wb/base.h"

struct child {
    pid_t pid;
    int in;  /* we write, it reads; -1 once it is shut */
    int out; /* it writes, we read; -1 once it is shut */
    int end; /* of the child itself: readable when it has ended */
};

/* region: start */
static struct child start(const char *const argv[])
{
    int to[2], from[2]; /* [0] is for reading, [1] for writing */

    WB_MUST_SYS(pipe2(to, O_CLOEXEC));
    WB_MUST_SYS(pipe2(from, O_CLOEXEC));
    pid_t pid = WB_MUST_SYS(fork());
    if (pid == 0) { /* here we are the child */
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_DFL);
        execvp(argv[0], (char **)argv);
        perror(argv[0]);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    int end = WB_MUST_SYS((int)syscall(SYS_pidfd_open, pid, 0));
    return (struct child){ pid, to[1], from[0], end };
}
/* endregion: start */

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

#endif
