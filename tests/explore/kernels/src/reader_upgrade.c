/* Two readers want to become writers, and neither lets go of its share.
 * expect: deadlock "T1 waits for rw held by T2" */
#include <pthread.h>

static int value;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void *raise_value(void *arg)
{
    int old;

    pthread_rwlock_rdlock(&rw);
    old = value;
#ifdef FIXED
    pthread_rwlock_unlock(&rw);
#endif
    pthread_rwlock_wrlock(&rw);
    if (value == old)
        value++;
    pthread_rwlock_unlock(&rw);
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, raise_value, NULL);
    pthread_create(&b, NULL, raise_value, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
