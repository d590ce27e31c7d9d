/* Two flags of one struct, each with its own thread: as bit-fields they are
 * one object, and each write writes both.
 * expect: data-race "flags" */
#include <pthread.h>
#include <stdbool.h>

static struct {
#ifdef FIXED
    bool left, right;
#else
    unsigned left : 1, right : 1;
#endif
} flags;

static void *worker(void *arg)
{
    flags.right = 1;
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    flags.left = 1;
    pthread_join(t, NULL);
    return !flags.left || !flags.right;
}
