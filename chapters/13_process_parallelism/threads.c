/* Two threads that only compute, and how many of them do so at once.
 *
 * Compiled with -DONE_LOCK, each step needs a lock that all share, as each
 * step of a Python program does. Without it nothing is shared, as in any C
 * program that does not ask for it.
 *
 * Prove:   ./workbook explore 13 threads -DONE_LOCK
 *          ./workbook explore 13 threads
 * Next:    exercise.h */
#include <pthread.h>
#include <stdio.h>

#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/verdict.h"

static struct wb_gauge computing = WB_GAUGE_INIT;

/* region: step */
#ifdef ONE_LOCK
static pthread_mutex_t interpreter = PTHREAD_MUTEX_INITIALIZER;
#define BEGIN_STEP() WB_MUST(pthread_mutex_lock(&interpreter))
#define END_STEP()   WB_MUST(pthread_mutex_unlock(&interpreter))
#else
#define BEGIN_STEP() ((void)0)
#define END_STEP()   ((void)0)
#endif

static long step(long x)
{
    BEGIN_STEP();
    wb_gauge_enter(&computing);
    x = x % 2 == 0 ? x / 2 : 3 * x + 1;
    wb_gauge_leave(&computing);
    END_STEP();
    return x;
}
/* endregion: step */

static void *compute(void *number)
{
    long x = *(long *)number;

    while (x != 1)
        x = step(x);
    return NULL;
}

int main(void)
{
    static long numbers[] = { 2, 4 };
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_create(&threads[i], NULL, compute, &numbers[i]));
    for (int i = 0; i < 2; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    int most = wb_gauge_peak(&computing);
    WB_JUDGE(most == 1, WB_ASSERTION, "%d threads were computing at once",
             most);
    puts("one thread was computing at a time");
    return 0;
}
