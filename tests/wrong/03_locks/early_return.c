/* The early return for too little money forgets to unlock.
 *
 * rejected: deadlock | leaked-lock "bank.mu" */
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
    if (!exists(from) || !exists(to) || amount <= 0)
        return -EINVAL;
    pthread_mutex_lock(&b->mu);
    if (b->account[from].balance < amount)
        return -EAGAIN;
    b->account[from].balance -= amount;
    b->account[to].balance += amount;
    pthread_mutex_unlock(&b->mu);
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

    pthread_mutex_lock(&b->mu);
    for (int i = 0; i < ACCOUNTS; i++)
        total += b->account[i].balance;
    pthread_mutex_unlock(&b->mu);
    return total;
}
