/* A barrier made by hand: the last to come sets the count back, and a fast
 * thread is in the next round before a slow one has seen that. Both wait for
 * a count that is never reached. A generation tells the rounds apart.
 * expect: deadlock "all_here" */
#include <pthread.h>

enum { N = 2 };

static int count, generation;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;

static void barrier(void)
{
    pthread_mutex_lock(&mu);
    int mine = generation;

    if (++count == N) {
        count = 0;
        generation++;
        pthread_cond_broadcast(&all_here);
    }
#ifdef FIXED
    while (mine == generation)
#else
    while (count != 0 && mine <= generation)
#endif
        pthread_cond_wait(&all_here, &mu);
    pthread_mutex_unlock(&mu);
}

static void *worker(void *arg)
{
    barrier();
    barrier();
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    worker(NULL);
    pthread_join(t, NULL);
    return 0;
}
