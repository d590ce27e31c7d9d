/* A lock for each account, taken in the order of the arguments: two transfers
 * in opposite directions wait for each other.
 *
 * rejected: deadlock "account" */
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
    pthread_mutex_lock(&b->account[from].mu);
    if (to != from)
        pthread_mutex_lock(&b->account[to].mu);
    if (b->account[from].balance >= amount) {
        b->account[from].balance -= amount;
        b->account[to].balance += amount;
        result = 0;
    }
    if (to != from)
        pthread_mutex_unlock(&b->account[to].mu);
    pthread_mutex_unlock(&b->account[from].mu);
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
