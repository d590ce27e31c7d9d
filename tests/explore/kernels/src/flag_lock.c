/* A lock made of one flag that is first looked at and then set lets two
 * threads in at once.
 * expect: data-race "inside" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool taken;
static int inside;

static void *enter(void *arg)
{
#ifdef FIXED
    while (atomic_exchange(&taken, true))
        continue;
#else
    while (taken)
        continue;
    taken = true;
#endif
    inside++;
    taken = false;
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, enter, NULL);
    pthread_create(&b, NULL, enter, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
