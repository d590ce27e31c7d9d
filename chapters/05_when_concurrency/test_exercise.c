/* The judge of exercise 05. It takes any file that implements exercise.h.
 *
 * Processes that do nothing at the moment are looked at by the candidate and
 * by the judge: both must see the same, to the nanosecond. Which kind of work
 * is which is asked about figures that are made up, and about real ones. No
 * clock has a part in it, so that the load of the machine has none. */
#include "exercise.h"

#include "targets.h"

#define US 1000L
#define MS (1000 * US)

enum { UNTOUCHED = 77 };

static const char *const kinds[] = { "IDLE", "CPU_BOUND", "CROWDED", "IO_BOUND",
                                     "LATENCY_BOUND" };

/* -- what is right ----------------------------------------------------------
 */

static long long number_in(pid_t pid, const char *tid, const char *name,
                           const char *form)
{
    char path[300], line[128];
    long long value = 0;

    snprintf(path, sizeof(path), "/proc/%d/task/%s/%s", (int)pid, tid, name);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, form, &value) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return value;
}

static struct figures look(const struct target *t)
{
    char path[40];
    struct figures f = { 0 };
    struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)t->pid);
    DIR *task = opendir(path);
    while (task != NULL && (entry = readdir(task)) != NULL) {
        const char *tid = entry->d_name;

        if (*tid == '.')
            continue;
        f.cpu += number_in(t->pid, tid, "schedstat", "%lld");
        f.queued += number_in(t->pid, tid, "schedstat", "%*d %lld");
        f.waits += (long)number_in(t->pid, tid, "status",
                                   "voluntary_ctxt_switches: %lld");
        f.bytes += (long)number_in(t->pid, tid, "io", "rchar: %lld") +
                   (long)number_in(t->pid, tid, "io", "wchar: %lld");
    }
    if (task != NULL)
        closedir(task);
    return f;
}

/* -- observing --------------------------------------------------------------
 */

/* Both ends of the range are the same, unless a sanitizer's thread is there,
 * which never rests. */
static void expect_same(const char *what, long long seen, long long from,
                        long long to, const char *whose)
{
    wb_expect(seen >= from && seen <= to, WB_WRONG_ANSWER,
              "%s of %s is %lld, and observe says %lld", what, whose, from,
              seen);
}

static struct figures observe_right(const struct target *t, const char *whose)
{
    struct figures seen, from = look(t);
    int open = wb_proc_descriptors(getpid());

    memset(&seen, 0x5a, sizeof(seen)); /* whatever was there before */
    int rc = observe(t->pid, &seen);
    wb_expect(rc == 0, WB_WRONG_ANSWER, "observe gave %d for %s", rc, whose);
    int now = wb_proc_descriptors(getpid());
    wb_expect(now == open, WB_LEAKED_DESCRIPTOR,
              "%d descriptors were open before observe, and %d after it", open,
              now);
    struct figures to = look(t);
    expect_same("cpu", seen.cpu, from.cpu, to.cpu, whose);
    expect_same("queued", seen.queued, from.queued, to.queued, whose);
    expect_same("waits", seen.waits, from.waits, to.waits, whose);
    expect_same("bytes", seen.bytes, from.bytes, to.bytes, whose);
    return seen;
}

static void test_one_thread(void **state)
{
    struct target t = start_target();

    (void)state;
    tell(&t, COMPUTE);
    observe_right(&t, "a process that computed");
    tell(&t, CHAT);
    observe_right(&t, "a process that asked and waited");
    tell(&t, RECEIVE);
    observe_right(&t, "a process that read");
    tell(&t, SEND);
    observe_right(&t, "a process that wrote");
    end_target(&t);
}

static void test_many_threads(void **state)
{
    struct target t = start_target();

    (void)state;
    for (int i = 0; i < 3; i++)
        tell(&t, THREAD);
    observe_right(&t, "a process with four threads");
    tell(&t, CROWD);
    observe_right(&t, "a process whose threads were interrupted");
    end_target(&t);
}

static void test_nobody(void **state)
{
    struct target t = start_target();
    struct figures f = { .waits = UNTOUCHED };

    (void)state;
    end_target(&t);
    int open = wb_proc_descriptors(getpid()), rc = observe(t.pid, &f);
    wb_expect(rc == -ESRCH, WB_WRONG_ANSWER,
              "observe gave %d for a process that is gone, expected %d", rc,
              -ESRCH);
    wb_expect(f.waits == UNTOUCHED, WB_WRONG_ANSWER,
              "observe wrote figures for a process that is gone");
    wb_expect(wb_proc_descriptors(getpid()) == open, WB_LEAKED_DESCRIPTOR,
              "a descriptor is open that was not before observe");
}

/* -- classifying ------------------------------------------------------------
 */

static void expect_kind(const struct figures *before,
                        const struct figures *after, enum kind right)
{
    enum kind seen = classify(before, after);

    wb_expect(seen == right, WB_WRONG_ANSWER,
              "%lld us of cpu, %lld us in the queue, %ld waits, %ld bytes: %s, "
              "and classify says %s",
              (long long)(after->cpu - before->cpu) / 1000,
              (long long)(after->queued - before->queued) / 1000,
              after->waits - before->waits, after->bytes - before->bytes,
              kinds[right],
              (unsigned)seen <= LATENCY_BOUND ? kinds[seen] : "nothing known");
}

static void test_figures(void **state)
{
    static const struct {
        struct figures f;
        enum kind kind;
    } cases[] = {
        { { 0, 0, 0, 0 }, IDLE },
        { { 50 * MS, 0, 0, 0 }, CPU_BOUND },
        { { 10 * US, 0, 0, 900000 }, CPU_BOUND },
        { { 50 * MS, 0, 50, 0 }, CPU_BOUND },
        { { 50 * MS - 50, 0, 50, 0 }, LATENCY_BOUND },
        { { 50 * MS, 50 * MS, 2, 0 }, CPU_BOUND },
        { { 50 * MS, 51 * MS, 2, 0 }, CROWDED },
        { { 50 * MS, 900 * MS, 50, 0 }, CROWDED },
        { { 4 * MS, 900 * MS, 50, 50L * BULK }, IO_BOUND },
        { { 4 * MS, 0, 50, 50L * BULK }, IO_BOUND },
        { { 4 * MS, 0, 50, 50L * BULK - 50 }, LATENCY_BOUND },
        { { 0, 0, 50, 0 }, LATENCY_BOUND },
        { { 4 * MS, 400 * MS, 50, 10 }, LATENCY_BOUND },
        { { 4295 * MS, 0, 4000, 0 }, CPU_BOUND },
    };
    static const struct figures starts[] = {
        { 0, 0, 0, 0 },
        { 700 * MS, 100 * MS, 3, 9000000 },
        { 2 * MS, 900 * MS, 800, 12 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t j = 0; j < sizeof(starts) / sizeof(starts[0]); j++) {
            struct figures after = starts[j];

            after.cpu += cases[i].f.cpu;
            after.queued += cases[i].f.queued;
            after.waits += cases[i].f.waits;
            after.bytes += cases[i].f.bytes;
            expect_kind(&starts[j], &after, cases[i].kind);
        }
}

/* What it was before is no guide to what it does now. */
static void test_three_unknown_programs(void **state)
{
    static const char commands_given[][2] = { { CHAT, COMPUTE },
                                              { COMPUTE, RECEIVE },
                                              { SEND, CHAT } };

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct target t = start_target();

        tell(&t, commands_given[i][0]);
        struct figures before = observe_right(&t, "an unknown program");
        tell(&t, commands_given[i][1]);
        struct figures after = observe_right(&t, "an unknown program");
        end_target(&t);
        /* On a machine as busy as that, only a queue can come in between. */
        bool crowded = after.queued - before.queued > after.cpu - before.cpu;
        bool slow = (after.cpu - before.cpu) / ROUNDS >= SPELL_NS;
        static const enum kind right[] = { CPU_BOUND, IO_BOUND, LATENCY_BOUND };
        if (i == 0 || !slow)
            expect_kind(&before, &after,
                        i == 0 && crowded ? CROWDED : right[i]);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_one_thread),
    cmocka_unit_test(test_many_threads),
    cmocka_unit_test(test_nobody),
    cmocka_unit_test(test_figures),
    cmocka_unit_test(test_three_unknown_programs),
};

WB_TEST_MAIN(tests)
