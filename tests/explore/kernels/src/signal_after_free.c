/* The waiter frees what it waited for; a signal after the unlock may come
 * later.
 * expect: use-after-free "ready" */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct done {
    pthread_mutex_t mu;
    pthread_cond_t ready;
    bool is_set;
};

static void *worker(void *arg)
{
    struct done *d = arg;

    pthread_mutex_lock(&d->mu);
    d->is_set = true;
#ifdef FIXED
    pthread_cond_signal(&d->ready);
    pthread_mutex_unlock(&d->mu);
#else
    pthread_mutex_unlock(&d->mu);
    pthread_cond_signal(&d->ready);
#endif
    return NULL;
}

int main(void)
{
    struct done *d = malloc(sizeof(*d));
    pthread_t t;

    pthread_mutex_init(&d->mu, NULL);
    pthread_cond_init(&d->ready, NULL);
    d->is_set = false;
    pthread_create(&t, NULL, worker, d);
    pthread_mutex_lock(&d->mu);
    while (!d->is_set)
        pthread_cond_wait(&d->ready, &d->mu);
    pthread_mutex_unlock(&d->mu);
    free(d);
    pthread_join(t, NULL);
    return 0;
}
