/*
 * Reads of streams that take more than one turn, and lines. See wb/coro_io.h.
 */

#include <errno.h>
#include <string.h>

#include "coro_pair.h"
#include "wb/testkit.h"

/* -- reads that are interrupted -------------------------------------------- */

/* The last of so many calls in one turn lets others run. */
enum { CALLS_IN_A_TURN = 64 };

static void read_most(struct pair *p)
{
    char c;
    for (int i = 1; i < CALLS_IN_A_TURN; i++)
        assert_int_equal(wb_coro_read(p->b, &c, 1), 1);
}

static int read_two_bytes(void *arg)
{
    struct pair *p = arg;
    char two[2];
    read_most(p);
    return wb_coro_read_exactly(p->b, two, 2, WB_FOREVER);
}

static int read_one_line(void *arg)
{
    struct pair *p = arg;
    char line[8];
    read_most(p);
    return wb_coro_read_line(p->b, line, 8, WB_FOREVER);
}

/* What is closed has its number given away at once, so that one who went on
 * with it would take what is another's. */
static int close_in_the_middle(void *arg)
{
    const wb_coro_fn *read = arg;
    struct pair p, other;
    char bytes[CALLS_IN_A_TURN] = { 0 };
    open_pair(&p);
    WB_MUST(wb_coro_write(p.a, bytes, CALLS_IN_A_TURN));
    struct wb_coro *reader = wb_coro_spawn(*read, &p);
    wb_coro_yield();
    close_pair(&p);
    open_pair(&other);
    WB_MUST(wb_coro_write(other.a, "z\n", 2));
    int rc = wb_coro_await(reader);
    close_pair(&other);
    return rc;
}

static void test_close_in_the_middle_of_a_read(void **state)
{
    wb_coro_fn reads[] = { read_two_bytes, read_one_line };
    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(wb_coro_run(close_in_the_middle, &reads[i]), -EBADF);
}

/* -- lines ----------------------------------------------------------------- */

static int read_lines(void *arg)
{
    struct pair p;
    char line[8], rest[8];
    (void)arg;
    open_pair(&p);
    WB_MUST(wb_coro_write(p.a, "one\n\nthree\nlonger than that\nlast", 32));
    WB_MUST(wb_coro_shutdown(p.a));
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), 3);
    assert_string_equal(line, "one");
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), 0);
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), 5);
    assert_string_equal(line, "three");
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), -EMSGSIZE);
    WB_MUST(wb_coro_read_exactly(p.b, rest, 7, WB_FOREVER));
    assert_memory_equal(rest, "longer ", 7);
    WB_MUST(wb_coro_read_exactly(p.b, rest, 6, WB_FOREVER));
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), 3);
    assert_string_equal(line, "hat");
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), 4);
    assert_string_equal(line, "last");
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), -EPIPE);
    close_pair(&p);
    open_pair(&p); /* too long already, whatever comes: no need to wait */
    WB_MUST(wb_coro_write(p.a, "12345678", 8));
    assert_int_equal(wb_coro_read_line(p.b, line, 8, WB_FOREVER), -EMSGSIZE);
    close_pair(&p);
    return 0;
}

static void test_lines_are_cut_at_newlines(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(read_lines, NULL), 0);
}

static int read_long_line(void *arg)
{
    enum { LONG = 5000 }; /* more than is kept of a line at first */
    struct pair p;
    char sent[LONG + 2], line[LONG + 1];
    (void)arg;
    open_pair(&p);
    memset(sent, 'x', LONG);
    strcpy(sent + LONG, "\n");
    WB_MUST(wb_coro_write(p.a, sent, LONG + 1));
    assert_int_equal(wb_coro_read_line(p.b, line, LONG, WB_FOREVER), -EMSGSIZE);
    assert_int_equal(wb_coro_read_line(p.b, line, LONG + 1, WB_FOREVER), LONG);
    assert_memory_equal(line, sent, LONG);
    close_pair(&p);
    return 0;
}

static void test_a_line_may_be_as_long_as_its_room(void **state)
{
    (void)state;
    assert_int_equal(wb_coro_run(read_long_line, NULL), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_close_in_the_middle_of_a_read),
    cmocka_unit_test(test_lines_are_cut_at_newlines),
    cmocka_unit_test(test_a_line_may_be_as_long_as_its_room),
};

WB_TEST_MAIN(tests)
