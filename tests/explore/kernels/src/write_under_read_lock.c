/* Two threads write while they hold a share of a read-write lock.
 * expect: data-race "hits" */
#include <pthread.h>

static int hits;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void *look_up(void *arg)
{
#ifdef FIXED
    pthread_rwlock_wrlock(&rw);
#else
    pthread_rwlock_rdlock(&rw);
#endif
    hits++;
    pthread_rwlock_unlock(&rw);
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, look_up, NULL);
    pthread_create(&b, NULL, look_up, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
