/* A constructor starts a thread, and main begins without asking it.
 * expect: data-race "table" */
#include <pthread.h>
#include <stdlib.h>

static int *table;
static pthread_t loader;

static void *load(void *arg)
{
    table[0] = 42;
    return arg;
}

__attribute__((constructor)) static void begin(void)
{
    table = calloc(4, sizeof(int));
    pthread_create(&loader, NULL, load, NULL);
}

__attribute__((destructor)) static void end(void)
{
    free(table);
}

int main(void)
{
    int first;

#ifdef FIXED
    pthread_join(loader, NULL);
#endif
    first = table[0];
#ifndef FIXED
    pthread_join(loader, NULL);
#endif
    return first != 42;
}
