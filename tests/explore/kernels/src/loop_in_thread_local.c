/* A loop that reads the same value each time counts its rounds where only its
 * own thread sees it: it ends. One that does not count never does.
 * expect: livelock "go" */
#include <pthread.h>
#include <stdatomic.h>

static atomic_bool go;
static _Thread_local int rounds;

static void *worker(void *arg)
{
    register int left = 6;

    while (rounds < 5 && !go)
#ifdef FIXED
        rounds++;
#else
        continue;
#endif
    while (left > 0 && !go)
        left--;
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_join(t, NULL);
    return 0;
}
