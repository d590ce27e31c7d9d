/* Main polls under a lock, and lets go of it between two looks. That ends
 * whenever the other thread gets its turn, unless nobody says that it is done.
 * polls
 * expect: livelock "b->c" */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

struct box {
    pthread_mutex_t mu;
    int count;
    bool closed;
};

static void *worker(void *arg)
{
    struct box *b = arg;

    pthread_mutex_lock(&b->mu);
#ifdef FIXED
    b->count = 1;
#endif
    pthread_mutex_unlock(&b->mu);
    return NULL;
}

int main(void)
{
    struct box *b = calloc(1, sizeof(*b));
    pthread_t t;

    pthread_mutex_init(&b->mu, NULL);
    pthread_create(&t, NULL, worker, b);
    pthread_mutex_lock(&b->mu);
    while (b->count == 0 && !b->closed) {
        pthread_mutex_unlock(&b->mu);
        sched_yield();
        pthread_mutex_lock(&b->mu);
    }
    pthread_mutex_unlock(&b->mu);
    pthread_join(t, NULL);
    free(b);
    return 0;
}
