/* The judge of exercise 10. It takes any file that implements exercise.h.
 * booth.h has what the scenes are made of. */
#include "booth.h"

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
    say(a, "\n"); /* nothing, but no end either */
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
