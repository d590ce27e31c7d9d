/* A lock for each account, in ascending order, and not a thought for a transfer
 * from an account to itself: it waits for its own lock.
 *
 * rejected: deadlock "account[1].mu" */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>

static bool exists(int account)
{
    return account >= 0 && account < ACCOUNTS;
}

int bank_init(struct bank *b, const long opening[ACCOUNTS])
{
    for (int i = 0; i < ACCOUNTS; i++) {
        pthread_mutex_init(&b->account[i].mu, NULL);
        b->account[i].balance = opening[i];
    }
    return 0;
}

void bank_destroy(struct bank *b)
{
    for (int i = 0; i < ACCOUNTS; i++)
        pthread_mutex_destroy(&b->account[i].mu);
}

int bank_transfer(struct bank *b, int from, int to, long amount)
{
    int result = -EAGAIN;

    if (!exists(from) || !exists(to) || amount <= 0)
        return -EINVAL;
    int low = from < to ? from : to, high = from < to ? to : from;
    pthread_mutex_lock(&b->account[low].mu);
    pthread_mutex_lock(&b->account[high].mu);
    if (b->account[from].balance >= amount) {
        b->account[from].balance -= amount;
        b->account[to].balance += amount;
        result = 0;
    }
    pthread_mutex_unlock(&b->account[high].mu);
    pthread_mutex_unlock(&b->account[low].mu);
    return result;
}

long bank_balance(struct bank *b, int account)
{
    if (!exists(account))
        return -EINVAL;
    pthread_mutex_lock(&b->account[account].mu);
    long balance = b->account[account].balance;
    pthread_mutex_unlock(&b->account[account].mu);
    return balance;
}

long bank_total(struct bank *b)
{
    long total = 0;

    for (int i = 0; i < ACCOUNTS; i++)
        pthread_mutex_lock(&b->account[i].mu);
    for (int i = 0; i < ACCOUNTS; i++)
        total += b->account[i].balance;
    for (int i = 0; i < ACCOUNTS; i++)
        pthread_mutex_unlock(&b->account[i].mu);
    return total;
}
