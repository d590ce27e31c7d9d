/* Each of three threads holds one lock and waits for the next.
 * expect: deadlock "T3 waits for" */
#include <pthread.h>

enum { N = 3 };

static pthread_mutex_t mu[N] = { PTHREAD_MUTEX_INITIALIZER,
                                 PTHREAD_MUTEX_INITIALIZER,
                                 PTHREAD_MUTEX_INITIALIZER };
static int numbers[N] = { 0, 1, 2 };

static void *worker(void *arg)
{
    int first = *(int *)arg, second = (first + 1) % N;

#ifdef FIXED
    if (second < first) {
        second = first;
        first = 0;
    }
#endif
    pthread_mutex_lock(&mu[first]);
    pthread_mutex_lock(&mu[second]);
    pthread_mutex_unlock(&mu[second]);
    pthread_mutex_unlock(&mu[first]);
    return NULL;
}

int main(void)
{
    pthread_t t[N];

    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, worker, &numbers[i]);
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    return 0;
}
