/* Exercise 03: move money without making any.
 *
 * rejected: wrong-answer "account 0 paid out its money twice"
 *
 * Every access to a balance is locked here, and no data race is left. Still
 * the same money can be spent twice. Find out how:
 *
 *     ./workbook check 03
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>

static bool exists(int account)
{
    return account >= 0 && account < ACCOUNTS;
}

static void change(struct bank *b, int account, long by)
{
    pthread_mutex_lock(&b->mu);
    b->account[account].balance += by;
    pthread_mutex_unlock(&b->mu);
}

int bank_init(struct bank *b, const long opening[ACCOUNTS])
{
    for (int i = 0; i < ACCOUNTS; i++)
        b->account[i].balance = opening[i];
    return -pthread_mutex_init(&b->mu, NULL);
}

void bank_destroy(struct bank *b)
{
    pthread_mutex_destroy(&b->mu);
}

int bank_transfer(struct bank *b, int from, int to, long amount)
{
    if (!exists(from) || !exists(to) || amount <= 0)
        return -EINVAL;
    if (bank_balance(b, from) < amount)
        return -EAGAIN;
    change(b, from, -amount);
    change(b, to, amount);
    return 0;
}

long bank_balance(struct bank *b, int account)
{
    if (!exists(account))
        return -EINVAL;
    pthread_mutex_lock(&b->mu);
    long balance = b->account[account].balance;
    pthread_mutex_unlock(&b->mu);
    return balance;
}

long bank_total(struct bank *b)
{
    long total = 0;

    for (int i = 0; i < ACCOUNTS; i++)
        total += bank_balance(b, i);
    return total;
}
