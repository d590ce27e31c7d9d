/* A list grows into a new block while a reader still walks the old block.
 * expect: use-after-free "items" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int *_Atomic items;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *grow(void *arg)
{
    atomic_int *old, *more = calloc(4, sizeof(*more));

    pthread_mutex_lock(&mu);
    old = items;
    more[1] = old[1];
    items = more;
    free(old);
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    atomic_int *mine;
    pthread_t t;

    items = calloc(2, sizeof(*items));
    pthread_create(&t, NULL, grow, NULL);
    pthread_mutex_lock(&mu);
    mine = items;
#ifdef FIXED
    mine[1]++;
    pthread_mutex_unlock(&mu);
#else
    pthread_mutex_unlock(&mu);
    mine[1]++;
#endif
    pthread_join(t, NULL);
    free(items);
    return 0;
}
