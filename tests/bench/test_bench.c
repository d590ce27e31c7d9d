/* The benchmark measures every row, shows it and says what it has left out.
 * One round of a few turns each: how fast anything is, nobody asks here. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json_reader.h"
#include "wb/base.h"
#include "wb/testkit.h"

enum { PATIENCE_MS = 240000 };

static struct wb_subprocess_result res;

/* Run it with "--rounds 1" and what else is given, ended by NULL. */
static void bench(const char *first, ...)
{
    const char *argv[10] = { BENCH, "--rounds", "1", first };
    va_list more;

    va_start(more, first);
    for (int i = 4; argv[i - 1] != NULL; i++)
        argv[i] = va_arg(more, const char *);
    va_end(more);
    wb_subprocess_result_free(&res);
    wb_run_watched(argv, PATIENCE_MS, &res);
    wb_expect(res.outcome == WB_EXITED, WB_CRASH, "%s", res.message);
}

static void holds(const char *text, const char *part)
{
    wb_expect(strstr(text, part) != NULL, WB_WRONG_ANSWER,
              "\"%s\" is not in: %s", part, text);
}

static int release(void **state)
{
    (void)state;
    wb_subprocess_result_free(&res);
    return 0;
}

/* Speed may fail what is wanted: that is exit status 1, and no failure. */
static void test_every_row_is_shown(void **state)
{
    (void)state;
    bench("--tiny", NULL);
    wb_expect(res.code <= 1, WB_WRONG_ANSWER, "status %d: %s", res.code,
              res.err);
    wb_expect(strstr(res.out, "FAILED") == NULL, WB_WRONG_ANSWER,
              "a run has failed: %s", res.out);
    holds(res.out, "queue-1-1: bounded queue, 1 producer, 1 consumer");
    holds(res.out, "  wb_queue ");
    holds(res.out, "GAsyncQueue ");
    if (strstr(res.out, "skipped: needs") == NULL)
        holds(res.out, "x wanted 1.3x");
    holds(res.out, "Medians of 1 rounds");
}

static void test_json_is_json_and_nothing_else(void **state)
{
    (void)state;
    bench("--tiny", "--only", "queue", "--json", "-", NULL);
    wb_expect(json_is_valid(res.out), WB_WRONG_ANSWER, "not JSON: %s", res.out);
    holds(res.out, "\"rows\"");
    holds(res.out, "\"rate\"");
    holds(res.out, "\"median\"");
    holds(res.out, "\"met\"");
}

static void test_a_peer_that_is_not_there_is_named(void **state)
{
    const char *path = getenv("PATH");
    char *kept = strdup(path != NULL ? path : "");

    (void)state;
    setenv("PATH", "/nonexistent", 1);
    bench("--tiny", "--only", "queue-1", NULL);
    setenv("PATH", kept, 1);
    free(kept);
    holds(res.out, "queue.Queue");
    holds(res.out, "skipped: needs python3");
}

static void test_a_file_gets_json_beside_the_table(void **state)
{
    char path[PATH_MAX], text[64] = "";
    int fd = WB_MUST_SYS(mkstemp(wb_scratch_path(path, sizeof(path), "bench")));

    (void)state;
    bench("--tiny", "--only", "queue-1", "--json", path, NULL);
    WB_MUST_SYS((int)read(fd, text, sizeof(text) - 1));
    close(fd);
    unlink(path);
    holds(text, "{\"build\"");
    holds(res.out, "Medians of");
}

static void test_what_cannot_be_is_refused(void **state)
{
    (void)state;
    bench("--only", "nothing-such", NULL);
    assert_int_equal(res.code, 2);
    holds(res.err, "queue-1-1");
    bench("--rounds", "0", NULL);
    assert_int_equal(res.code, 2);
    bench("--rounds", NULL);
    assert_int_equal(res.code, 2);
    bench("--fast", "1", NULL);
    assert_int_equal(res.code, 2);
    bench("--json", "/nonexistent/file", "--tiny", NULL);
    assert_int_equal(res.code, 4);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_teardown(test_every_row_is_shown, release),
    cmocka_unit_test_teardown(test_json_is_json_and_nothing_else, release),
    cmocka_unit_test_teardown(test_a_peer_that_is_not_there_is_named, release),
    cmocka_unit_test_teardown(test_a_file_gets_json_beside_the_table, release),
    cmocka_unit_test_teardown(test_what_cannot_be_is_refused, release),
};
WB_TEST_MAIN(tests)
