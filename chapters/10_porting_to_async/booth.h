#ifndef BOOTH_H
#define BOOTH_H

/* For the judge of exercise 10: a booth on a thread of its own, and players
 * who are played line by line.
 *
 * No answer is late: one is missing when it is not there, all that was written
 * has arrived, and all threads but ours sleep in calls that no clock ends.
 * Then only another line of a player could wake the booth. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/coro.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum { PLAYERS_MAX = 100, PATIENCE_MS = 10000, NUMBER = 42 };

static struct {
    int fd, games;
    struct sockaddr_in at;
    pthread_t thread;
    pid_t tid;   /* const once opened */
    sem_t begun; /* the thread says that tid is there */
    int over[2]; /* a pipe: the thread says that run_booth has returned */
    int rc, best;
    int descriptors; /* of this process, before */
    int player[PLAYERS_MAX];
    int players; /* so many have come */
} booth;

static bool failed; /* the first failure is the verdict: play no scene after */

/* -- the booth ---------------------------------------------------------- */

static inline void *run(void *arg)
{
    char byte = 0;

    (void)arg;
    booth.tid = gettid();
    sem_post(&booth.begun);
    booth.rc = run_booth(booth.fd, booth.games, NUMBER, &booth.best);
    WB_MUST_SYS((int)write(booth.over[1], &byte, 1));
    return NULL;
}

static inline int do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

/* Threads of the program; those of a sanitizer do not count. */
static inline int count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *entry;
    int n = 0;

    while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
        pid_t tid = (pid_t)atoi(entry->d_name);
        n += tid > 0 && !wb_inspect_is_runtime(getpid(), tid);
    }
    if (tasks != NULL)
        closedir(tasks);
    return n;
}

/* One that was joined may take a moment to go, and one of a sanitizer is not
 * known while it runs, or waits for a processor on a busy machine. Whoever is
 * there at every look is there; when there are no more than so many, there is
 * nothing to wait for. */
static inline int count_lasting_threads(int enough)
{
    enum { LOOKS = 200 };
    int least = count_threads();

    for (int i = 0; i < LOOKS && least > enough; i++) {
        poll(NULL, 0, 1);
        int n = count_threads();
        least = n < least ? n : least;
    }
    return least;
}

static inline void open_booth(int games)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);
    socklen_t size = sizeof(booth.at);

    if (failed)
        skip();
    failed = true;
    /* libuv keeps two descriptors of its first loop for the others. */
    wb_coro_run(do_nothing, NULL);
    memset(&booth, 0, sizeof(booth));
    booth.games = games;
    while (count_lasting_threads(1) > 1 && !wb_deadline_passed(deadline))
        continue;
    booth.descriptors = wb_proc_descriptors(getpid());
    booth.at =
        (struct sockaddr_in){ .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    booth.fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    WB_MUST_SYS(bind(booth.fd, (struct sockaddr *)&booth.at, size));
    WB_MUST_SYS(listen(booth.fd, SOMAXCONN));
    WB_MUST_SYS(getsockname(booth.fd, (struct sockaddr *)&booth.at, &size));
    WB_MUST_SYS(pipe(booth.over));
    WB_MUST_SYS(sem_init(&booth.begun, 0, 0));
    WB_MUST(pthread_create(&booth.thread, NULL, run, NULL));
    while (sem_wait(&booth.begun) < 0)
        continue;
}

/* -- waiting without a clock -------------------------------------------- */

static inline bool has_come(int fd, int ms)
{
    struct pollfd at = { .fd = fd, .events = POLLIN };

    return poll(&at, 1, ms) > 0;
}

/* Has the booth got all that was written? */
static inline bool all_arrived(void)
{
    for (int i = 0; i < booth.players; i++) {
        int left = 0;

        if (booth.player[i] >= 0 &&
            ioctl(booth.player[i], SIOCOUTQ, &left) == 0 && left > 0)
            return false;
    }
    return true;
}

/* Do all threads but this one sleep until somebody wakes them? */
static inline bool is_asleep(void)
{
    uint64_t before, after;

    return all_arrived() && wb_inspect_look(getpid(), gettid(), &before) == 1 &&
           wb_inspect_look(getpid(), gettid(), &after) == 1 && before == after;
}

/* Wait until there is something on fd. @return false if it will not come */
static inline bool wait_for(int fd)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);

    while (!has_come(fd, 1))
        if (is_asleep() || wb_deadline_passed(deadline))
            return has_come(fd, 0);
    return true;
}

static inline void settle(void)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);

    while (!is_asleep() && !wb_deadline_passed(deadline))
        poll(NULL, 0, 1);
}

/* -- a player ----------------------------------------------------------- */

static inline int come(void)
{
    int i = booth.players++;

    booth.player[i] =
        WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    WB_MUST_SYS(connect(booth.player[i], (struct sockaddr *)&booth.at,
                        sizeof(booth.at)));
    return i;
}

static inline void say(int i, const char *text)
{
    send(booth.player[i], text, strlen(text), MSG_NOSIGNAL);
}

/* Go, and see to it that the booth has been told. */
static inline void leave(int i)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);
    int fd = booth.player[i];
    struct tcp_info info;
    socklen_t size = sizeof(info);

    shutdown(fd, SHUT_WR);
    while (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_state == TCP_FIN_WAIT1 && !wb_deadline_passed(deadline))
        poll(NULL, 0, 1);
    close(fd);
    booth.player[i] = -1;
}

/* There is no answer, and none will come: who is to blame? */
static inline void blame(int i)
{
    struct wb_blocked at = { .syscall = "" };

    if (wb_thread_blocked(getpid(), booth.tid, &at) == 0 &&
        strncmp(at.syscall, "epoll", 5) != 0)
        wb_fail(WB_BLOCKED_LOOP,
                "player %d waits for an answer, and the booth sleeps in %s", i,
                at.syscall);
    if (booth.players > 1)
        wb_fail(WB_NOT_CONCURRENT,
                "player %d gets no answer before another one goes on", i);
    wb_fail(WB_WRONG_ANSWER, "player %d gets no answer", i);
}

static inline void expect_line(int i, const char *expected)
{
    char line[LINE_SIZE + 1] = "";
    size_t n = 0;

    do {
        if (!wait_for(booth.player[i]))
            blame(i);
        if (read(booth.player[i], line + n, 1) != 1)
            wb_fail(WB_WRONG_ANSWER,
                    "player %d was sent away and should hear \"%s\"", i,
                    expected);
    } while (line[n] != '\n' && ++n < LINE_SIZE);
    line[n] = '\0';
    wb_expect(strcmp(line, expected) == 0, WB_WRONG_ANSWER,
              "player %d hears \"%s\", expected \"%s\"", i, line, expected);
}

static inline void expect_farewell(int i)
{
    char byte;

    wb_expect(wait_for(booth.player[i]), WB_LEAKED_DESCRIPTOR,
              "player %d has won, and the connection is still open", i);
    wb_expect(read(booth.player[i], &byte, 1) == 0, WB_WRONG_ANSWER,
              "player %d has won, and hears even more", i);
    leave(i);
}

static inline void guess(int i, int number, const char *expected)
{
    char line[LINE_SIZE];

    snprintf(line, sizeof(line), "%d\n", number);
    say(i, line);
    expect_line(i, expected);
}

static inline void win(int i, const char *expected)
{
    guess(i, NUMBER, expected);
    expect_farewell(i);
}

static inline void expect_end(int best)
{
    wb_expect(wait_for(booth.over[0]), WB_DEADLOCK,
              "all games are over, and run_booth does not return");
    WB_MUST(pthread_join(booth.thread, NULL));
    close(booth.over[0]);
    close(booth.over[1]);
    WB_MUST_SYS(sem_destroy(&booth.begun));
    wb_expect(booth.rc == 0, WB_WRONG_ANSWER,
              "run_booth returned %d, expected 0", booth.rc);
    wb_expect(booth.best == best, WB_WRONG_ANSWER,
              "the best was %d, expected %d", booth.best, best);
    int more = wb_proc_descriptors(getpid()) - booth.descriptors;
    wb_expect(more == 0, WB_LEAKED_DESCRIPTOR,
              "run_booth returned, and left %d descriptor%s open", more,
              more == 1 ? "" : "s");
    failed = false;
}

static inline void expect_one_thread(void)
{
    int threads = count_lasting_threads(2) - 1; /* main plays */

    wb_expect(threads == 1, WB_UNBOUNDED, "%d player%s served by %d threads",
              booth.players, booth.players == 1 ? " is" : "s are", threads);
}

/* All have come and have been heard: for one more the door is shut. */
static inline void expect_shut_door(void)
{
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int rc = connect(fd, (struct sockaddr *)&booth.at, sizeof(booth.at));

    close(fd);
    wb_expect(rc < 0, WB_LEAKED_DESCRIPTOR,
              "the last player has come, and the listening socket is still "
              "open");
}

#endif
