/* The judge of exercise 10. It takes any file that implements exercise.h.
 *
 * The booth has a thread of its own, and the players are played here, line by
 * line. No answer is late: one is missing when it is not there, all that was
 * written has arrived, and all threads but ours sleep in calls that no clock
 * ends. Then only another line of a player could wake the booth. */
#include <arpa/inet.h>
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
    int threads, descriptors; /* of this process, before */
    int player[PLAYERS_MAX];
    int players; /* so many have come */
} booth;

static bool failed; /* the first failure is the verdict: play no scene after */

/* -- the booth ---------------------------------------------------------- */

static void *run(void *arg)
{
    char byte = 0;

    (void)arg;
    booth.tid = gettid();
    sem_post(&booth.begun);
    booth.rc = run_booth(booth.fd, booth.games, NUMBER, &booth.best);
    WB_MUST_SYS((int)write(booth.over[1], &byte, 1));
    return NULL;
}

static int do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

static void open_booth(int games)
{
    socklen_t size = sizeof(booth.at);

    if (failed)
        skip();
    failed = true;
    /* libuv keeps two descriptors of its first loop for the others. */
    wb_coro_run(do_nothing, NULL);
    memset(&booth, 0, sizeof(booth));
    booth.games = games;
    booth.threads = wb_proc_threads(getpid());
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

static bool has_come(int fd, int ms)
{
    struct pollfd at = { .fd = fd, .events = POLLIN };

    return poll(&at, 1, ms) > 0;
}

/* Has the booth got all that was written? */
static bool all_arrived(void)
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
static bool is_asleep(void)
{
    uint64_t before, after;

    return all_arrived() && wb_inspect_look(getpid(), gettid(), &before) == 1 &&
           wb_inspect_look(getpid(), gettid(), &after) == 1 && before == after;
}

/* Wait until there is something on fd. @return false if it will not come */
static bool wait_for(int fd)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);

    while (!has_come(fd, 1))
        if (is_asleep() || wb_deadline_passed(deadline))
            return has_come(fd, 0);
    return true;
}

static void settle(void)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);

    while (!is_asleep() && !wb_deadline_passed(deadline))
        poll(NULL, 0, 1);
}

/* -- a player ----------------------------------------------------------- */

static int come(void)
{
    int i = booth.players++;

    booth.player[i] =
        WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    WB_MUST_SYS(connect(booth.player[i], (struct sockaddr *)&booth.at,
                        sizeof(booth.at)));
    return i;
}

static void say(int i, const char *text)
{
    send(booth.player[i], text, strlen(text), MSG_NOSIGNAL);
}

/* Go, and see to it that the booth has been told. */
static void leave(int i)
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
static void blame(int i)
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

static void expect_line(int i, const char *expected)
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

static void expect_farewell(int i)
{
    char byte;

    wb_expect(wait_for(booth.player[i]), WB_LEAKED_DESCRIPTOR,
              "player %d has won, and the connection is still open", i);
    wb_expect(read(booth.player[i], &byte, 1) == 0, WB_WRONG_ANSWER,
              "player %d has won, and hears even more", i);
    leave(i);
}

static void guess(int i, int number, const char *expected)
{
    char line[LINE_SIZE];

    snprintf(line, sizeof(line), "%d\n", number);
    say(i, line);
    expect_line(i, expected);
}

static void win(int i, const char *expected)
{
    guess(i, NUMBER, expected);
    expect_farewell(i);
}

static void expect_end(int best)
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

static void expect_one_thread(void)
{
    int threads = wb_proc_threads(getpid()) - booth.threads;

    wb_expect(threads == 1, WB_UNBOUNDED, "%d player%s served by %d threads",
              booth.players, booth.players == 1 ? " is" : "s are", threads);
}

/* All have come and have been heard: for one more the door is shut. */
static void expect_shut_door(void)
{
    int fd = WB_MUST_SYS(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int rc = connect(fd, (struct sockaddr *)&booth.at, sizeof(booth.at));

    close(fd);
    wb_expect(rc < 0, WB_LEAKED_DESCRIPTOR,
              "the last player has come, and the listening socket is still "
              "open");
}

/* -- scenes ------------------------------------------------------------- */

static void test_one_plays(void **state)
{
    (void)state;
    open_booth(1);
    int a = come();
    guess(a, 10, "higher");
    guess(a, 99, "lower");
    say(a, "forty\n");
    expect_line(a, "what?");
    say(a, "42nd\n");
    expect_line(a, "what?");
    guess(a, -7, "higher");
    expect_one_thread();
    win(a, "won 4 4");
    expect_end(4);
}

static void play_crowd(int n)
{
    open_booth(n);
    for (int i = 0; i < n; i++)
        come();
    for (int i = n - 1; i >= 0; i--)
        guess(i, i, i < NUMBER ? "higher" : i > NUMBER ? "lower" : "won 1 1");
    expect_one_thread();
    expect_shut_door();
    for (int i = 0; i < n; i++)
        if (i == NUMBER)
            expect_farewell(i);
        else
            win(i, n > NUMBER ? "won 2 1" : "won 2 2");
    expect_end(n > NUMBER ? 1 : 2);
}

static void test_all_play_on_one_thread(void **state)
{
    (void)state;
    play_crowd(4);
    play_crowd(PLAYERS_MAX);
}

static void test_one_plays_before_the_next_comes(void **state)
{
    (void)state;
    open_booth(2);
    int a = come();
    guess(a, 1, "higher");
    guess(a, 2, "higher");
    win(a, "won 3 3");
    int b = come();
    guess(b, 50, "lower");
    win(b, "won 2 2");
    expect_end(2);
}

static void test_one_who_thinks_holds_up_nobody(void **state)
{
    (void)state;
    open_booth(3);
    int a = come(), b = come(), c = come();
    say(a, "4"); /* and not yet the rest */
    guess(c, 41, "higher");
    win(c, "won 2 2");
    guess(b, 43, "lower");
    win(b, "won 2 2");
    say(a, "2\n");
    expect_line(a, "won 1 1");
    expect_farewell(a);
    expect_end(1);
}

/* What is written together comes apart, and what is written apart together. */
static void test_lines_come_as_they_like(void **state)
{
    (void)state;
    open_booth(1);
    int a = come();
    say(a, "9");
    settle();
    say(a, "9");
    settle();
    say(a, "\n10\n");
    expect_line(a, "lower");
    expect_line(a, "higher");
    win(a, "won 3 3");
    expect_end(3);
}

static void test_the_best_is_kept(void **state)
{
    (void)state;
    open_booth(4);
    int a = come(), b = come(), c = come(), d = come();
    for (int i = 0; i < 4; i++)
        guess(a, i, "higher");
    guess(c, 50, "lower");
    guess(c, 49, "lower");
    guess(b, 50, "lower");
    guess(d, 50, "lower");
    win(a, "won 5 5");
    win(b, "won 2 2");
    win(c, "won 3 2");
    win(d, "won 2 2");
    expect_end(2);
}

static void test_others_go_on_when_one_leaves(void **state)
{
    (void)state;
    open_booth(4);
    int a = come();
    guess(a, 1, "higher");
    int before = wb_proc_descriptors(getpid());
    int b = come();
    guess(b, 1, "higher");
    leave(b);
    int c = come();
    say(c, "2\n");
    leave(c); /* without hearing the answer */
    guess(a, 2, "higher");
    guess(a, 3, "higher");
    wb_expect(wb_proc_descriptors(getpid()) == before, WB_LEAKED_DESCRIPTOR,
              "two players have left, and their connections are still open");
    int d = come();
    guess(d, 4, "higher");
    win(a, "won 4 4");
    win(d, "won 2 2");
    expect_end(2);
}

static void test_nobody_wins(void **state)
{
    (void)state;
    open_booth(1);
    int a = come();
    guess(a, 1, "higher");
    leave(a);
    expect_end(0);
}

static void test_no_game_at_all(void **state)
{
    (void)state;
    open_booth(0);
    expect_end(0);
}

/* After a failure too everybody leaves: a thread of libuv's that reads from a
 * player would hold up the end of the process. */
static int all_leave(void **state)
{
    (void)state;
    for (int i = 0; i < booth.players; i++)
        if (booth.player[i] >= 0)
            leave(i);
    return 0;
}

#define SCENE(test) cmocka_unit_test_teardown(test, all_leave)

static const struct CMUnitTest tests[] = {
    SCENE(test_one_plays),
    SCENE(test_all_play_on_one_thread),
    SCENE(test_one_plays_before_the_next_comes),
    SCENE(test_one_who_thinks_holds_up_nobody),
    SCENE(test_lines_come_as_they_like),
    SCENE(test_the_best_is_kept),
    SCENE(test_others_go_on_when_one_leaves),
    SCENE(test_nobody_wins),
    SCENE(test_no_game_at_all),
};
WB_TEST_MAIN(tests)
