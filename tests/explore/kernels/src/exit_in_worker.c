/* A worker that finds a fault ends the whole process with status 1, in the
 * middle of what the others do.
 * expect: wrong-answer "exits with status 1" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int input = 1, failed;

static void *worker(void *arg)
{
    if (input == 0) {
#ifdef FIXED
        failed = 1;
        return arg;
#else
        exit(1);
#endif
    }
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    input = 0;
    pthread_join(t, NULL);
    return failed > 1;
}
