#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A bank whose accounts many threads use at the same time.
 *
 * Implement the five functions in exercise.c. Any thread may call
 * bank_transfer(), bank_balance() and bank_total() at any time between
 * bank_init() and bank_destroy(). Each call must look to every other thread as
 * if it happened all at once. So no money is made or lost, no balance is ever
 * seen below zero, and a total that is taken while a transfer goes on is the
 * same total.
 *
 * There is a lock for the whole bank, and one in each account. You need not use
 * both kinds: the lock of the bank is enough. If you use those of the accounts
 * instead, two transfers in opposite directions must not wait for each other
 * for ever.
 */

#include <pthread.h>

enum { ACCOUNTS = 3 };

struct account {
    pthread_mutex_t mu; /* for you to use, or not */
    long balance;       /* guarded by mu of the bank, or by this mu: you say */
};

struct bank {
    pthread_mutex_t mu;
    struct account account[ACCOUNTS];
};

/**
 * Open the bank.
 * @param opening  what each account holds, copied; none is below zero, and
 *                 their sum fits in a long
 * @return 0 or a negative errno
 */
int bank_init(struct bank *b, const long opening[ACCOUNTS]);

/** Release what bank_init() took. Nobody uses the bank any more. */
void bank_destroy(struct bank *b);

/**
 * Move amount from one account to another, or nothing. From an account to
 * itself is allowed: the same rules hold, and it changes no balance.
 * @return 0; -EINVAL if there is no such account or amount is not above zero;
 * -EAGAIN if from holds less than amount. Unless it returns 0 nothing has
 * changed.
 */
int bank_transfer(struct bank *b, int from, int to, long amount);

/** @return what the account holds, or -EINVAL if there is no such account. */
long bank_balance(struct bank *b, int account);

/** @return what all accounts hold together, at one moment. */
long bank_total(struct bank *b);

#endif
