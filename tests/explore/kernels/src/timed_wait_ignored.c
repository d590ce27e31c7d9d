/* A wait that ran out of time is taken for one that was woken.
 * expect: assertion "done" */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

static bool done;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
    pthread_mutex_lock(&mu);
    done = true;
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    struct timespec until;
    pthread_t t;
    int rc = 0;

    pthread_create(&t, NULL, worker, NULL);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&mu);
    while (!done && rc == 0)
        rc = pthread_cond_timedwait(&ready, &mu, &until);
#ifdef FIXED
    if (rc != ETIMEDOUT)
#endif
        assert(done);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    return 0;
}
