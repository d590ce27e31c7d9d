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
    { "test_money_is_spent_once", every_order, NULL, NULL, (void *)"spend" },
    { "test_no_money_is_seen_under_way", every_order, NULL, NULL,
      (void *)"watch" },
    { "test_no_account_is_left_too_early", every_order, NULL, NULL,
      (void *)"around" },
    { "test_a_refusal_changes_nothing", every_order, NULL, NULL,
      (void *)"refuse" },
    { "test_opposite_transfers", every_order, NULL, NULL, (void *)"opposite" },
    { "test_transfers_into_one_account", every_order, NULL, NULL,
      (void *)"collect" },
    { "test_one_after_the_other", every_order, NULL, NULL, (void *)"alone" },
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/verdict.h"

/* A transfer that one thread makes, and what it was told. */
struct order {
    int from, to;
    long amount;
    int told;
};

static struct bank bank;
static struct order orders[2];

/* What somebody saw who looked while a transfer went on. */
static long seen_from, seen_to, seen_total;

static void *transfer(void *arg)
{
    struct order *o = arg;

    o->told = bank_transfer(&bank, o->from, o->to, o->amount);
    return NULL;
}

static void *look(void *arg)
{
    seen_from = bank_balance(&bank, 0);
    seen_to = bank_balance(&bank, 1);
    seen_total = bank_total(&bank);
    return arg;
}

static void *add_up(void *arg)
{
    seen_total = bank_total(&bank);
    return arg;
}

static void *look_and_transfer(void *arg)
{
    seen_from = bank_balance(&bank, 0);
    return transfer(arg);
}

static void run(void *(*first)(void *), void *(*second)(void *))
{
    pthread_t clients[2];

    WB_MUST(pthread_create(&clients[0], NULL, first, &orders[0]));
    WB_MUST(pthread_create(&clients[1], NULL, second, &orders[1]));
    WB_MUST(pthread_join(clients[0], NULL));
    WB_MUST(pthread_join(clients[1], NULL));
}

/* At rest: every balance as expected, and bank_total their sum. */
static int judge_balances(long a, long b, long c)
{
    const long expected[ACCOUNTS] = { a, b, c };

    for (int i = 0; i < ACCOUNTS; i++)
        WB_JUDGE(bank_balance(&bank, i) == expected[i], WB_WRONG_ANSWER,
                 "account %d should hold %ld in the end, it holds %ld", i,
                 expected[i], bank_balance(&bank, i));
    WB_JUDGE(bank_total(&bank) == a + b + c, WB_WRONG_ANSWER,
             "the accounts hold %ld together, bank_total says %ld", a + b + c,
             bank_total(&bank));
    return 0;
}

/* The only money there is, wanted by two. */
static int judge_spend(void)
{
    orders[0] = (struct order){ .from = 0, .to = 1, .amount = 10 };
    orders[1] = (struct order){ .from = 0, .to = 2, .amount = 10 };
    run(transfer, transfer);

    bool first = orders[0].told == 0, second = orders[1].told == 0;
    WB_JUDGE(!first || !second, WB_WRONG_ANSWER,
             "account 0 paid out its money twice");
    WB_JUDGE(first || second, WB_WRONG_ANSWER,
             "account 0 held enough, and both transfers were refused");
    WB_JUDGE(orders[first ? 1 : 0].told == -EAGAIN, WB_WRONG_ANSWER,
             "a transfer of too much gave %d, not -EAGAIN",
             orders[first ? 1 : 0].told);
    return judge_balances(0, first ? 10 : 0, first ? 0 : 10);
}

/* Somebody looks while money moves from account 0 to account 1. */
static int judge_watch(void)
{
    orders[0] = (struct order){ .from = 0, .to = 1, .amount = 10 };
    run(transfer, look);

    WB_JUDGE(seen_total == 15, WB_WRONG_ANSWER,
             "bank_total met money under way: %ld, not 15", seen_total);
    WB_JUDGE((seen_from == 10 || seen_from == 0) &&
                 (seen_to == 0 || seen_to == 10),
             WB_WRONG_ANSWER, "balances of %ld and %ld were seen", seen_from,
             seen_to);
    WB_JUDGE(seen_from == 10 || seen_to == 10, WB_WRONG_ANSWER,
             "money had left account 0 and was not in account 1");
    WB_JUDGE(orders[0].told == 0, WB_WRONG_ANSWER,
             "account 0 held enough, and the transfer was refused");
    return judge_balances(0, 10, 5);
}

/* Money goes round the account in the middle: who adds up account by account
 * holds neither of the two for a moment, if he locks the next before he gives
 * the last one back. */
static int judge_around(void)
{
    orders[0] = (struct order){ .from = 0, .to = 2, .amount = 10 };
    run(transfer, add_up);

    WB_JUDGE(seen_total == 15, WB_WRONG_ANSWER,
             "bank_total met money under way: %ld, not 15", seen_total);
    return judge_balances(0, 5, 10);
}

/* One asks for more than there is, the other for all there is. */
static int judge_refuse(void)
{
    orders[0] = (struct order){ .from = 0, .to = 1, .amount = 11 };
    orders[1] = (struct order){ .from = 0, .to = 2, .amount = 10 };
    run(transfer, look_and_transfer);

    WB_JUDGE(seen_from == 10, WB_WRONG_ANSWER,
             "a transfer that was refused could be seen: account 0 held %ld",
             seen_from);
    WB_JUDGE(orders[0].told == -EAGAIN, WB_WRONG_ANSWER,
             "a transfer of too much gave %d, not -EAGAIN", orders[0].told);
    WB_JUDGE(orders[1].told == 0, WB_WRONG_ANSWER,
             "account 0 held enough, and the transfer was refused");
    return judge_balances(0, 0, 10);
}

static int judge_both_succeed(long a, long b, long c)
{
    run(transfer, transfer);
    WB_JUDGE(orders[0].told == 0 && orders[1].told == 0, WB_WRONG_ANSWER,
             "both accounts held enough, and a transfer was refused");
    return judge_balances(a, b, c);
}

static int judge_opposite(void)
{
    orders[0] = (struct order){ .from = 0, .to = 1, .amount = 3 };
    orders[1] = (struct order){ .from = 1, .to = 0, .amount = 4 };
    return judge_both_succeed(11, 9, 0);
}

static int judge_collect(void)
{
    orders[0] = (struct order){ .from = 0, .to = 2, .amount = 3 };
    orders[1] = (struct order){ .from = 1, .to = 2, .amount = 4 };
    return judge_both_succeed(7, 6, 7);
}

static int judge_refusals(void)
{
    const int nowhere[] = { -1, ACCOUNTS, INT_MAX, INT_MIN };
    const long amounts[] = { 0, -1, LONG_MIN };

    for (int i = 0; i < 4; i++)
        WB_JUDGE(bank_transfer(&bank, nowhere[i], 1, 1) == -EINVAL &&
                     bank_transfer(&bank, 0, nowhere[i], 1) == -EINVAL &&
                     bank_balance(&bank, nowhere[i]) == -EINVAL,
                 WB_WRONG_ANSWER, "account %d did not give -EINVAL",
                 nowhere[i]);
    for (int i = 0; i < 3; i++)
        WB_JUDGE(bank_transfer(&bank, 0, 1, amounts[i]) == -EINVAL,
                 WB_WRONG_ANSWER, "a transfer of %ld did not give -EINVAL",
                 amounts[i]);
    WB_JUDGE(bank_transfer(&bank, 0, 1, 11) == -EAGAIN &&
                 bank_transfer(&bank, 0, 1, LONG_MAX) == -EAGAIN,
             WB_WRONG_ANSWER, "a transfer of too much did not give -EAGAIN");
    WB_JUDGE(bank_transfer(&bank, 1, 1, 21) == -EAGAIN, WB_WRONG_ANSWER,
             "account 1 sent itself more than it holds");
    return judge_balances(10, 20, 30);
}

static int judge_alone(void)
{
    if (judge_balances(10, 20, 30) || judge_refusals())
        return 1;
    WB_JUDGE(bank_transfer(&bank, 1, 1, 20) == 0, WB_WRONG_ANSWER,
             "a transfer from account 1 to itself was refused");
    if (judge_balances(10, 20, 30))
        return 1;
    WB_JUDGE(bank_transfer(&bank, 2, 0, 30) == 0, WB_WRONG_ANSWER,
             "account 2 could not pay out all it holds");
    return judge_balances(40, 20, 0);
}

static const struct scene {
    const char *name;
    int (*judge)(void);
    long opening[ACCOUNTS];
} scenes[] = {
    { "spend", judge_spend, { 10, 0, 0 } },
    { "watch", judge_watch, { 10, 0, 5 } },
    { "around", judge_around, { 10, 5, 0 } },
    { "refuse", judge_refuse, { 10, 0, 0 } },
    { "opposite", judge_opposite, { 10, 10, 0 } },
    { "collect", judge_collect, { 10, 10, 0 } },
    { "alone", judge_alone, { 10, 20, 30 } },
};

static int play(const struct scene *scene)
{
    /* Memory is not zero because it is new. */
    memset(&bank, 0x5a, sizeof(bank));
    WB_JUDGE(bank_init(&bank, scene->opening) == 0, WB_WRONG_ANSWER,
             "bank_init failed");
    if (scene->judge())
        return 1;
    bank_destroy(&bank);
    return 0;
}

/* Without an argument: two want the same money. */
int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "spend";

    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
        if (strcmp(scenes[i].name, name) == 0)
            return play(&scenes[i]);
    return 2;
}

#endif
