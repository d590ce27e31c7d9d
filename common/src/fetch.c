/* One request, one answer. See wb/server.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/server.h"

enum { ANSWER_MAX = WB_FETCH_MAX + 8 };

/* Without a deadline the next call may block, so there is nothing to await.
 * Who is interrupted by a signal goes on. */
static int await(int fd, short events, int64_t deadline)
{
    struct pollfd at = { .fd = fd, .events = events };
    int n = 1;

    if (deadline == WB_FOREVER)
        return 0;
    do
        n = poll(&at, 1, wb_deadline_poll_ms(deadline));
    while (n < 0 && errno == EINTR);
    return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

static int finish_connect(int fd, int64_t deadline)
{
    int error = 0;
    socklen_t size = sizeof(error);
    int rc = await(fd, POLLOUT, deadline);

    if (rc == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        rc = -errno;
    return rc != 0 ? rc : -error;
}

/* @return a connected socket or -errno */
static int open_to(int port, int64_t deadline)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int kind = SOCK_STREAM | SOCK_CLOEXEC;
    int fd =
        socket(AF_INET, kind | (deadline != WB_FOREVER ? SOCK_NONBLOCK : 0), 0);

    if (fd < 0)
        return -errno;
    int rc = connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
    /* A call that a signal interrupts is completed in the background. */
    if (rc == -EINPROGRESS || rc == -EINTR)
        rc = finish_connect(fd, deadline);
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

static int ask(int fd, const char *path, int64_t deadline)
{
    char line[WB_FETCH_MAX + 8];
    int n = snprintf(line, sizeof(line), "GET %s\n", path);
    int rc = await(fd, POLLOUT, deadline);

    if (rc < 0)
        return rc;
    /* So short a line fits into an empty socket whole. */
    return send(fd, line, (size_t)n, MSG_NOSIGNAL) == n ? 0 : -ECONNRESET;
}

/* Read up to the line break. @return the length without it */
static int hear(int fd, char *line, int64_t deadline)
{
    size_t n = 0;

    while (n == 0 || line[n - 1] != '\n') {
        int rc = n < ANSWER_MAX ? await(fd, POLLIN, deadline) : -EPROTO;

        if (rc < 0)
            return rc;
        ssize_t got = read(fd, line + n, ANSWER_MAX - n);
        if (got > 0)
            n += (size_t)got;
        else if (got == 0 || errno != EINTR)
            return -ECONNRESET;
    }
    line[n - 1] = '\0';
    return (int)n - 1;
}

int wb_fetch(int port, const char *path, char *body, int64_t deadline)
{
    char line[ANSWER_MAX], *end;

    body[0] = '\0';
    if (path[0] != '/' || strlen(path) >= WB_FETCH_MAX || strchr(path, '\n'))
        return -EINVAL;
    int fd = open_to(port, deadline);
    if (fd < 0)
        return fd;
    int rc = ask(fd, path, deadline);
    if (rc == 0)
        rc = hear(fd, line, deadline);
    close(fd);
    if (rc < 0)
        return rc;
    long code = strtol(line, &end, 10);
    if (code < 100 || code > 999 || *end != ' ')
        return -EPROTO;
    snprintf(body, WB_FETCH_MAX, "%.*s", WB_FETCH_MAX - 1, end + 1);
    return (int)code;
}
