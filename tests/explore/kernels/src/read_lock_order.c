/* A reader wants the journal and the writer of the journal wants the table:
 * each holds what the other waits for.
 * expect: deadlock "main waits for table held by T1" */
#include <pthread.h>

static int rows, lines;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *note(void *arg)
{
    pthread_rwlock_rdlock(&table);
    pthread_mutex_lock(&journal);
    lines += rows;
    pthread_mutex_unlock(&journal);
    pthread_rwlock_unlock(&table);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, note, NULL);
#ifdef FIXED
    pthread_rwlock_wrlock(&table);
    pthread_mutex_lock(&journal);
#else
    pthread_mutex_lock(&journal);
    pthread_rwlock_wrlock(&table);
#endif
    rows++;
    lines++;
    pthread_mutex_unlock(&journal);
    pthread_rwlock_unlock(&table);
    pthread_join(t, NULL);
    return 0;
}
