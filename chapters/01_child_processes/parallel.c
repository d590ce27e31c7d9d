/* Four processes count primes, each in a quarter of the numbers, all at once.
 *
 * To show that they really run at the same time, there is a gate. Each child
 * says that it is here and waits; the parent opens when all have come. If the
 * parent waited for each child before it started the next, the first would
 * stand before the gate for ever: try that with "serially".
 *
 * Run:     ./workbook run 01 parallel
 *          ./workbook run 01 parallel serially
 * Next:    server.c */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/subprocess.h"

enum { CHILDREN = 4, NUMBERS = 100000, PART = NUMBERS / CHILDREN };
enum { PATIENCE_MS = 10000 };

static bool is_prime(int n)
{
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return n >= 2;
}

/* region: child */
static int be_child(int part, int gate)
{
    char byte = 0;
    int primes = 0;

    WB_MUST_SYS((int)write(gate, "h", 1)); /* here */
    if (read(gate, &byte, 1) != 1)         /* until it opens */
        return EXIT_FAILURE;
    for (int n = part * PART; n < (part + 1) * PART; n++)
        primes += is_prime(n);
    printf("%d\n", primes);
    return EXIT_SUCCESS;
}
/* endregion: child */

/* This program again, told that it is a child, and which. */
static struct wb_subprocess *start(int part, int gate)
{
    char name[12], number[12];
    struct wb_subprocess *p;

    snprintf(name, sizeof(name), "%d", part);
    snprintf(number, sizeof(number), "%d", gate);
    const char *argv[] = { "/proc/self/exe", "child", name, number, NULL };
    WB_MUST(wb_subprocess_spawn(
        &(struct wb_subprocess_options){ .argv = argv, .pass_fd = gate }, &p));
    return p;
}

static void open_gate(int gate, int64_t deadline)
{
    struct pollfd arrival = { gate, POLLIN, 0 };
    char byte;

    for (int i = 0; i < CHILDREN; i++)
        if (poll(&arrival, 1, wb_deadline_poll_ms(deadline)) != 1 ||
            read(gate, &byte, 1) != 1)
            wb_die("only %d of %d children came to the gate", i, CHILDREN);
    printf("%d children are here, all at the same time\n", CHILDREN);
    for (int i = 0; i < CHILDREN; i++)
        WB_MUST_SYS((int)write(gate, "o", 1));
}

/* region: parent */
static int count_primes(bool serially)
{
    struct wb_subprocess *children[CHILDREN];
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);
    int gate[2], primes = 0;

    WB_MUST_SYS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate));
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = start(i, gate[1]);
        if (serially && wb_subprocess_wait_until(children[i], deadline) < 0)
            wb_die("child %d waits at the gate, and we wait for it", i);
    }
    close(gate[1]);
    open_gate(gate[0], deadline);
    WB_MUST(wb_subprocess_wait_all(children, CHILDREN, deadline));
    for (int i = 0; i < CHILDREN; i++) {
        primes += atoi(wb_subprocess_result(children[i])->out);
        wb_subprocess_free(children[i]);
    }
    close(gate[0]);
    return primes;
}
/* endregion: parent */

int main(int argc, char **argv)
{
    bool serially = argc > 1 && strcmp(argv[1], "serially") == 0;

    if (argc == 4 && strcmp(argv[1], "child") == 0)
        return be_child(atoi(argv[2]), atoi(argv[3]));
    if (argc > 1 && !serially)
        wb_die("usage: %s [serially]", argv[0]);
    printf("%d primes below %d\n", count_primes(serially), NUMBERS);
    return EXIT_SUCCESS;
}
