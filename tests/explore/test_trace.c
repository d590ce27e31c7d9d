/* A failing schedule for a viewer. See trace.h and workbook/trace_file.h. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "harness.h"
#include "json_reader.h"
#include "sample.h"
#include "trace.h"
#include "trace_file.h"

static char *print(const struct wbx_failure *f)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    wbx_print_trace(out, f);
    fclose(out);
    if (!json_is_valid(text))
        fail_msg("not JSON: %s", text);
    return text;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

/* Explore a program of kinds.c; its trace is to be freed. */
static char *trace_of(const char *flag, enum wb_verdict kind, size_t *nevents)
{
    struct wbx_report rep;
    char *text;

    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kinds.c"),
                                           WBX_CFLAGS(flag) },
                    kind, &rep);
    text = print(&rep.failures[0]);
    *nevents = rep.failures[0].nevents;
    wbx_report_free(&rep);
    return text;
}

static void test_a_deadlock_shows_steps_locks_and_waits(void **state)
{
    size_t nevents;
    char *text = trace_of("-DDEADLOCK", WB_DEADLOCK, &nevents);

    (void)state;
    assert_true(nevents > 0);
    assert_int_equal(count(text, "\"cat\":\"step\""), nevents);
    assert_int_equal(count(text, "\"name\":\"thread_name\""), 2);
    assert_holds(text, "\"args\":{\"name\":\"T1 worker()\"}");
    assert_int_equal(count(text, "\"ph\":\"b\""), 2);
    assert_int_equal(count(text, "\"ph\":\"e\""), 2);
    assert_holds(text, "\"name\":\"mu_a held by main\"");
    assert_holds(text, "\"source\":\"pthread_mutex_lock(&mu_b);\","
                       "\"waits_for\":\"T1\"");
    assert_int_equal(count(text, "\"ph\":\"i\""), 1);
    assert_holds(text, "\"cat\":\"failure\",\"name\":\"deadlock\"");
    assert_int_equal(count(text, "\"ph\":\"s\""), 0);
    free(text);
}

static struct wbx_thread threads[] = {
    { .name = "main", .entry = "main", .state = "ready", .waits_for = -1 },
    { .name = "T1", .entry = "worker", .state = "ready", .waits_for = -1 },
};

static struct wbx_failure sample_failure(struct wbx_event *e, size_t n)
{
    return (struct wbx_failure){ .kind = WB_DATA_RACE,
                                 .cause = "they \"race\"",
                                 .thread = 1,
                                 .events = e,
                                 .nevents = n,
                                 .threads = threads,
                                 .nthreads = 2 };
}

static void test_an_arrow_joins_the_racing_pair(void **state)
{
    struct wbx_event e[] = {
        sample_values(sample_event(0, 3, "x = 1;", "write", "x"), 0, "0", 1,
                      "1"),
        sample_event(0, 4, "f()", "yield", NULL),
        sample_event(1, 9, "x", "read", "x"),
    };
    struct wbx_failure f = sample_failure(e, 3);
    char *text;

    (void)state;
    e[0].marked = e[2].marked = true;
    e[2].preempted = true;
    f.skipped = 100;
    text = print(&f);
    assert_holds(text, "\"tid\":0,\"ts\":100,\"dur\":1,\"cat\":\"step\","
                       "\"name\":\"write x\",\"args\":{\"file\":\"dir/f.c\","
                       "\"line\":3,\"source\":\"x = 1;\",\"before\":\"0\","
                       "\"after\":\"1\",\"failed\":false,\"preempted\":false,"
                       "\"marked\":true}}");
    assert_holds(text, "\"name\":\"yield\",");
    assert_holds(text, "\"before\":null,\"after\":null,\"failed\":false,"
                       "\"preempted\":true,");
    assert_holds(text, "\"ph\":\"s\",\"pid\":1,\"tid\":0,\"ts\":100.5,");
    assert_holds(text, "\"ph\":\"f\",\"pid\":1,\"tid\":1,\"ts\":102.5,");
    assert_holds(text, "\"ph\":\"i\",\"pid\":1,\"tid\":1,\"ts\":103,");
    free(text);
    e[1].marked = true;
    text = print(&f);
    assert_int_equal(count(text, "\"ph\":\"s\""), 0);
    free(text);
}

/* The spans of a trace, as "NAME FROM-TO;". */
static void expect_spans(struct wbx_event *e, size_t n, const char *expected)
{
    struct wbx_failure f = sample_failure(e, n);
    char *text = print(&f), *from = text, got[256] = "", name[64];
    unsigned id, id2, t, t2, begin, end;
    size_t used = 0;

    while ((from = strstr(from, "{\"ph\":\"b\"")) != NULL) {
        assert_int_equal(
            sscanf(from,
                   "{\"ph\":\"b\",\"pid\":1,\"tid\":%u,\"ts\":%u,\"cat\":"
                   "\"lock\",\"id\":%u,\"name\":\"%63[^\"]\"},\n"
                   "{\"ph\":\"e\",\"pid\":1,\"tid\":%u,\"ts\":%u,\"cat\":"
                   "\"lock\",\"id\":%u",
                   &t, &begin, &id, name, &t2, &end, &id2),
            7);
        assert_int_equal(t, t2);
        assert_int_equal(id, id2);
        used += (size_t)snprintf(got + used, sizeof(got) - used, "%s %u-%u;",
                                 name, begin, end);
        from++;
    }
    assert_string_equal(got, expected);
    free(text);
}

static void test_locks_are_given_up_in_any_order(void **state)
{
    struct wbx_event e[] = {
        sample_event(0, 1, "", "lock", "a"),
        sample_event(1, 1, "", "lock", "b"),
        sample_event(0, 1, "", "read-lock", "c"),
        sample_event(1, 1, "", "unlock", "b"),
        sample_event(0, 1, "", "unlock", "a"),
        sample_event(0, 1, "", "trylock", "b"),
        sample_event(1, 1, "", "trylock", "b"),
    };

    (void)state;
    e[6].failed = true;
    expect_spans(e, 7,
                 "a held by main 0-5;b held by T1 1-4;c held by main 2-7;"
                 "b held by main 5-7;");
}

static void test_a_wait_gives_its_mutex_up(void **state)
{
    struct wbx_event e[] = {
        sample_event(0, 1, "", "lock", "mu"),
        sample_event(0, 1, "", "wait", "ready"),
        sample_event(1, 1, "", "signal", "ready"),
        sample_event(0, 1, "", "woken, lock", "mu"),
        sample_event(0, 1, "", "lock", "mu"),
        sample_event(0, 1, "", "unlock", "mu"),
        sample_event(0, 1, "", "unlock", "mu"),
    };

    (void)state;
    e[1].object2 = "mu";
    expect_spans(e, 7,
                 "mu held by main 0-2;mu held by main 3-7;"
                 "mu held by main 4-6;");
}

/* What a real wait records is what the spans rely on. */
static void test_a_real_wait_gives_its_mutex_up(void **state)
{
    size_t nevents;
    char *text = trace_of("-DLOST_WAKEUP", WB_LOST_WAKEUP, &nevents), *span;
    unsigned to, wait;

    (void)state;
    span = strstr(text, "\"name\":\"wait ready\"");
    assert_non_null(span);
    while (*span != '\n')
        span--;
    assert_int_equal(sscanf(span + 1,
                            "{\"ph\":\"X\",\"pid\":1,\"tid\":0,"
                            "\"ts\":%u,",
                            &wait),
                     1);
    span = strstr(text, "{\"ph\":\"e\"");
    assert_non_null(span);
    assert_int_equal(
        sscanf(span, "{\"ph\":\"e\",\"pid\":1,\"tid\":0,\"ts\":%u,", &to), 1);
    assert_int_equal(to, wait + 1);
    free(text);
}

static void test_any_bytes_give_valid_text(void **state)
{
    struct wbx_event e =
        sample_event(0, 1, "\x01\"\\\xff", "read", "a\tb\xc3\xa4");
    char longest[2000];
    struct wbx_failure f = sample_failure(&e, 1);

    (void)state;
    free(print(&f));
    memset(longest, 'x', sizeof(longest));
    for (size_t i = 0; i + 1 < sizeof(longest); i += 2)
        memcpy(longest + i, "\xc3\xa4", 2);
    longest[sizeof(longest) - 2] = '\0';
    e.object = longest;
    free(print(&f));
}

/* -- the file ------------------------------------------------------------- */

static size_t entries(const char *dir)
{
    DIR *d = opendir(dir);
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static void test_a_full_disk_leaves_the_old_file(void **state)
{
    struct book *b = *state;
    struct wbx_event e = sample_event(0, 1, "x", "read", "x");
    struct wbx_failure f = sample_failure(&e, 1);
    struct rlimit old;
    size_t before;
    char path[PATH_MAX + 16], *text;
    int rc;

    book_write(b, "t.json", "old");
    before = entries(b->root);
    snprintf(path, sizeof(path), "%s/t.json", b->root);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 100, old.rlim_max });
    rc = wb_trace_file_write(path, &f);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(rc, -EFBIG);
    text = book_read(b, "t.json");
    assert_string_equal(text, "old");
    free(text);
    assert_int_equal(entries(b->root), before);
    assert_int_equal(wb_trace_file_write(path, &f), 0);
    text = book_read(b, "t.json");
    assert_true(json_is_valid(text));
    free(text);
    assert_int_equal(entries(b->root), before);
}

#define RACY "chapters/01_sum/racy.c"

static void test_a_failure_is_written(void **state)
{
    struct book *b = *state;
    char *text;

    book_run(b, "explore", RACY, "--trace", "t.json", NULL);
    assert_int_equal(b->code, 1);
    assert_holds(b->out, "data-race");
    assert_holds(b->err, "trace: t.json");
    text = book_read(b, "t.json");
    assert_true(json_is_valid(text));
    assert_holds(text, "\"name\":\"data-race\"");
    free(text);
    book_run(b, "explore", "--json", "sum", "racy", "--trace=u.json", NULL);
    assert_int_equal(b->code, 1);
    assert_true(json_is_valid(b->out));
    assert_true(book_has(b, "u.json"));
}

static void test_a_clean_program_writes_nothing(void **state)
{
    struct book *b = *state;

    book_run(b, "explore", RACY, "-DSAFE", "--trace", "t.json", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->err, "no failing schedule, nothing written to t.json");
    assert_false(book_has(b, "t.json"));
}

static void test_what_cannot_be_written_is_said(void **state)
{
    struct book *b = *state;
    size_t before;

    book_run(b, "explore", RACY, NULL); /* leaves .workbook */
    before = entries(b->root);
    book_run(b, "explore", RACY, "--trace", "/dev/full", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->out, "data-race");
    assert_holds(b->err, "cannot write the trace to /dev/full: No space left");
    /* Nothing is explored for a name that cannot be right. */
    book_run(b, "explore", RACY, "--trace", "none/t.json", NULL);
    assert_int_equal(b->code, 2);
    assert_string_equal(b->out, "");
    assert_holds(b->err, "none/t.json: No such file or directory");
    book_run(b, "explore", RACY, "--trace", RACY "/t.json", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "Not a directory");
    book_run(b, "explore", RACY, "--trace", "chapters", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "Is a directory");
    book_run(b, "explore", RACY, "--trace=", NULL);
    assert_int_equal(b->code, 2);
    assert_int_equal(entries(b->root), before);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_a_deadlock_shows_steps_locks_and_waits),
    cmocka_unit_test(test_an_arrow_joins_the_racing_pair),
    cmocka_unit_test(test_locks_are_given_up_in_any_order),
    cmocka_unit_test(test_a_wait_gives_its_mutex_up),
    cmocka_unit_test(test_a_real_wait_gives_its_mutex_up),
    cmocka_unit_test(test_any_bytes_give_valid_text),
    BOOK_TEST(test_a_full_disk_leaves_the_old_file),
    BOOK_TEST(test_a_failure_is_written),
    BOOK_TEST(test_a_clean_program_writes_nothing),
    BOOK_TEST(test_what_cannot_be_written_is_said),
};

WB_TEST_MAIN(tests)
