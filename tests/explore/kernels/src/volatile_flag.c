/* volatile keeps the read in the loop and orders nothing between threads.
 * expect: data-race "done" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifdef FIXED
static atomic_bool done;
#else
static volatile bool done;
#endif
static int result;

static void *worker(void *arg)
{
    result = 5;
    done = true;
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    while (!done)
        continue;
    assert(result == 5);
    pthread_join(t, NULL);
    return 0;
}
