/* Three threads count to nine under a lock, or, with -DRACE, just beside it. */
#include <pthread.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int n;

static void *count(void *unused)
{
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&mu);
#ifndef RACE
        n++;
#endif
        pthread_mutex_unlock(&mu);
#ifdef RACE
        n++;
#endif
    }
    return unused;
}

int main(void)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, count, NULL);
    count(NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
