/* A loop that waits for a plain variable: the compiler may read it once.
 * expect: data-race "done" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifdef FIXED
static atomic_bool done;
#else
static bool done;
#endif

static void *worker(void *arg)
{
    done = true;
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    while (!done)
        continue;
    pthread_join(t, NULL);
    return 0;
}
