/* A reader ends without giving back its share, which the writer waits for.
 * expect: leaked-lock "rw, locked by T1" */
#include <pthread.h>

static int value;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void *read_value(void *arg)
{
    int old;

    pthread_rwlock_rdlock(&rw);
    old = value;
#ifndef FIXED
    if (old == 0)
        return arg;
#endif
    pthread_rwlock_unlock(&rw);
    return old ? arg : NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, read_value, NULL);
    pthread_join(t, NULL);
    pthread_rwlock_wrlock(&rw);
    value = 1;
    pthread_rwlock_unlock(&rw);
    return 0;
}
