/* Shows that the writer of bad.c looks without end, that its backlog has no
 * bound and that it cannot be joined; that good.c and sentinels.c do nothing
 * wrong in any order; and that the queue keeps its promises.
 *
 * With WB_EXPLORED this file is bad.c or good.c, named by PROGRAM, with every
 * look counted: a rest before looking again, or a pop. */
#ifndef WB_EXPLORED

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "wb/testkit.h"

#define CHAPTER(file) WB_CHAPTER_DIR "/" file
#define SOURCES       CHAPTER("../../common/src")

static void expect_cause(struct wbx_report *report, const char *text)
{
    const char *cause = report->failures[0].cause;

    wb_expect(strstr(cause, text) != NULL, WB_WRONG_ANSWER,
              "it fails in another way, \"%s\" is not in: %s", text, cause);
    wbx_report_free(report);
}

static void test_bad_looks_without_end(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                           WBX_CFLAGS("-DJOIN_WRITER"),
                                           WBX_ARGS("0") },
                    WB_LIVELOCK, &report);
    expect_cause(&report, "T1 loops");
}

static const char counted[] = __FILE__;
static const char here[] = "-I" WB_CHAPTER_DIR;
#define RESTS "-Dusleep=resting"

static void test_bad_looks_more_often_than_lines_come(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(counted),
                               WBX_CFLAGS("-DWB_EXPLORED", RESTS,
                                          "-DJOIN_WRITER",
                                          "-DPROGRAM=\"bad.c\"", here),
                               WBX_ARGS("2") },
        WB_UNBOUNDED, &report);
    expect_cause(&report, "looked 100 times for 2 lines");
}

static void test_good_looks_once_for_each_line(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){
        WBX_FILES(counted),
        WBX_CFLAGS("-DWB_EXPLORED", RESTS, "-DJOIN_WRITER",
                   "-DPROGRAM=\"good.c\"", here),
        WBX_ARGS("2", "1") });
}

/* With room for one line, as many wait as were logged, however many. */
static void test_backlog_of_bad_has_no_bound(void **state)
{
    static const char *const logged[] = { "2", "4", "16", "64" };
    struct wbx_report report;

    (void)state;
    for (int i = 0; i < 4; i++) {
        char text[64];

        wbx_check_fails(&(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")),
                                               WBX_ARGS(logged[i], "1") },
                        WB_UNBOUNDED, &report);
        snprintf(text, sizeof(text), "%s lines waited at once", logged[i]);
        expect_cause(&report, text);
    }
}

static void test_bad_leaves_its_writer_behind(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_check_fails(
        &(struct wbx_options){ WBX_FILES(CHAPTER("bad.c")), WBX_ARGS("0") },
        WB_LEAKED_THREAD, &report);
    expect_cause(&report, "write_lines");
}

/* The same lines and the same room as above: the bound holds, the writer
 * ends, and no line is left, in every order. */
static void test_good_is_right_in_every_order(void **state)
{
    static const char *const runs[][2] = {
        { "0", "1" }, { "1", "1" }, { "2", "1" }, { "2", "2" }, { "3", "2" }
    };

    (void)state;
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("good.c")),
                                               .args = runs[i], .nargs = 2 });
}

static void test_a_sentinel_for_each_worker_ends_all(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("sentinels.c")) });
}

static void test_one_sentinel_ends_one_worker(void **state)
{
    struct wbx_report report;

    (void)state;
    wbx_explore(&(struct wbx_options){ WBX_FILES(CHAPTER("sentinels.c")),
                                       WBX_CFLAGS("-DONE_SENTINEL") },
                &report);
    wb_expect(report.verdict == WB_DEADLOCK, WB_WRONG_ANSWER,
              "one sentinel for two workers gives %s",
              wb_verdict_name(report.verdict));
    expect_cause(&report, "not_empty");
}

static void test_the_queue_keeps_its_promises(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(CHAPTER("promises.c")) });
}

/* -- is every wait and every signal of the queue needed? ------------------ */

struct change {
    const char *from, *to; /* to NULL: take the whole line out */
};

/* Write the source to path with one change of the line at *line, and find out
 * whether a promise is broken by it. */
static bool is_noticed(const char *source, const char *line, struct change c,
                       const char *path)
{
    struct wbx_report report;
    const char *at = strstr(line, c.from);
    size_t kept = (size_t)((c.to != NULL ? at : line) - source);
    const char *rest =
        c.to != NULL ? at + strlen(c.from) : line + strcspn(line, "\n");
    FILE *out = fopen(path, "w");

    wb_expect(out != NULL, WB_ASSERTION, "cannot write %s", path);
    fprintf(out, "%.*s%s%s", (int)kept, source, c.to != NULL ? c.to : ";",
            rest);
    fclose(out);
    wbx_explore(
        &(struct wbx_options){ WBX_FILES(CHAPTER("promises.c"), path),
                               WBX_CFLAGS("-I" SOURCES, "-DLEAVE_OUT(...)=0") },
        &report);
    bool noticed = report.status == WBX_FAULT;
    wbx_report_free(&report);
    return noticed;
}

static bool applies(const char *line, struct change c)
{
    const char *at = strstr(line, c.from);

    return strncmp(line, "    ", 4) == 0 && at != NULL &&
           at < line + strcspn(line, "\n");
}

/* Take out each wait and each signal, make each loop turn once, and each
 * broadcast a signal; pass nothing on, tell nobody a second time, and signal
 * before the lock says that he sleeps. @return how many changes; *missed is
 * the first line whose change breaks no promise, or NULL */
static int spoil(const char *source, const char *path, const char **missed)
{
    static const struct change changes[] = {
        { "wb_cond_wait_until(", "LEAVE_OUT(" },
        { "cond_signal(", NULL },
        { "cond_broadcast(", NULL },
        { "cond_broadcast(", "cond_signal(" },
        { "while (", "if (" },
        { "more = choose", "more = false && choose" },
        { "told = false", NULL },
        { "if (told) {", "if (tell(&q->in.not_empty, told), false) {" },
    };
    int made = 0;

    for (const char *line = source; *line != '\0'; line += *line == '\n') {
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
            if (*missed != NULL || !applies(line, changes[i]))
                continue;
            made++;
            if (!is_noticed(source, line, changes[i], path))
                *missed = line;
        }
        line += strcspn(line, "\n");
    }
    return made;
}

/* Every change of one file of the queue is noticed. @return how many */
static int expect_noticed(const char *original, const char *name)
{
    static char source[1 << 16];
    char dir[PATH_MAX], path[PATH_MAX + 16];
    const char *missed = NULL;
    FILE *in = fopen(original, "r");

    wb_scratch_path(dir, sizeof(dir), "queue");
    wb_expect(in != NULL && mkdtemp(dir) != NULL, WB_ASSERTION,
              "cannot read %s, or make %s", original, dir);
    source[fread(source, 1, sizeof(source) - 1, in)] = '\0';
    fclose(in);
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    int made = spoil(source, path, &missed);
    unlink(path);
    rmdir(dir);
    wb_expect(missed == NULL, WB_WRONG_ANSWER,
              "promises.c does not notice a change of \"%.*s\"",
              (int)strcspn(missed, "\n"), missed);
    return made;
}

static void test_every_wait_and_signal_is_needed(void **state)
{
    (void)state;
    int made = expect_noticed(SOURCES "/queue.c", "queue.c") +
               expect_noticed(SOURCES "/queue_end.c", "queue_end.c");
    wb_expect(made >= 17, WB_WRONG_ANSWER, "only %d changes were made", made);
}

/* The program that was explored is the one that is run. */
static void test_good_writes_every_line(void **state)
{
    const char *argv[] = { WB_GOOD, "20000", "4", NULL };
    struct wb_subprocess_result res;

    (void)state;
    wb_run_watched(argv, 30000, &res);
    wb_expect(res.outcome == WB_EXITED && res.code == 0 &&
                  strcmp(res.out, "20000 lines logged, 20000 written\n") == 0,
              WB_WRONG_ANSWER, "good.c: %s%s", res.out, res.message);
    wb_subprocess_result_free(&res);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bad_looks_without_end),
    cmocka_unit_test(test_bad_looks_more_often_than_lines_come),
    cmocka_unit_test(test_good_looks_once_for_each_line),
    cmocka_unit_test(test_backlog_of_bad_has_no_bound),
    cmocka_unit_test(test_bad_leaves_its_writer_behind),
    cmocka_unit_test(test_good_is_right_in_every_order),
    cmocka_unit_test(test_a_sentinel_for_each_worker_ends_all),
    cmocka_unit_test(test_one_sentinel_ends_one_worker),
    cmocka_unit_test(test_the_queue_keeps_its_promises),
    cmocka_unit_test(test_every_wait_and_signal_is_needed),
    cmocka_unit_test(test_good_writes_every_line),
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h> /* declares resting */

#include "wb/queue.h"
#include "wb/verdict.h"

enum { ENOUGH = 100 };

static atomic_int looks; /* atomic: publishes nothing */
static long expected;

static void look(void)
{
    if (atomic_fetch_add(&looks, 1) + 1 == ENOUGH)
        exit(wb_verdict_say(WB_UNBOUNDED, "looked %d times for %ld lines",
                            ENOUGH, expected));
}

/* What PROGRAM calls to rest between two looks is this, by the compiler's flag
 * RESTS: it takes a look, and gives the others a turn. */
int resting(useconds_t unused)
{
    (void)unused;
    look();
    return sched_yield();
}

#define wb_queue_pop(q, p) (look(), wb_queue_pop(q, p))
#define main               log_lines
int log_lines(int argc, char **argv);
#include PROGRAM
#undef main

/* One look for each line, and one that tells of the end. */
int main(int argc, char **argv)
{
    expected = atol(argv[1]);
    int status = log_lines(argc, argv);

    WB_JUDGE(looks <= expected + 1, WB_UNBOUNDED,
             "looked %d times for %ld lines", looks, expected);
    return status;
}

#endif
