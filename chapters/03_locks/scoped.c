/* A lock that is given back however the function is left.
 *
 * Two clerks want the last ticket, and selling can end in three places. Here
 * the lock belongs to a variable: when that goes out of scope, by whichever
 * return, the compiler calls give_back. With -DBY_HAND each way out unlocks
 * by itself, and one of them forgets to.
 *
 * Prove:   ./workbook explore 03 scoped
 *          ./workbook explore 03 scoped -DBY_HAND
 * Next:    short.c */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "wb/base.h"

enum { CLERKS = 2, TICKETS = 1 };

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int left = TICKETS; /* guarded by mu */

#ifndef BY_HAND
/* region: scoped */
static void give_back(pthread_mutex_t **held)
{
    pthread_mutex_unlock(*held);
}

static int sell(int n)
{
    pthread_mutex_lock(&mu);
    __attribute__((cleanup(give_back), unused)) pthread_mutex_t *held = &mu;

    if (n < 1)
        return -EINVAL;
    if (left < n)
        return -EAGAIN;
    left -= n;
    return 0;
}
/* endregion: scoped */
#else
/* region: by_hand */
static int sell(int n)
{
    int rc = 0;

    pthread_mutex_lock(&mu);
    if (n < 1)
        rc = -EINVAL;
    else if (left < n)
        return -EAGAIN;
    else
        left -= n;
    pthread_mutex_unlock(&mu);
    return rc;
}
/* endregion: by_hand */
#endif

static void *clerk(void *told)
{
    *(int *)told = sell(1);
    return NULL;
}

int main(void)
{
    pthread_t threads[CLERKS];
    int told[CLERKS], sold = 0;

    for (int i = 0; i < CLERKS; i++)
        WB_MUST(pthread_create(&threads[i], NULL, clerk, &told[i]));
    for (int i = 0; i < CLERKS; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    for (int i = 0; i < CLERKS; i++)
        sold += told[i] == 0;
    printf("%d clerks wanted a ticket, %d got one\n", CLERKS, sold);
    return sold == TICKETS ? 0 : 1;
}
