/* Each thread raises its flag and waits for the other to lower its own: both
 * may wait for ever. Peterson adds whose turn it is.
 * expect: livelock "wants" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool wants[2];
static atomic_int turn;
static int inside;

static void enter(int me)
{
    wants[me] = true;
#ifdef FIXED
    turn = 1 - me;
    while (wants[1 - me] && turn == 1 - me)
        continue;
#else
    (void)turn;
    while (wants[1 - me])
        continue;
#endif
    inside++;
    wants[me] = false;
}

static void *worker(void *arg)
{
    enter(1);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    enter(0);
    pthread_join(t, NULL);
    return 0;
}
