/* Two threads close the same end of a pipe, and each believes to be the only
 * one. One of them gets an error, whoever that is.
 * expect: assertion "closed[0] == 0 && closed[1] == 0" */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static int ends[2], closed[2];

static void *shut(void *result)
{
    *(int *)result = close(ends[1]);
    return NULL;
}

int main(void)
{
    pthread_t other;
    char byte;

    if (pipe(ends) != 0 || pthread_create(&other, NULL, shut, &closed[0]) != 0)
        return 1;
    shut(&closed[1]);
    pthread_join(other, NULL);
#ifdef FIXED
    assert(closed[0] + closed[1] == -1);
#else
    assert(closed[0] == 0 && closed[1] == 0);
#endif
    assert(read(ends[0], &byte, 1) == 0);
    return close(ends[0]);
}
