/* A loop forgets the lock on one path and takes it again on the next round.
 * expect: deadlock "itself" */
#include <pthread.h>

static int work[2] = { 0, 1 };
static int done;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *run(void *arg)
{
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&mu);
        if (work[i] == 0) {
#ifdef FIXED
            pthread_mutex_unlock(&mu);
#endif
            continue;
        }
        done++;
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, run, NULL);
    run(NULL);
    pthread_join(t, NULL);
    return 0;
}
