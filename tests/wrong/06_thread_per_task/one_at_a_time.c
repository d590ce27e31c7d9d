/* There is one clerk, whatever their number is to be.
 *
 * rejected: not-concurrent "1 customer at once" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"

/* Read up to the line break. @return whether there was one */
static bool hear(int fd, char question[LINE_BYTES])
{
    size_t n = 0;
    ssize_t got;

    while (n < LINE_BYTES &&
           (got = read(fd, question + n, LINE_BYTES - n)) > 0) {
        n += (size_t)got;
        if (question[n - 1] == '\n') {
            question[n - 1] = '\0';
            return true;
        }
    }
    return false;
}

/* Answer one customer. */
static void attend(int fd, find_fn find)
{
    char question[LINE_BYTES], answer[LINE_BYTES], line[LINE_BYTES + 8];

    if (hear(fd, question)) {
        int rc = find(question, answer);
        int n = snprintf(line, sizeof(line), "%s%s\n", rc < 0 ? "sorry: " : "",
                         rc < 0 ? strerror(-rc) : answer);
        send(fd, line, (size_t)n, MSG_NOSIGNAL);
    }
    close(fd);
}

int serve(int listener, int clerks, find_fn find)
{
    int fd;

    (void)clerks;
    while ((fd = accept(listener, NULL, NULL)) >= 0)
        attend(fd, find);
    return 0;
}
