/* Two threads add to one counter; an addition between the other's read and
 * write is lost.
 * expect: data-race "counter" */
#include <assert.h>
#include <pthread.h>

static int counter;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *add(void *arg)
{
    (void)arg;
#ifdef FIXED
    pthread_mutex_lock(&mu);
#endif
    counter++;
#ifdef FIXED
    pthread_mutex_unlock(&mu);
#endif
    return NULL;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, add, NULL);
    pthread_create(&b, NULL, add, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    pthread_mutex_destroy(&mu);
    assert(counter == 2);
    return 0;
}
