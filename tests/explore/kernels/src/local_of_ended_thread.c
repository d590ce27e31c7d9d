/* A thread publishes the address of its local variable and ends.
 * expect: use-after-free "it belongs to has" */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int *published;

static void *publish(void *arg)
{
#ifdef FIXED
    static int value;
#else
    int value;
#endif

    pthread_mutex_lock(&mu);
    value = 7;
    published = &value;
    pthread_mutex_unlock(&mu);
    return arg;
}

static void *use(void *arg)
{
    pthread_mutex_lock(&mu);
    if (published != NULL)
        *published = 8;
    pthread_mutex_unlock(&mu);
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, publish, NULL);
    pthread_create(&b, NULL, use, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
