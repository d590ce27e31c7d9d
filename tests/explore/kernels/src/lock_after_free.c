/* Whoever comes last frees the object. One thread asks who is last before it
 * has the lock, so it may lock what is gone.
 * expect: use-after-free "mu" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct shared {
    pthread_mutex_t mu;
    int total;
};

static atomic_int users = 2;

static void *use(void *arg)
{
    struct shared *s = arg;

#ifndef FIXED
    int left = atomic_fetch_sub(&users, 1);
#endif

    pthread_mutex_lock(&s->mu);
    s->total++;
    pthread_mutex_unlock(&s->mu);
#ifdef FIXED
    int left = atomic_fetch_sub(&users, 1);
#endif
    if (left == 1) {
        pthread_mutex_destroy(&s->mu);
        free(s);
    }
    return NULL;
}

int main(void)
{
    struct shared *s = malloc(sizeof(*s));
    pthread_t t;

    pthread_mutex_init(&s->mu, NULL);
    s->total = 0;
    pthread_create(&t, NULL, use, s);
    use(s);
    pthread_join(t, NULL);
    return 0;
}
