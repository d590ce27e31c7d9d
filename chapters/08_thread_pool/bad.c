/* A shopkeeper adds up what her shops have taken today, a thread for each.
 *
 * Symptom: the total changes from run to run, and is too small; of a shop that
 *          cannot be reached nobody hears.
 * Cause:   nobody waits for the threads. Detached, they cannot be joined, and
 *          what they return, an error as well, goes nowhere.
 * Provoke: ./workbook explore 08 bad --all -- 1
 *          ./workbook explore 08 bad --all -- 1 1
 * Next:    good.c */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/verdict.h"

enum { MAX_SHOPS = 64 };

static struct shop {
    int number;
    long taken;
} shops[MAX_SHOPS];

static int closed; /* the number of a shop that cannot be reached, or 0 */

/* region: ask */
static int ask(struct shop *s)
{
    if (s->number == closed)
        return -EHOSTDOWN;
    s->taken = 100L * s->number; /* stands for a call over the network */
    return 0;
}
/* endregion: ask */

/* region: task */
static void *ask_shop(void *arg)
{
    ask(arg);
    return NULL;
}
/* endregion: task */

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 2, told = 0;
    long total = 0;

    closed = argc > 2 ? atoi(argv[2]) : 0;
    if (n < 1 || n > MAX_SHOPS)
        wb_die("usage: %s [SHOPS [CLOSED]]", argv[0]);
    /* region: main */
    for (int i = 0; i < n; i++) {
        pthread_t thread;

        shops[i].number = i + 1;
        WB_MUST(pthread_create(&thread, NULL, ask_shop, &shops[i]));
        WB_MUST(pthread_detach(thread));
    }
    for (int i = 0; i < n; i++)
        total += shops[i].taken;
    /* endregion: main */
    printf("%d shops have taken %ld\n", n, total);
    long right = 50L * n * (n + 1) - 100L * closed;
    WB_JUDGE(total == right, WB_WRONG_ANSWER, "the total is %ld, not %ld",
             total, right);
    WB_JUDGE(told == (closed > 0), WB_WRONG_ANSWER,
             "shop %d could not be reached, and nobody was told", closed);
    return 0;
}
