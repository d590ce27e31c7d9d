/* Philosophers who try for the right fork again and again, and keep the left
 * one meanwhile. One who backs off and comes back later, in at most two
 * rounds here, blocks nobody.
 * expect: livelock "forks" */
#include <pthread.h>
#include <stdbool.h>

enum { N = 3 };

static pthread_mutex_t forks[N] = { PTHREAD_MUTEX_INITIALIZER,
                                    PTHREAD_MUTEX_INITIALIZER,
                                    PTHREAD_MUTEX_INITIALIZER };
static int seats[N] = { 0, 1, 2 };

static bool try_both(int left, int right)
{
    pthread_mutex_lock(&forks[left]);
    while (pthread_mutex_trylock(&forks[right]) != 0) {
#ifdef FIXED
        pthread_mutex_unlock(&forks[left]);
        return false;
#endif
    }
    pthread_mutex_unlock(&forks[right]);
    pthread_mutex_unlock(&forks[left]);
    return true;
}

static void *dine(void *arg)
{
    int left = *(int *)arg, right = (left + 1) % N;

    if (!try_both(left, right))
        try_both(left, right);
    return NULL;
}

int main(void)
{
    pthread_t t[N];

    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, dine, &seats[i]);
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    return 0;
}
