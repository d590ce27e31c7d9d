/* The lock is one only if the memory happened to be zero before.
 *
 * rejected: assertion "never initialised" */
#include "exercise.h"

#include <errno.h>

static int ok(int a)
{
    return a >= 0 && a < ACCOUNTS;
}

int bank_init(struct bank *b, const long opening[ACCOUNTS])
{
    for (int i = 0; i < ACCOUNTS; i++)
        b->account[i].balance = opening[i];
    return 0;
}

void bank_destroy(struct bank *b)
{
    pthread_mutex_destroy(&b->mu);
}

int bank_transfer(struct bank *b, int from, int to, long amount)
{
    if (!ok(from) || !ok(to) || amount <= 0)
        return -EINVAL;
    pthread_mutex_lock(&b->mu);
    if (b->account[from].balance < amount) {
        pthread_mutex_unlock(&b->mu);
        return -EAGAIN;
    }
    b->account[from].balance -= amount;
    b->account[to].balance += amount;
    pthread_mutex_unlock(&b->mu);
    return 0;
}

long bank_balance(struct bank *b, int account)
{
    if (!ok(account))
        return -EINVAL;
    pthread_mutex_lock(&b->mu);
    long balance = b->account[account].balance;
    pthread_mutex_unlock(&b->mu);
    return balance;
}

long bank_total(struct bank *b)
{
    pthread_mutex_lock(&b->mu);
    long total = 0;
    for (int i = 0; i < ACCOUNTS; i++)
        total += b->account[i].balance;
    pthread_mutex_unlock(&b->mu);
    return total;
}
