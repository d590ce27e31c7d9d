/* Both threads hold a lock, but not the same one.
 * expect: data-race "total" */
#include <pthread.h>

struct account {
    pthread_mutex_t mu;
    int balance;
};

static struct account accounts[2] = { { PTHREAD_MUTEX_INITIALIZER, 1 },
                                      { PTHREAD_MUTEX_INITIALIZER, 1 } };
static pthread_mutex_t total_mu = PTHREAD_MUTEX_INITIALIZER;
static int total;

static void *count(void *arg)
{
    struct account *a = arg;
    int mine;

    pthread_mutex_lock(&a->mu);
    mine = a->balance;
#ifndef FIXED
    total += mine;
#endif
    pthread_mutex_unlock(&a->mu);
#ifdef FIXED
    pthread_mutex_lock(&total_mu);
    total += mine;
    pthread_mutex_unlock(&total_mu);
#endif
    return NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, count, &accounts[0]);
    count(&accounts[1]);
    pthread_join(t, NULL);
    pthread_mutex_destroy(&total_mu);
    return 0;
}
