/* Two threads block each other; a third ends, and the program looks alive.
 * expect: deadlock "held by T" */
#include <pthread.h>

static pthread_mutex_t mu_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t mu_b = PTHREAD_MUTEX_INITIALIZER;
static int ticks;

static void *forwards(void *arg)
{
    pthread_mutex_lock(&mu_a);
    pthread_mutex_lock(&mu_b);
    pthread_mutex_unlock(&mu_b);
    pthread_mutex_unlock(&mu_a);
    return arg;
}

static void *backwards(void *arg)
{
#ifdef FIXED
    return forwards(arg);
#else
    pthread_mutex_lock(&mu_b);
    pthread_mutex_lock(&mu_a);
    pthread_mutex_unlock(&mu_a);
    pthread_mutex_unlock(&mu_b);
    return arg;
#endif
}

static void *tick(void *arg)
{
    ticks++;
    return arg;
}

int main(void)
{
    pthread_t a, b, c;

    pthread_create(&a, NULL, forwards, NULL);
    pthread_create(&b, NULL, backwards, NULL);
    pthread_create(&c, NULL, tick, NULL);
    pthread_join(c, NULL);
    pthread_join(b, NULL);
    pthread_join(a, NULL);
    return 0;
}
