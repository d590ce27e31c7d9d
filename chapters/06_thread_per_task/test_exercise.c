/* The judge of exercise 06. It takes any file that implements exercise.h.
 *
 * The customers are the judge's, the desk is a process of its own (desk.h).
 * How many customers are served at once is read off when all threads of that
 * process sleep, and nothing is under way to them: then nobody else comes. */
#include "desk.h"

enum { CLERKS = 3, CROWD = 30 };

static bool failed; /* the first failure is the verdict: play no scene after */

static void begin(int clerks, int stacks)
{
    if (failed)
        skip();
    failed = true;
    open_desk(clerks, stacks);
}

static void end(void)
{
    expect_end();
    failed = false;
}

static void test_one_after_the_other(void **state)
{
    static const char *const questions[] = { "where", "when", "fail", "how",
                                             "" };
    (void)state;
    begin(CLERKS, 0);
    for (int i = 0; i < 5; i++) {
        char line[LINE_BYTES];
        int fd = come();

        snprintf(line, sizeof(line), "%s\n", questions[i]);
        say(fd, line);
        expect_answer(fd, questions[i],
                      strcmp(questions[i], "fail") == 0
                          ? "sorry: No such file or directory"
                          : questions[i]);
    }
    end();
}

/* @return how many threads and how many connections it has, at rest */
static void count(int *threads, int *connections)
{
    await_rest(-1);
    *threads = wb_proc_threads(desk_pid) - desk->own_threads;
    *connections = wb_proc_descriptors(desk_pid) - desk->descriptors;
}

static void expect_counts(int clerks)
{
    int threads, connections;

    count(&threads, &connections);
    wb_expect(!is_gone(), WB_WRONG_ANSWER, "serve() came back before its end");
    int inside = wb_gauge_inside(&desk->finding);
    wb_expect(inside <= clerks, WB_UNBOUNDED,
              "%d clerks, and %d customers at once", clerks, inside);
    wb_expect(threads <= clerks + 1, WB_UNBOUNDED, "%d clerks, and %d threads",
              clerks, threads);
    wb_expect(connections <= 2 * clerks + 1, WB_UNBOUNDED,
              "%d clerks, and %d connections are open", clerks, connections);
    wb_expect(inside == clerks, WB_NOT_CONCURRENT,
              "%d customers wait, there are %d clerks, and %d customer%s at "
              "once",
              CROWD, clerks, inside, inside == 1 ? "" : "s");
}

/* Each has a question of his own. */
static const char *question_of(int i, const char *end)
{
    static char line[LINE_BYTES];

    snprintf(line, sizeof(line), "wait for me %d%s", i, end);
    return line;
}

static void come_in_a_crowd(int *fd)
{
    for (int i = 0; i < CROWD; i++) {
        fd[i] = come();
        say(fd[i], question_of(i, "\n"));
    }
}

static void expect_answers(const int *fd)
{
    open_gate();
    for (int i = 0; i < CROWD; i++)
        expect_answer(fd[i], question_of(i, ""), question_of(i, ""));
}

static void test_a_crowd_is_served_by_so_many(void **state)
{
    int fd[CROWD];

    (void)state;
    for (int clerks = 1; clerks <= CLERKS; clerks += CLERKS - 1) {
        begin(clerks, 0);
        come_in_a_crowd(fd);
        expect_counts(clerks);
        expect_answers(fd);
        end();
        if (clerks < CLERKS)
            close_desk(state);
    }
}

/* Some say nothing, some do not wait: as many as there are clerks, and more. */
static void test_who_goes_away_is_no_reason_to_stop(void **state)
{
    const struct linger at_once = { 1, 0 };
    int fd[CLERKS];

    (void)state;
    begin(CLERKS, 0);
    for (int i = 0; i < 2 * CLERKS; i++)
        go(come());
    for (int i = 0; i < CLERKS; i++) {
        fd[i] = come();
        say(fd[i], "wait in vain\n");
    }
    await_rest(-1);
    for (int i = 0; i < CLERKS; i++) {
        shutdown(fd[i], SHUT_WR);
        setsockopt(fd[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        go(fd[i]); /* with a reset */
    }
    open_gate();
    for (int i = 0; i < 2 * CLERKS; i++) {
        int last = come();

        say(last, "still there\n");
        expect_answer(last, "still there", "still there");
    }
    end();
}

/* Two customers are in find() when the listener closes; a clerk is free. */
static void test_who_was_accepted_gets_an_answer(void **state)
{
    int fd[CLERKS - 1];

    (void)state;
    begin(CLERKS, 0);
    for (int i = 0; i < CLERKS - 1; i++) {
        fd[i] = come();
        say(fd[i], "wait\n");
    }
    await_rest(-1);
    WB_MUST_SYS(shutdown(desk->listener, SHUT_RDWR));
    await_rest(-1);
    wb_expect(!is_gone(), WB_LEAKED_THREAD,
              "serve() came back, and %d customers are still in find()",
              wb_gauge_inside(&desk->finding));
    open_gate();
    for (int i = 0; i < CLERKS - 1; i++)
        expect_answer(fd[i], "wait", "wait");
    await_rest(-1);
    wb_expect(is_gone(), WB_DEADLOCK,
              "the listener is closed, and serve() does not come back");
    expect_nothing_left();
    failed = false;
}

/* There is memory for some of the clerks. A sanitizer needs it for itself. */
static void test_it_survives_its_limit(void **state)
{
    int fd[CROWD];

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();
#endif
    (void)state;
    begin(16, 3);
    come_in_a_crowd(fd);
    await_rest(-1);
    expect_answers(fd);
    end();
}

/* Not one thread can be had. Either that is told, or the caller does it all
 * alone: then he is the clerk. */
static void test_without_a_clerk(void **state)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();
#endif
    (void)state;
    begin(CLERKS, NO_STACK);
    int fd = come();
    say(fd, "anybody there\n");
    await_rest(fd);
    if (!is_gone()) {
        expect_answer(fd, "anybody there", "anybody there");
        end();
        return;
    }
    go(fd);
    wb_expect(desk->rc == -EAGAIN, WB_WRONG_ANSWER,
              "without a clerk serve() gave %d, expected %d", desk->rc,
              -EAGAIN);
    desk->rc = 0;
    expect_nothing_left();
    failed = false;
}

static int share_memory(void **state)
{
    (void)state;
    desk = mmap(NULL, sizeof(*desk), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *desk = (struct desk){ .listener = -1 };
    return desk == MAP_FAILED ? -1 : 0;
}

#define SCENE(test)                                                            \
    cmocka_unit_test_setup_teardown(test, share_memory, close_desk)

static const struct CMUnitTest tests[] = {
    SCENE(test_one_after_the_other),
    SCENE(test_a_crowd_is_served_by_so_many),
    SCENE(test_who_goes_away_is_no_reason_to_stop),
    SCENE(test_who_was_accepted_gets_an_answer),
    SCENE(test_it_survives_its_limit),
    SCENE(test_without_a_clerk),
};
WB_TEST_MAIN(tests)
