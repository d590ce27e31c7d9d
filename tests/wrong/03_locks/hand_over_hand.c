/* The total goes from account to account and locks the next before it gives the
 * last one back. What it has added up may be moved to where it has not been.
 *
 * rejected: wrong-answer "bank_total met money under way: 25, not 15" */
#include "exercise.h"

#include <errno.h>

int bank_init(struct bank *b, const long opening[ACCOUNTS])
{
    for (int i = 0; i < ACCOUNTS; i++) {
        int rc = pthread_mutex_init(&b->account[i].mu, NULL);
        if (rc != 0)
            return -rc;
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
    if (from < 0 || from >= ACCOUNTS || to < 0 || to >= ACCOUNTS || amount <= 0)
        return -EINVAL;
    int lo = from < to ? from : to, hi = from < to ? to : from, rc = -EAGAIN;
    pthread_mutex_lock(&b->account[lo].mu);
    if (hi != lo)
        pthread_mutex_lock(&b->account[hi].mu);
    if (b->account[from].balance >= amount) {
        b->account[from].balance -= amount;
        b->account[to].balance += amount;
        rc = 0;
    }
    if (hi != lo)
        pthread_mutex_unlock(&b->account[hi].mu);
    pthread_mutex_unlock(&b->account[lo].mu);
    return rc;
}

long bank_balance(struct bank *b, int a)
{
    if (a < 0 || a >= ACCOUNTS)
        return -EINVAL;
    pthread_mutex_lock(&b->account[a].mu);
    long x = b->account[a].balance;
    pthread_mutex_unlock(&b->account[a].mu);
    return x;
}

long bank_total(struct bank *b)
{
    long t = 0;
    for (int i = 0; i < ACCOUNTS; i++) {
        pthread_mutex_lock(&b->account[i].mu);
        if (i > 0)
            pthread_mutex_unlock(&b->account[i - 1].mu);
        t += b->account[i].balance;
    }
    pthread_mutex_unlock(&b->account[ACCOUNTS - 1].mu);
    return t;
}
