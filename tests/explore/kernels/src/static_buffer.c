/* A function that answers in a static buffer, called by two threads.
 * expect: data-race "buffer" */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(int n)
{
#ifdef FIXED
    static _Thread_local char buffer[8];
#else
    static char buffer[8];
#endif

    snprintf(buffer, sizeof(buffer), "%d", n);
    return buffer;
}

static void *worker(void *arg)
{
    return strlen(text_of(10)) == 2 ? NULL : arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    text_of(1);
    pthread_join(t, NULL);
    return 0;
}
