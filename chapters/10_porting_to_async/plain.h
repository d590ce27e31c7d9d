#ifndef PLAIN_H
#define PLAIN_H

/* Sockets whose calls block, for the programs that have not been ported. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"

static inline int plain_listen(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

    WB_MUST_SYS(bind(fd, (struct sockaddr *)&at, size));
    WB_MUST_SYS(listen(fd, SOMAXCONN));
    WB_MUST_SYS(getsockname(fd, (struct sockaddr *)&at, &size));
    *port = ntohs(at.sin_port);
    return fd;
}

static inline int plain_connect(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

    WB_MUST_SYS(connect(fd, (struct sockaddr *)&to, sizeof(to)));
    return fd;
}

static inline int plain_accept(int listener)
{
    return WB_MUST_SYS(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
}

/* Read a line into text, without its newline. @return its length, or -1 when
 * there is none any more, or none that fits */
static inline int plain_read_line(int fd, char *text, size_t size)
{
    for (size_t n = 0; n < size; n++) {
        if (read(fd, &text[n], 1) != 1)
            return -1;
        if (text[n] == '\n') {
            text[n] = '\0';
            return (int)n;
        }
    }
    return -1;
}

/* @return 0, or -1 when the other side is gone */
static inline int plain_write(int fd, const char *text, size_t n)
{
    return send(fd, text, n, MSG_NOSIGNAL) == (ssize_t)n ? 0 : -1;
}

#endif
