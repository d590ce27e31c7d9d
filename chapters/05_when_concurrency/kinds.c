/* Four pieces of work, and what each does with its time.
 *
 * Run:     ./workbook run 05 kinds
 * Next:    ready.c */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"
#include "wb/server.h"

enum { COMPUTE_MS = 30, BLOCK = 65536, BLOCKS = 64, QUESTIONS = 20 };

/* region: compute */
static void *compute(void *unused)
{
    int64_t end =
        read_clock(CLOCK_THREAD_CPUTIME_ID) + COMPUTE_MS * (int64_t)MS;

    while (read_clock(CLOCK_THREAD_CPUTIME_ID) < end)
        ;
    return unused;
}
/* endregion: compute */

/* region: transfer */
/* The other side: makes a block for each byte that comes. */
static void *make_blocks(void *socket)
{
    static char block[BLOCK];
    char byte;

    while (read(*(int *)socket, &byte, 1) == 1) {
        for (int i = 0; i < BLOCK; i++)
            block[i] = (char)(block[i] * 31 + i);
        WB_MUST_SYS((int)write(*(int *)socket, block, sizeof(block)));
    }
    return NULL;
}

static void *transfer(void *socket)
{
    static char block[BLOCK];

    for (int i = 0; i < BLOCKS; i++) {
        WB_MUST_SYS((int)write(*(int *)socket, "?", 1));
        for (ssize_t got = 0; got < BLOCK;)
            got += WB_MUST_SYS((int)read(*(int *)socket, block, sizeof(block)));
    }
    return NULL;
}
/* endregion: transfer */

/* region: ask */
static void *ask(void *server)
{
    char body[WB_FETCH_MAX];

    for (int i = 0; i < QUESTIONS; i++)
        if (wb_fetch(wb_server_port(server), "/hold", body, WB_FOREVER) != 200)
            wb_die("the server does not answer");
    return NULL;
}
/* endregion: ask */

/* region: rival */
static atomic_bool is_over; /* atomic: publishes nothing */

static void *be_rival(void *barrier)
{
    pthread_barrier_wait(barrier);
    while (!atomic_load(&is_over))
        ;
    return NULL;
}
/* endregion: rival */

/* Keep this thread, and those it starts, on one processor. */
static cpu_set_t move_to_one(void)
{
    cpu_set_t all, one;
    int cpu = 0;

    WB_MUST(pthread_getaffinity_np(pthread_self(), sizeof(all), &all));
    while (!CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    WB_MUST(pthread_setaffinity_np(pthread_self(), sizeof(one), &one));
    return all;
}

static struct usage measure_transfer(void)
{
    int ends[2];
    pthread_t maker;

    WB_MUST_SYS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
    WB_MUST(pthread_create(&maker, NULL, make_blocks, &ends[1]));
    struct usage u = measure(transfer, &ends[0]);
    close(ends[0]);
    WB_MUST(pthread_join(maker, NULL));
    close(ends[1]);
    return u;
}

static struct usage measure_questions(void)
{
    struct wb_server *server;

    WB_MUST(wb_server_start(&server,
                            &(struct wb_server_options){ .process = true }));
    struct usage u = measure(ask, server);
    wb_server_stop(server);
    return u;
}

static struct usage measure_crowded(void)
{
    pthread_barrier_t both;
    pthread_t rival;
    cpu_set_t all = move_to_one();

    WB_MUST(pthread_barrier_init(&both, NULL, 2));
    WB_MUST(pthread_create(&rival, NULL, be_rival, &both));
    pthread_barrier_wait(&both);
    struct usage u = measure(compute, NULL);
    atomic_store(&is_over, true);
    WB_MUST(pthread_join(rival, NULL));
    WB_MUST(pthread_barrier_destroy(&both));
    WB_MUST(pthread_setaffinity_np(pthread_self(), sizeof(all), &all));
    return u;
}

int main(void)
{
    struct usage u = measure(compute, NULL);

    print_usage("compute", &u);
    u = measure_transfer();
    print_usage("transfer", &u);
    u = measure_questions();
    print_usage("ask", &u);
    u = measure_crowded();
    print_usage("crowded", &u);
    return EXIT_SUCCESS;
}
