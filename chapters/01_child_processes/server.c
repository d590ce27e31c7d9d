/* A server that is a child: started, used, asked to stop, and waited for.
 *
 * It runs until it gets SIGTERM, the signal that asks a program to end; then
 * it finishes the visitor it has and ends with exit status 0. What it prints
 * is discarded: nobody would read it, and a pipe that nobody reads fills up.
 *
 * The parent makes the listening socket and hands it down. So visitors can
 * connect from the first moment, and nobody sleeps until the server is up.
 *
 * Run:     ./workbook run 01 server
 * Next:    supervise.c */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/subprocess.h"

static volatile sig_atomic_t asked_to_stop;

static void note(int signal_number)
{
    (void)signal_number;
    asked_to_stop = 1;
}

/* region: serve */
static int serve(int listener)
{
    struct sigaction on_term = { .sa_handler = note };
    sigset_t term, none;

    sigemptyset(&none);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL); /* but for the wait below */
    sigaction(SIGTERM, &on_term, NULL);
    for (int visitor = 1;; visitor++) {
        struct pollfd door = { listener, POLLIN, 0 };

        if (!asked_to_stop)
            ppoll(&door, 1, NULL, &none);
        if (asked_to_stop)
            return EXIT_SUCCESS;
        int fd = WB_MUST_SYS(accept(listener, NULL, NULL));
        dprintf(fd, "you are visitor %d", visitor);
        close(fd);
        printf("served visitor %d\n", visitor);
    }
}
/* endregion: serve */

static int listen_on_loopback(struct sockaddr_in *where)
{
    socklen_t size = sizeof(*where);
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

    *where = (struct sockaddr_in){ .sin_family = AF_INET };
    where->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    WB_MUST_SYS(bind(fd, (struct sockaddr *)where, sizeof(*where)));
    WB_MUST_SYS(getsockname(fd, (struct sockaddr *)where, &size));
    WB_MUST_SYS(listen(fd, 8));
    return fd;
}

static void visit(const struct sockaddr_in *where)
{
    char answer[64] = "";
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

    WB_MUST_SYS(connect(fd, (const struct sockaddr *)where, sizeof(*where)));
    WB_MUST_SYS((int)recv(fd, answer, sizeof(answer) - 1, MSG_WAITALL));
    close(fd);
    printf("the server says: %s\n", answer);
}

/* region: parent */
static int use_server(void)
{
    struct sockaddr_in where;
    struct wb_subprocess *server;
    char number[12];
    int listener = listen_on_loopback(&where);

    snprintf(number, sizeof(number), "%d", listener);
    const char *argv[] = { "/proc/self/exe", "serve", number, NULL };
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){
            .argv = argv, .discard = true, .pass_fd = listener },
        &server));
    close(listener);
    visit(&where);
    visit(&where);
    WB_MUST(wb_subprocess_terminate(server, wb_deadline_in_ms(10000)));
    const struct wb_subprocess_result *end = wb_subprocess_result(server);
    bool clean = end->outcome == WB_EXITED && end->code == 0;
    printf("the server %s\n", clean ? "has stopped" : end->message);
    wb_subprocess_free(server);
    return clean ? EXIT_SUCCESS : EXIT_FAILURE;
}
/* endregion: parent */

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(atoi(argv[2]));
    if (argc > 1)
        wb_die("usage: %s", argv[0]);
    return use_server();
}
