/* Transfers and totals hold the lock; bank_balance does without, since one
 * atomic number is whole by itself. It meets money under way.
 *
 * rejected: wrong-answer "money had left account 0 and was not in account 1" */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>

static bool exists(int account)
{
    return account >= 0 && account < ACCOUNTS;
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
    int result = -EAGAIN;

    if (!exists(from) || !exists(to) || amount <= 0)
        return -EINVAL;
    pthread_mutex_lock(&b->mu);
    if (b->account[from].balance >= amount) {
        __atomic_fetch_sub(&b->account[from].balance, amount, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&b->account[to].balance, amount, __ATOMIC_SEQ_CST);
        result = 0;
    }
    pthread_mutex_unlock(&b->mu);
    return result;
}

long bank_balance(struct bank *b, int account)
{
    if (!exists(account))
        return -EINVAL;
    return __atomic_load_n(&b->account[account].balance, __ATOMIC_SEQ_CST);
}

long bank_total(struct bank *b)
{
    long total = 0;

    pthread_mutex_lock(&b->mu);
    for (int i = 0; i < ACCOUNTS; i++)
        total += b->account[i].balance;
    pthread_mutex_unlock(&b->mu);
    return total;
}
