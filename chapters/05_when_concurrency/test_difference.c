/* Shows that bad.c asks one station at a time and starts a thread for each of
 * the sums, that good.c asks all but the first at once and starts none for the
 * sums, and that the figures by which it chooses are what they are said to be.
 *
 * The stations are a server that answers only when it is certain that nobody
 * else will ask: how many were inside at once is counted, not timed. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

#define PROGRAM(name) WB_PROGRAMS "/" name

enum { PATIENCE_MS = 40000, WAITS = 50, A_FEW = 16 /* bytes */ };

/* -- the two programs --------------------------------------------------- */

/* What a run has said of itself, and the server of it. */
struct seen {
    int code, fetch_threads, smooth_threads, stations, at_once;
    char out[2048];
};

static const char *line_of(const struct seen *seen, const char *word)
{
    const char *line = strstr(seen->out, word);

    if (line == NULL)
        fail_msg("there is no \"%s\" in: %s", word, seen->out);
    return line;
}

static struct seen watch(const char *program, int stations)
{
    struct wb_subprocess_result res;
    struct seen seen = { 0 };
    char number[16];

    snprintf(number, sizeof(number), "%d", stations);
    wb_run_watched(WB_ARGV(program, number), PATIENCE_MS, &res);
    if (res.outcome != WB_EXITED)
        fail_msg("%s", res.message);
    seen.code = res.code;
    snprintf(seen.out, sizeof(seen.out), "\n%s", res.out);
    wb_subprocess_result_free(&res);
    sscanf(line_of(&seen, "\nfetch: "), " fetch: %d", &seen.fetch_threads);
    sscanf(line_of(&seen, "\nsmooth: "), " smooth: %d", &seen.smooth_threads);
    const char *end = strstr(seen.out, "stations, at most");
    while (end != NULL && end > seen.out && end[-1] != '\n')
        end--;
    if (end == NULL || sscanf(end, "%d stations, at most %d", &seen.stations,
                              &seen.at_once) != 2)
        fail_msg("no count of stations in: %s", seen.out);
    return seen;
}

/* However many stations there are. */
static void test_bad_has_threads_in_the_wrong_place(void **state)
{
    static const int stations[] = { 3, 12 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct seen seen = watch(WB_BAD, stations[i]);

        assert_int_equal(seen.stations, stations[i]);
        assert_int_equal(seen.at_once, 1);
        assert_int_equal(seen.fetch_threads, 0);
        assert_int_equal(seen.smooth_threads, stations[i]);
        assert_int_equal(seen.code, 1);
        line_of(&seen, "\nverdict: not-concurrent: ");
    }
}

/* The first is done alone, to be looked at. */
static void test_good_has_them_where_it_waits(void **state)
{
    static const int stations[] = { 3, 12, 64 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct seen seen = watch(WB_GOOD, stations[i]);

        assert_int_equal(seen.stations, stations[i]);
        assert_int_equal(seen.at_once, stations[i] - 1);
        assert_int_equal(seen.fetch_threads, stations[i] - 1);
        assert_int_equal(seen.smooth_threads, 0);
        assert_int_equal(seen.code, 0);
    }
}

/* -- the figures -------------------------------------------------------- */

struct pair {
    int in, out; /* pipes, from the other and to it */
    pid_t tid;   /* of the one that waits */
};

/* Answer each byte, once the one who asked is seen asleep. */
static void *answer(void *arg)
{
    struct pair *p = arg;
    struct wb_blocked at;
    char byte;

    while (read(p->in, &byte, 1) == 1) {
        wb_proc_wait_blocked(p->tid, "read", wb_deadline_in_ms(PATIENCE_MS),
                             &at);
        if (write(p->out, &byte, 1) != 1)
            break;
    }
    return NULL;
}

static void *ask(void *arg)
{
    struct pair *p = arg;
    char byte = 'a';

    for (int i = 0; i < WAITS; i++)
        if (write(p->out, &byte, 1) != 1 || read(p->in, &byte, 1) != 1)
            return NULL;
    return NULL;
}

static void test_each_answer_that_is_slow_is_a_wait(void **state)
{
    int there[2], back[2];
    pthread_t thread;

    (void)state;
    WB_MUST_SYS(pipe2(there, O_CLOEXEC));
    WB_MUST_SYS(pipe2(back, O_CLOEXEC));
    struct pair ours = { .in = back[0], .out = there[1] };
    struct pair theirs = { .in = there[0], .out = back[1], .tid = gettid() };
    WB_MUST(pthread_create(&thread, NULL, answer, &theirs));
    struct usage u = measure(ask, &ours);
    close(there[1]);
    WB_MUST(pthread_join(thread, NULL));
    close(there[0]);
    close(back[0]);
    close(back[1]);
    assert_true(u.waits >= WAITS);
    assert_in_range(u.bytes + A_FEW, 2 * WAITS, 2 * WAITS + 2 * A_FEW);
    assert_int_equal(kind_of(&u), ASKS);
}

/* By the clock of the thread, which stands still while others run. */
static void *compute(void *ms)
{
    int64_t end = read_clock(CLOCK_THREAD_CPUTIME_ID) + *(int64_t *)ms * MS;

    while (read_clock(CLOCK_THREAD_CPUTIME_ID) < end)
        ;
    return NULL;
}

static void test_computing_is_no_wait(void **state)
{
    int64_t ms = 10;

    (void)state;
    struct usage u = measure(compute, &ms);
    assert_true(u.cpu >= ms * MS);
    assert_int_equal(u.waits, 0);
    assert_in_range(u.bytes + A_FEW, 0, 2 * A_FEW);
    assert_int_equal(kind_of(&u), COMPUTES);
    ms = 0;
    u = measure(compute, &ms);
    assert_int_equal(kind_of(&u), TINY);
}

static void test_kinds_are_told_apart(void **state)
{
    static const struct {
        struct usage usage;
        enum kind kind;
    } cases[] = {
        { { .cpu = 900000 }, TINY },
        { { .cpu = 1000000 }, COMPUTES },
        { { .wall = 9000000, .cpu = 1000000, .queued = 8000000 }, COMPUTES },
        { { .cpu = 5000000, .waits = 9, .bytes = 9L * 4096 }, TRANSFERS },
        { { .cpu = 5000000, .waits = 9, .bytes = 9L * 4095 }, ASKS },
        { { .cpu = 50000000, .waits = 9 }, COMPUTES },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(kind_of(&cases[i].usage), cases[i].kind);
}

/* What must be so on any machine: the rest is for the eye. */
static void test_kinds_shows_four_pieces_of_work(void **state)
{
    struct wb_subprocess_result res;
    double wall, cpu, queued;
    long waits, kib;

    (void)state;
    wb_run_watched(WB_ARGV(PROGRAM("kinds")), PATIENCE_MS, &res);
    assert_int_equal(res.code, 0);
    static const char form[] = " %lf ms: %lf computing, %lf in the queue; "
                               "%ld waits, %ld KiB";
    const char *at = strstr(res.out, "compute ") + strlen("compute ");
    assert_int_equal(sscanf(at, form, &wall, &cpu, &queued, &waits, &kib), 5);
    assert_true(cpu >= 30);
    at = strstr(res.out, "transfer ") + strlen("transfer ");
    assert_int_equal(sscanf(at, form, &wall, &cpu, &queued, &waits, &kib), 5);
    assert_int_equal(kib, 4096);
    at = strstr(res.out, "ask ") + strlen("ask ");
    assert_int_equal(sscanf(at, form, &wall, &cpu, &queued, &waits, &kib), 5);
    assert_true(waits >= 20);
    at = strstr(res.out, "crowded ") + strlen("crowded ");
    assert_int_equal(sscanf(at, form, &wall, &cpu, &queued, &waits, &kib), 5);
    assert_true(cpu >= 30 && queued > 0);
    wb_subprocess_result_free(&res);
}

/* The report ends behind the answers, or when nobody else can come. */
static void test_whoever_is_ready_answers_first(void **state)
{
    (void)state;
    wb_expect_run(WB_ARGV(PROGRAM("ready")), PATIENCE_MS, 0,
                  "3 of 3 answers did not have to wait for the report\n", NULL);
    wb_expect_run(WB_ARGV(PROGRAM("ready"), "turn"), PATIENCE_MS, 1,
                  "0 of 3 answers did not have to wait for the report\n"
                  "verdict: not-concurrent: a report that takes long stood "
                  "before short answers\n",
                  NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_has_threads_in_the_wrong_place),
    cmocka_unit_test(test_good_has_them_where_it_waits),
    cmocka_unit_test(test_each_answer_that_is_slow_is_a_wait),
    cmocka_unit_test(test_computing_is_no_wait),
    cmocka_unit_test(test_kinds_are_told_apart),
    cmocka_unit_test(test_kinds_shows_four_pieces_of_work),
    cmocka_unit_test(test_whoever_is_ready_answers_first),
};

WB_TEST_MAIN(tests)
