/* A share of a lock that is taken twice must be given back twice.
 * expect: leaked-lock "rw, locked by T1" */
#include <pthread.h>

static int value;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static int look(void)
{
    int now;

    pthread_rwlock_rdlock(&rw);
    now = value;
#ifdef FIXED
    pthread_rwlock_unlock(&rw);
#endif
    return now;
}

static void *compare(void *arg)
{
    int before, after;

    pthread_rwlock_rdlock(&rw);
    before = value;
    after = look();
    pthread_rwlock_unlock(&rw);
    return before == after ? arg : &value;
}

int main(void)
{
    pthread_t t;
    void *changed;

    pthread_create(&t, NULL, compare, NULL);
    pthread_join(t, &changed);
    return changed != NULL;
}
