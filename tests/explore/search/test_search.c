/* The search itself: it runs one execution of each class, and misses none.
 *
 * Counts are held against what can be worked out by hand. Verdicts, and what
 * complete executions print, are held against a search that runs every order
 * of steps and reduces nothing, on programs drawn at random. */
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "build.h"
#include "check.h"
#include "run.h"
#include "wb/testkit.h"

#define PROGRAM(name) SEARCH_DIR "/" name ".c"

enum { PROGRAMS = 1000, MOST_EXECUTIONS = 15000 };

static uint64_t count(const char *file, const char *n, const char *k)
{
    const char *flags[] = { n, k };
    struct wbx_report report;
    uint64_t traces;

    wbx_explore(&(struct wbx_options){ WBX_FILES(file), .cflags = flags,
                                       .ncflags = k ? 2 : 1, .all = true },
                &report);
    wb_expect(report.exhaustive, WB_UNBOUNDED, "%s %s: %s", file, n,
              report.message ? report.message : "not exhaustive");
    traces = report.traces;
    wbx_report_free(&report);
    return traces;
}

static void expect_count(const char *file, const char *n, const char *k,
                         uint64_t expected)
{
    uint64_t traces = count(file, n, k);

    wb_expect(traces == expected, WB_WRONG_ANSWER,
              "%s %s %s: %llu traces, not %llu", file, n, k ? k : "",
              (unsigned long long)traces, (unsigned long long)expected);
}

static void test_load_then_store(void **state)
{
    (void)state;
    expect_count(PROGRAM("load_store"), "-DN=2", NULL, 4);
    expect_count(PROGRAM("load_store"), "-DN=3", NULL, 36);
    expect_count(PROGRAM("load_store"), "-DN=4", NULL, 576);
    expect_count(PROGRAM("load_store"), "-DN=5", NULL, 14400);
}

static void test_one_writer_and_n_readers(void **state)
{
    (void)state;
    expect_count(PROGRAM("readers"), "-DN=1", NULL, 2);
    expect_count(PROGRAM("readers"), "-DN=4", NULL, 16);
    expect_count(PROGRAM("readers"), "-DN=7", NULL, 128);
}

static void test_two_flags(void **state)
{
    (void)state;
    expect_count(PROGRAM("two_flags"), "-DSTORE_BUFFERING", NULL, 3);
    expect_count(PROGRAM("two_flags"), "-DMESSAGE", NULL, 3);
}

static void test_philosophers(void **state)
{
    (void)state;
    expect_count(PROGRAM("philosophers"), "-DN=2", NULL, 3);
    expect_count(PROGRAM("philosophers"), "-DN=3", NULL, 7);
    expect_count(PROGRAM("philosophers"), "-DN=5", NULL, 31);
}

static void test_critical_sections(void **state)
{
    (void)state;
    expect_count(PROGRAM("sections"), "-DN=2", "-DK=1", 2);
    expect_count(PROGRAM("sections"), "-DN=3", "-DK=2", 90);
    expect_count(PROGRAM("sections"), "-DN=3", "-DK=3", 1680);
}

static void test_nothing_shared(void **state)
{
    (void)state;
    expect_count(PROGRAM("nothing_shared"), "-DN=2", NULL, 1);
    expect_count(PROGRAM("nothing_shared"), "-DN=6", NULL, 1);
}

/* What one search of a program saw. */
struct summary {
    bool exhaustive;
    unsigned kinds; /* set of verdicts */
    uint32_t nstates;
    uint64_t states;
};

static struct summary search(const struct wbx_program *program,
                             struct wbx_arena *arena, int seed, bool naive)
{
    char text[16];
    const char *file = PROGRAM("random_program");
    const char *args[] = { text };
    struct wbx_run run;
    struct summary s = { 0 };

    snprintf(text, sizeof(text), "%d", seed);
    wb_expect(wbx_run(&(struct wbx_options){ .files = &file,
                                             .nfiles = 1,
                                             .args = args,
                                             .nargs = 1,
                                             .all = true,
                                             .naive = naive,
                                             .budget = MOST_EXECUTIONS },
                      program, NULL, arena, &run) == 0,
              WB_CRASH, "seed %d could not be run", seed);
    wb_expect(run.end == WBX_RUN_ENDED && run.shared->state == WBX_DONE,
              WB_CRASH, "seed %d: the runtime did not finish: %s", seed,
              run.shared->refusal);
    s.exhaustive = run.shared->exhaustive;
    for (uint32_t i = 0; i < run.shared->nfailures; i++)
        s.kinds |= 1u << run.shared->failures[i].kind;
    s.nstates = run.shared->nstates;
    s.states = run.shared->states_sum;
    wbx_run_close(&run);
    return s;
}

static void test_random_programs_against_a_full_search(void **state)
{
    const char *file = PROGRAM("random_program");
    struct wbx_arena arena = { 0 };
    struct wbx_report report = { 0 };
    struct wbx_program program;
    int compared = 0, seed = 0;

    (void)state;
    wb_expect(wbx_build(&(struct wbx_options){ .files = &file, .nfiles = 1 },
                        &report, &arena, &program) == 0,
              WB_DOES_NOT_COMPILE, "%s", report.message);
    while (compared < PROGRAMS) {
        struct summary full = search(&program, &arena, ++seed, true);
        struct summary reduced;

        if (!full.exhaustive)
            continue; /* too large to be searched in full */
        reduced = search(&program, &arena, seed, false);
        wb_expect(reduced.exhaustive && reduced.kinds == full.kinds &&
                      reduced.nstates == full.nstates &&
                      reduced.states == full.states,
                  WB_WRONG_ANSWER,
                  "seed %d: kinds %x and %x, final states %u and %u", seed,
                  reduced.kinds, full.kinds, reduced.nstates, full.nstates);
        compared++;
    }
    printf("%d random programs compared, %d too large\n", compared,
           seed - compared);
    close(program.fd);
    wbx_arena_free(&arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_load_then_store),
    cmocka_unit_test(test_one_writer_and_n_readers),
    cmocka_unit_test(test_two_flags),
    cmocka_unit_test(test_philosophers),
    cmocka_unit_test(test_critical_sections),
    cmocka_unit_test(test_nothing_shared),
    cmocka_unit_test(test_random_programs_against_a_full_search),
};
WB_TEST_MAIN(tests)
