/* Mistakes, and with -DGOOD or -DATOMIC their repairs: the repair is to be
 * followed on the schedule that shows the mistake. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifdef ATOMIC
static atomic_int counter;
#else
static int counter;
#endif
static int *item;
static pthread_mutex_t mu_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mu_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
    (void)arg;
#if defined(UPDATE)
#ifdef GOOD
    pthread_mutex_lock(&mu_a);
#endif
    counter++;
#ifdef GOOD
    pthread_mutex_unlock(&mu_a);
#endif
#elif defined(ORDER)
#ifdef GOOD
    pthread_mutex_lock(&mu_a);
    pthread_mutex_lock(&mu_b);
#else
    pthread_mutex_lock(&mu_b);
    pthread_mutex_lock(&mu_a);
#endif
    pthread_mutex_unlock(&mu_a);
    pthread_mutex_unlock(&mu_b);
#elif defined(WAKEUP)
#ifdef GOOD
    pthread_mutex_lock(&mu_a);
#endif
    __atomic_store_n(&counter, 1, __ATOMIC_SEQ_CST);
    pthread_cond_signal(&ready);
#ifdef GOOD
    pthread_mutex_unlock(&mu_a);
#endif
#elif defined(JOIN)
    *item = 1;
#endif
    return NULL;
}

int main(void)
{
    pthread_t t;

    item = malloc(sizeof(*item));
    pthread_create(&t, NULL, worker, NULL);
#if defined(UPDATE)
    worker(NULL);
#elif defined(ORDER)
    pthread_mutex_lock(&mu_a);
    pthread_mutex_lock(&mu_b);
    pthread_mutex_unlock(&mu_b);
    pthread_mutex_unlock(&mu_a);
#elif defined(WAKEUP)
    pthread_mutex_lock(&mu_a);
    while (__atomic_load_n(&counter, __ATOMIC_SEQ_CST) == 0)
        pthread_cond_wait(&ready, &mu_a);
    pthread_mutex_unlock(&mu_a);
#elif defined(JOIN) && defined(GOOD)
    pthread_join(t, NULL);
#endif
    free(item);
#if !defined(JOIN) || !defined(GOOD)
    pthread_join(t, NULL);
#endif
    return 0;
}
