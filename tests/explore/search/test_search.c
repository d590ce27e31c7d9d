/* The search itself: it runs one execution of each class, and misses none.
 *
 * Counts are held against what can be worked out by hand. Verdicts, and what
 * complete executions print, are held against a search that runs every order
 * of steps and reduces nothing, on programs drawn at random. And several
 * processes must find what one does. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "build.h"
#include "check.h"
#include "run.h"
#include "small_seeds.h"
#include "wb/testkit.h"

#define PROGRAM(name) SEARCH_DIR "/" name ".c"

/* A part of the random programs, of PARTS in all; WB_PART says which. */
enum { PARTS = 4, PROGRAMS = 1000 / PARTS, MOST_EXECUTIONS = 2500 };

static int first_seed(void)
{
    const char *part = getenv("WB_PART");

    return part != NULL ? atoi(part) : 1;
}

/* Searched by so many processes; 4 are more than most machines have idle. */
static const unsigned workers[] = { 1, 2, 4 };

enum { NWORKERS = sizeof(workers) / sizeof(workers[0]) };

static void expect_count_by(unsigned workers_now, const char *file,
                            const char *n, const char *k, uint64_t expected)
{
    const char *flags[] = { n, k };
    struct wbx_report report;

    wbx_explore(&(struct wbx_options){ WBX_FILES(file), .cflags = flags,
                                       .ncflags = k ? 2 : 1, .all = true,
                                       .workers = workers_now,
                                       .split_after = 1 },
                &report);
    wb_expect(report.exhaustive, WB_UNBOUNDED, "%s %s: %s", file, n,
              report.message ? report.message : "not exhaustive");
    wb_expect(report.traces == expected, WB_WRONG_ANSWER,
              "%s %s %s, %u workers: %llu traces, not %llu", file, n,
              k ? k : "", workers_now, (unsigned long long)report.traces,
              (unsigned long long)expected);
    wbx_report_free(&report);
}

static void expect_count(const char *file, const char *n, const char *k,
                         uint64_t expected)
{
    for (int i = 0; i < NWORKERS; i++)
        expect_count_by(workers[i], file, n, k, expected);
}

static void test_count_load_then_store(void **state)
{
    (void)state;
    expect_count(PROGRAM("load_store"), "-DN=2", NULL, 4);
    expect_count(PROGRAM("load_store"), "-DN=3", NULL, 36);
    expect_count(PROGRAM("load_store"), "-DN=4", NULL, 576);
    expect_count(PROGRAM("load_store"), "-DN=5", NULL, 14400);
}

static void test_count_one_writer_and_n_readers(void **state)
{
    (void)state;
    expect_count(PROGRAM("readers"), "-DN=1", NULL, 2);
    expect_count(PROGRAM("readers"), "-DN=4", NULL, 16);
    expect_count(PROGRAM("readers"), "-DN=7", NULL, 128);
}

static void test_count_two_flags(void **state)
{
    (void)state;
    expect_count(PROGRAM("two_flags"), "-DSTORE_BUFFERING", NULL, 3);
    expect_count(PROGRAM("two_flags"), "-DMESSAGE", NULL, 3);
}

static void test_count_philosophers(void **state)
{
    (void)state;
    expect_count(PROGRAM("philosophers"), "-DN=2", NULL, 3);
    expect_count(PROGRAM("philosophers"), "-DN=3", NULL, 7);
    expect_count(PROGRAM("philosophers"), "-DN=5", NULL, 31);
}

static void test_count_critical_sections(void **state)
{
    (void)state;
    expect_count(PROGRAM("sections"), "-DN=2", "-DK=1", 2);
    expect_count(PROGRAM("sections"), "-DN=3", "-DK=2", 90);
    expect_count(PROGRAM("sections"), "-DN=3", "-DK=3", 1680);
}

static void test_count_nothing_shared(void **state)
{
    (void)state;
    expect_count(PROGRAM("nothing_shared"), "-DN=2", NULL, 1);
    expect_count(PROGRAM("nothing_shared"), "-DN=6", NULL, 1);
}

/* What one search of a program saw. */
struct summary {
    uint32_t exhaustive;
    uint32_t kinds; /* set of verdicts */
    uint32_t nstates, nfailures;
    uint64_t states, traces, blocked;
    uint64_t schedules; /* hash of those kept of failures */
};

static uint64_t hash(uint64_t h, const void *data, size_t n)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < n; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

static struct summary summarize(const struct wbx_shared *shared)
{
    struct summary s = { .exhaustive = shared->exhaustive,
                         .nstates = shared->nstates,
                         .nfailures = shared->nfailures,
                         .states = shared->states_sum,
                         .traces = shared->traces,
                         .blocked = shared->blocked };

    for (uint32_t i = 0; i < shared->nfailures; i++) {
        const struct wbx_failure_record *r = &shared->failures[i];

        s.kinds |= 1u << r->kind;
        s.schedules = hash(s.schedules, &r->kind, sizeof(r->kind));
        s.schedules =
            hash(s.schedules, r->choices, r->nchoices * sizeof(*r->choices));
    }
    return s;
}

static struct summary search(const struct wbx_program *program, int seed,
                             const struct wbx_options *how)
{
    char text[16];
    const char *file = PROGRAM("random_program");
    const char *args[] = { text };
    struct wbx_options opt = *how;
    struct wbx_arena arena = { 0 };
    struct wbx_run run;
    struct summary s;

    snprintf(text, sizeof(text), "%d", seed);
    opt.files = &file;
    opt.nfiles = 1;
    opt.args = args;
    opt.nargs = 1;
    opt.split_after = 1;
    wb_expect(wbx_run(&opt, program, NULL, &arena, &run) == 0, WB_CRASH,
              "seed %d could not be run", seed);
    wb_expect(run.end == WBX_RUN_ENDED && run.shared->state == WBX_DONE,
              WB_CRASH, "seed %d: the runtime did not finish: %s", seed,
              run.shared->refusal);
    s = summarize(run.shared);
    wbx_run_close(&run);
    wbx_arena_free(&arena);
    return s;
}

/* Whatever it is asked for, a search by several processes must find what one
 * process finds, to the last number and the same schedules. */
static void compare_workers(const struct wbx_program *program, int seed,
                            struct wbx_options how)
{
    struct summary alone, shared;

    how.workers = 1;
    alone = search(program, seed, &how);
    for (int i = 1; i < NWORKERS; i++) {
        how.workers = workers[i];
        shared = search(program, seed, &how);
        wb_expect(
            memcmp(&alone, &shared, sizeof(alone)) == 0, WB_WRONG_ANSWER,
            "seed %d, all %d, budget %d: alone exhaustive %u, %lu traces, %lu "
            "blocked, states %u, %u failures %lx; %u workers: %u, %lu, %lu, "
            "%u, %u %lx",
            seed, how.all, (int)how.budget, alone.exhaustive, alone.traces,
            alone.blocked, alone.nstates, alone.nfailures, alone.schedules,
            how.workers, shared.exhaustive, shared.traces, shared.blocked,
            shared.nstates, shared.nfailures, shared.schedules);
    }
}

static void compare_with_full(const struct wbx_program *program, int seed,
                              const struct summary *full)
{
    struct summary reduced = search(
        program, seed, &(struct wbx_options){ .all = true, .workers = 1 });

    wb_expect(
        reduced.exhaustive && reduced.kinds == full->kinds &&
            reduced.nstates == full->nstates && reduced.states == full->states,
        WB_WRONG_ANSWER, "seed %d: kinds %x and %x, final states %u and %u",
        seed, reduced.kinds, full->kinds, reduced.nstates, full->nstates);
}

static struct wbx_program build_random_program(void)
{
    const char *file = PROGRAM("random_program");
    struct wbx_arena arena = { 0 };
    struct wbx_report report = { 0 };
    struct wbx_program program;

    wb_expect(wbx_build(&(struct wbx_options){ .files = &file, .nfiles = 1 },
                        &report, &arena, &program) == 0,
              WB_DOES_NOT_COMPILE, "%s", report.message);
    wbx_arena_free(&arena);
    return program;
}

static struct summary search_in_full(const struct wbx_program *program,
                                     int seed, uint64_t most_executions)
{
    return search(program, seed,
                  &(struct wbx_options){
                      .all = true, .naive = true, .budget = most_executions });
}

/* Which programs are small depends a little on the compiler: hence the room,
 * and those that are too large all the same are passed over. */
static void test_random_programs_against_a_full_search(void **state)
{
    struct wbx_program program = build_random_program();
    int compared = 0;

    (void)state;
    for (int seed = first_seed(); seed < SEEDS; seed += PARTS) {
        if (!is_small(seed) || compared == PROGRAMS)
            continue;
        struct summary full =
            search_in_full(&program, seed, (uint64_t)4 * MOST_EXECUTIONS);
        if (!full.exhaustive)
            continue;
        compare_with_full(&program, seed, &full);
        compared++;
    }
    wb_expect(compared == PROGRAMS, WB_UNBOUNDED,
              "only %d programs are small: draw small_seeds.h anew", compared);
    printf("%d random programs compared\n", compared);
    close(program.fd);
}

/* Prints what stands in small_seeds.h; no test asks for it. */
static void draw_small_seeds(void **state)
{
    struct wbx_program program = build_random_program();

    (void)state;
    for (int digit = 0; digit < SEEDS / 4; digit++) {
        unsigned bits = 0;

        for (int i = 0; i < 4; i++)
            bits |= (unsigned)search_in_full(&program, 4 * digit + i,
                                             MOST_EXECUTIONS)
                        .exhaustive
                    << i;
        printf("%x%s", bits, digit % 64 == 63 ? "\n" : "");
    }
    printf("\n");
    close(program.fd);
}

static void test_random_programs_with_more_workers(void **state)
{
    struct wbx_program program = build_random_program();

    (void)state;
    for (int i = 0, seed = first_seed(); i < PROGRAMS; i++, seed += PARTS) {
        struct wbx_options all = { .all = true, .budget = MOST_EXECUTIONS };

        compare_workers(&program, seed, all);
        all.all = seed % 3 != 0;
        all.budget = seed % 3 == 1 ? 1 + (uint64_t)seed % 50 : 0;
        if (seed % 3 != 2)
            compare_workers(&program, seed, all);
    }
    close(program.fd);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_count_load_then_store),
    cmocka_unit_test(test_count_one_writer_and_n_readers),
    cmocka_unit_test(test_count_two_flags),
    cmocka_unit_test(test_count_philosophers),
    cmocka_unit_test(test_count_critical_sections),
    cmocka_unit_test(test_count_nothing_shared),
    cmocka_unit_test(test_random_programs_against_a_full_search),
    cmocka_unit_test(test_random_programs_with_more_workers),
    cmocka_unit_test(draw_small_seeds),
};
WB_TEST_MAIN(tests)
