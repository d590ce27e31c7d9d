/* The flag is set before the message is written.
 * expect: data-race "message" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static int message;
static atomic_bool ready;

static void *publish(void *arg)
{
    (void)arg;
#ifdef FIXED
    message = 42;
    ready = true;
#else
    ready = true;
    message = 42;
#endif
    return NULL;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, publish, NULL);
    while (!ready)
        continue;
    assert(message == 42);
    pthread_join(t, NULL);
    return 0;
}
