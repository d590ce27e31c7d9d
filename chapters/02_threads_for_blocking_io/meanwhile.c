/* One thread waits for the station while main computes.
 *
 * The gate opens for two. The thread stands there first; main comes when it is
 * through with its primes, and not before. So they are found during the wait,
 * or the gate stays shut: with "first" main joins the thread before it
 * computes, and the one at the gate waits for nobody.
 *
 * Run:     ./workbook run 02 meanwhile
 *          ./workbook run 02 meanwhile first
 * Next:    cpu.c, where all threads compute
 *
 * explore: no, it waits for a socket */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "wb/base.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { NUMBERS = 20000 };

struct station {
    int port, code;
    char answer[WB_FETCH_MAX];
};

static void *ask(void *arg)
{
    struct station *s = arg;

    s->code = wb_fetch(s->port, "/gate/2/11 degrees", s->answer, WB_FOREVER);
    return NULL;
}

static bool is_prime(int n)
{
    for (int i = 2; i * i <= n; i++)
        if (n % i == 0)
            return false;
    return n > 1;
}

static int count_primes(void)
{
    int primes = 0;

    for (int n = 0; n < NUMBERS; n++)
        primes += is_prime(n);
    return primes;
}

/* region: meanwhile */
static int compute_meanwhile(struct station *s, bool join_first)
{
    char answer[WB_FETCH_MAX];
    pthread_t thread;

    WB_MUST(pthread_create(&thread, NULL, ask, s));
    if (join_first)
        WB_MUST(pthread_join(thread, NULL));
    int primes = count_primes();
    wb_fetch(s->port, "/gate/2/computed", answer, WB_FOREVER);
    if (!join_first)
        WB_MUST(pthread_join(thread, NULL));
    return primes;
}
/* endregion: meanwhile */

int main(int argc, char **argv)
{
    bool join_first = argc > 1 && strcmp(argv[1], "first") == 0;
    struct station s = { 0 };
    struct wb_server *server;

    if (argc > 2 || (argc > 1 && !join_first))
        wb_die("usage: %s [first]", argv[0]);
    WB_MUST(wb_server_start(&server, NULL));
    s.port = wb_server_port(server);
    int primes = compute_meanwhile(&s, join_first);
    wb_server_stop(server);
    printf("%d primes; the station: %d %s\n", primes, s.code, s.answer);
    WB_JUDGE(s.code == 200, WB_NOT_CONCURRENT,
             "while the station was waited for, nothing was computed");
    return 0;
}
