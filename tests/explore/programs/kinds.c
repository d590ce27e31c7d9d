/* One failure of each kind, chosen by its macro. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct item {
    int a, b;
};

static struct item *item;
static atomic_int flag;
static bool done;
static pthread_mutex_t mu_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mu_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
    (void)arg;
#if defined(DEADLOCK)
    pthread_mutex_lock(&mu_b);
    pthread_mutex_lock(&mu_a);
    pthread_mutex_unlock(&mu_a);
    pthread_mutex_unlock(&mu_b);
#elif defined(LOST_WAKEUP)
    pthread_cond_signal(&ready);
#elif defined(LIVELOCK)
    while (flag == 0)
        ;
#elif defined(LEAKED_LOCK)
    pthread_mutex_lock(&mu_a);
#elif defined(USE_AFTER_FREE)
    free(item);
#endif
    return NULL;
}

int main(void)
{
    pthread_t t;

    item = malloc(sizeof(*item));
    pthread_create(&t, NULL, worker, NULL);
#if defined(DEADLOCK)
    pthread_mutex_lock(&mu_a);
    pthread_mutex_lock(&mu_b);
    pthread_mutex_unlock(&mu_b);
    pthread_mutex_unlock(&mu_a);
#elif defined(LOST_WAKEUP)
    pthread_mutex_lock(&mu_a);
    while (!done) {
        pthread_cond_wait(&ready, &mu_a);
        done = true;
    }
    pthread_mutex_unlock(&mu_a);
#endif
#if !defined(LEAKED_THREAD)
    pthread_join(t, NULL);
#endif
#if defined(USE_AFTER_FREE)
    item->b = 1;
#elif defined(LEAKED_MEMORY)
    item = NULL;
#else
    free(item);
#endif
#if defined(CRASH)
    abort();
#endif
    printf("done %d %d\n", done, flag);
    return 0;
}
