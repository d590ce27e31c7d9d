/* A pair is written half by half; a reader sees one new half and one old.
 * expect: assertion "low == high" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static struct {
    atomic_int low, high;
} pair;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *write_pair(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mu);
    pair.low = 1;
    pair.high = 1;
    pthread_mutex_unlock(&mu);
    return NULL;
}

int main(void)
{
    pthread_t t;
    int low, high;

    pthread_create(&t, NULL, write_pair, NULL);
#ifdef FIXED
    pthread_mutex_lock(&mu);
#endif
    low = pair.low;
    high = pair.high;
#ifdef FIXED
    pthread_mutex_unlock(&mu);
#endif
    assert(low == high);
    pthread_join(t, NULL);
    return 0;
}
