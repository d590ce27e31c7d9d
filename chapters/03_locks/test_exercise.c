/* The judge of exercise 03. It takes any file that implements exercise.h.
 *
 * It is judged in the explorer: this file is compiled a second time together
 * with the candidate, with WB_EXPLORED, and then is the small program below.
 * Every interleaving of each of its scenes is run, so a mistake is found in the
 * one in which it shows, and a lock that is never released cannot hang the
 * judge.
 */
#ifndef WB_EXPLORED

#include "check.h"
#include "wb/testkit.h"

/* The first failure is the verdict, so the scenes after it are not played. */
static bool failed;

static void every_order(void **scene)
{
    const char *files[] = { __FILE__, wb_candidate_source() };
    const char *name = *scene;

    if (failed)
        skip();
    failed = true;
    wbx_check_clean(&(struct wbx_options){
        .files = files,
        .nfiles = 2,
        WBX_CFLAGS("-DWB_EXPLORED", "-I" WB_CHAPTER_DIR),
        .args = &name,
        .nargs = 1,
    });
    failed = false;
}

static const struct CMUnitTest tests[] = {
    { "test_two_customers_for_one_seat", every_order, NULL, NULL,
      (void *)"one-seat" },
    { "test_a_pair_against_a_single_seat", every_order, NULL, NULL,
      (void *)"pair" },
    { "test_one_after_the_other", every_order, NULL, NULL, (void *)"alone" },
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/verdict.h"

static struct row row;
static int booked[2];  /* what each box office was told */
static int seen_early; /* seats sold before the second one sold any */

static void *sell_one_seat(void *arg)
{
    int office = (int)(intptr_t)arg;

    booked[office] = row_book(&row, 1, office + 1);
    return NULL;
}

static void *sell_a_pair(void *arg)
{
    booked[0] = row_book_pair(&row, 0, 1);
    return arg;
}

static void *look_and_sell(void *arg)
{
    seen_early = row_sold(&row);
    booked[1] = row_book(&row, 1, 2);
    return arg;
}

static void run(void *(*first)(void *), void *(*second)(void *))
{
    pthread_t offices[2];

    WB_MUST(row_init(&row));
    WB_MUST(pthread_create(&offices[0], NULL, first, (void *)0));
    WB_MUST(pthread_create(&offices[1], NULL, second, (void *)1));
    WB_MUST(pthread_join(offices[0], NULL));
    WB_MUST(pthread_join(offices[1], NULL));
}

static int judge_single_seats(void)
{
    const int nowhere[] = { -1, SEATS, INT_MAX, INT_MIN };

    WB_JUDGE(row_init(&row) == 0, WB_WRONG_ANSWER, "row_init failed");
    WB_JUDGE(row_book(&row, 1, 7) == 0 && row.owner[1] == 7, WB_WRONG_ANSWER,
             "a free seat could not be booked");
    WB_JUDGE(row_book(&row, 1, 8) == -EBUSY && row.owner[1] == 7,
             WB_WRONG_ANSWER,
             "a seat was sold again, long after it had been sold");
    for (int i = 0; i < 4; i++)
        WB_JUDGE(row_book(&row, nowhere[i], 7) == -EINVAL, WB_WRONG_ANSWER,
                 "booking seat %d did not give -EINVAL", nowhere[i]);
    WB_JUDGE(row_sold(&row) == 1, WB_WRONG_ANSWER,
             "one seat is sold, row_sold says %d", row_sold(&row));
    row_destroy(&row);
    return 0;
}

static int judge_pairs(void)
{
    WB_JUDGE(row_init(&row) == 0, WB_WRONG_ANSWER, "row_init failed");
    WB_JUDGE(row_book_pair(&row, 2, 7) == 0 && row.owner[2] == 7 &&
                 row.owner[3] == 7 && row_sold(&row) == 2,
             WB_WRONG_ANSWER, "two free seats could not be booked as a pair");
    WB_JUDGE(row_book_pair(&row, 1, 8) == -EBUSY && row.owner[1] == NOBODY &&
                 row_sold(&row) == 2,
             WB_WRONG_ANSWER,
             "seats 1 and 2 were booked as a pair, but 2 was taken");
    WB_JUDGE(row_book_pair(&row, SEATS - 1, 8) == -EINVAL &&
                 row_book_pair(&row, -1, 8) == -EINVAL && row_sold(&row) == 2,
             WB_WRONG_ANSWER, "a pair beyond the end of the row was sold");
    row_destroy(&row);
    return 0;
}

static int judge_two_customers_for_one_seat(void)
{
    run(sell_one_seat, sell_one_seat);
    WB_JUDGE(booked[0] != 0 || booked[1] != 0, WB_WRONG_ANSWER,
             "both customers were sold seat 1");
    WB_JUDGE(booked[0] == 0 || booked[1] == 0, WB_WRONG_ANSWER,
             "seat 1 was free and nobody got it");
    WB_JUDGE(row.owner[1] == (booked[0] == 0 ? 1 : 2), WB_WRONG_ANSWER,
             "seat 1 went to the one who was turned away");
    WB_JUDGE(row_sold(&row) == 1, WB_WRONG_ANSWER,
             "one seat is sold, row_sold says %d", row_sold(&row));
    row_destroy(&row);
    return 0;
}

static int judge_pair_against_single(void)
{
    run(sell_a_pair, look_and_sell);
    WB_JUDGE(seen_early == 0 || seen_early == 2, WB_WRONG_ANSWER,
             "half a pair was seen: row_sold gave %d", seen_early);
    WB_JUDGE(booked[0] != 0 || booked[1] != 0, WB_WRONG_ANSWER,
             "a pair and one of its seats were both sold");
    WB_JUDGE(booked[0] == 0 || booked[1] == 0, WB_WRONG_ANSWER,
             "a pair and one of its seats were both refused");
    WB_JUDGE(row_sold(&row) == (booked[0] == 0 ? 2 : 1), WB_WRONG_ANSWER,
             "a booking that failed left %d seats sold", row_sold(&row));
    row_destroy(&row);
    return 0;
}

/* Without an argument: what two box offices do to each other. */
int main(int argc, char **argv)
{
    const char *scene = argc > 1 ? argv[1] : "one-seat";

    if (strcmp(scene, "alone") == 0)
        return judge_single_seats() || judge_pairs();
    if (strcmp(scene, "pair") == 0)
        return judge_pair_against_single();
    return judge_two_customers_for_one_seat();
}

#endif
