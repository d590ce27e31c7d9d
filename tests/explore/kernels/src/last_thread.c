/* main leaves by pthread_exit, and the last of its threads ends the program:
 * nobody has freed what they shared.
 * expect: leaked-memory "never freed" */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int *shared, users = 2;

static void *worker(void *arg)
{
    pthread_mutex_lock(&mu);
    *shared += 1;
    users--;
#ifndef FIXED
    if (users == 0)
        shared = NULL;
#endif
    pthread_mutex_unlock(&mu);
    return arg;
}

static void clean_up(void)
{
    free(shared);
    shared = NULL;
}

int main(void)
{
    pthread_t t;

    atexit(clean_up);
    shared = calloc(1, sizeof(*shared));
    for (int i = 0; i < 2; i++) {
        pthread_create(&t, NULL, worker, NULL);
        pthread_detach(t);
    }
    pthread_exit(NULL);
}
