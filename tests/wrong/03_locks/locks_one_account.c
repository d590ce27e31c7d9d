/* A lock for each account, and a transfer takes only one, that of the lower
 * number. Opposite transfers use the same one, and whoever reads takes all. Two
 * transfers into one account still meet there.
 *
 * rejected: data-race "account[2].balance" */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>

static bool exists(int account)
{
    return account >= 0 && account < ACCOUNTS;
}

static void lock_all(struct bank *b)
{
    for (int i = 0; i < ACCOUNTS; i++)
        pthread_mutex_lock(&b->account[i].mu);
}

static void unlock_all(struct bank *b)
{
    for (int i = 0; i < ACCOUNTS; i++)
        pthread_mutex_unlock(&b->account[i].mu);
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
    pthread_mutex_t *mu = &b->account[from < to ? from : to].mu;
    pthread_mutex_lock(mu);
    if (b->account[from].balance >= amount) {
        b->account[from].balance -= amount;
        b->account[to].balance += amount;
        result = 0;
    }
    pthread_mutex_unlock(mu);
    return result;
}

long bank_balance(struct bank *b, int account)
{
    if (!exists(account))
        return -EINVAL;
    lock_all(b);
    long balance = b->account[account].balance;
    unlock_all(b);
    return balance;
}

long bank_total(struct bank *b)
{
    long total = 0;

    lock_all(b);
    for (int i = 0; i < ACCOUNTS; i++)
        total += b->account[i].balance;
    unlock_all(b);
    return total;
}
