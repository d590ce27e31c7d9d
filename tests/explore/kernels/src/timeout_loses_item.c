/* The wait ran out of time, yet the item is there: who looks at the return
 * value instead of the predicate leaves it lying.
 * expect: assertion "taken == given" */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

static int item, given, taken;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t full = PTHREAD_COND_INITIALIZER;

static void *take(void *arg)
{
    struct timespec until = { .tv_sec = 1 };
    int rc = 0;

    pthread_mutex_lock(&mu);
    while (item == 0 && rc == 0)
        rc = pthread_cond_timedwait(&full, &mu, &until);
#ifdef FIXED
    if (item != 0)
#else
    if (rc == 0)
#endif
        taken++;
    given = item; /* what comes later is not this taker's */
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, take, NULL);
    pthread_mutex_lock(&mu);
    item++;
    pthread_cond_signal(&full);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    assert(taken == given);
    return 0;
}
