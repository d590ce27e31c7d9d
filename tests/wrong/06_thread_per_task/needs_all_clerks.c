/* Without the last clerk the desk does not open.
 *
 * rejected: crash "ABRT" */
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

struct desk {
    int listener; /* const */
    find_fn find; /* const */
};

/* Whether accept() has failed for a reason that passes. */
static bool goes_on(int fd)
{
    return fd >= 0 || errno == ECONNABORTED || errno == EINTR ||
           errno == EPROTO;
}

static void *be_clerk(void *arg)
{
    const struct desk *d = arg;
    int fd;

    while (goes_on(fd = accept(d->listener, NULL, NULL)))
        if (fd >= 0)
            attend(fd, d->find);
    return NULL;
}

int serve(int listener, int clerks, find_fn find)
{
    struct desk desk = { listener, find };
    pthread_t *clerk = wb_alloc((size_t)clerks, sizeof(*clerk));
    int n = 0;

    while (n < clerks) {
        WB_MUST(pthread_create(&clerk[n], NULL, be_clerk, &desk));
        n++;
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(clerk[i], NULL));
    free(clerk);
    return n > 0 ? 0 : -EAGAIN;
}
