/* Every balance is atomic, and nothing is spent twice. A transfer is still two
 * operations, and a total is three.
 *
 * rejected: wrong-answer "bank_total met money under way" */
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
        __atomic_store_n(&b->account[i].balance, opening[i], __ATOMIC_SEQ_CST);
    return 0;
}

void bank_destroy(struct bank *b)
{
    (void)b;
}

int bank_transfer(struct bank *b, int from, int to, long amount)
{
    if (!exists(from) || !exists(to) || amount <= 0)
        return -EINVAL;
    long held = __atomic_load_n(&b->account[from].balance, __ATOMIC_SEQ_CST);
    do {
        if (held < amount)
            return -EAGAIN;
    } while (!__atomic_compare_exchange_n(&b->account[from].balance, &held,
                                          held - amount, false,
                                          __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    __atomic_fetch_add(&b->account[to].balance, amount, __ATOMIC_SEQ_CST);
    return 0;
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

    for (int i = 0; i < ACCOUNTS; i++)
        total += bank_balance(b, i);
    return total;
}
