/* A listener is called under the lock and calls back into the object.
 * expect: deadlock "itself" */
#include <pthread.h>

static int value;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static int get(void)
{
    int v;

    pthread_mutex_lock(&mu);
    v = value;
    pthread_mutex_unlock(&mu);
    return v;
}

static void set(int v, int (*listener)(void))
{
    pthread_mutex_lock(&mu);
    value = v;
#ifdef FIXED
    pthread_mutex_unlock(&mu);
    listener();
#else
    listener();
    pthread_mutex_unlock(&mu);
#endif
}

static void *worker(void *arg)
{
    set(2, get);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    set(1, get);
    pthread_join(t, NULL);
    return 0;
}
