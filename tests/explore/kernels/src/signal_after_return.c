/* Main waits for a flag in a structure on the stack of the function that it
 * then returns from. A signal after the unlock may come when that is gone.
 * expect: use-after-free "after the call it belongs to has returned" */
#include <pthread.h>
#include <stdbool.h>

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

static pthread_t run(void)
{
    struct done d = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
                      false };
    pthread_t t;

    pthread_create(&t, NULL, worker, &d);
    pthread_mutex_lock(&d.mu);
    while (!d.is_set)
        pthread_cond_wait(&d.ready, &d.mu);
    pthread_mutex_unlock(&d.mu);
    return t;
}

int main(void)
{
    pthread_t t = run();

    pthread_join(t, NULL);
    return 0;
}
