/* The array has room for so many, and the number of the last is one too large:
 * malloc would not have noticed.
 *
 * expect: crash "more than that is written" */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

static bool *seen;

static void *see(void *arg)
{
#ifdef FIXED
    seen[2] = true;
#else
    seen[3] = true;
#endif
    return arg;
}

int main(void)
{
    pthread_t thread;

    seen = calloc(3, sizeof(*seen));
    pthread_create(&thread, NULL, see, NULL);
    pthread_join(thread, NULL);
    free(seen);
    return 0;
}
