/* A mutex in memory that was used before, and that nobody initialises.
 *
 * expect: assertion "never initialised" */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t *mu;
static int counter;

static void *add(void *arg)
{
    pthread_mutex_lock(mu);
    counter++;
    pthread_mutex_unlock(mu);
    return arg;
}

int main(void)
{
    pthread_t thread;

    mu = malloc(sizeof(*mu));
    memset(mu, 0x5a, sizeof(*mu));
#ifdef FIXED
    pthread_mutex_init(mu, NULL);
#endif
    pthread_create(&thread, NULL, add, NULL);
    add(NULL);
    pthread_join(thread, NULL);
    free(mu);
    return counter != 2;
}
