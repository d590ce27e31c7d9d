/* To count down and to look at the count are two steps: both owners may see
 * zero and both free the object.
 * expect: double-free "frees" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int count = 2;
static int *object;

static void *drop(void *arg)
{
#ifdef FIXED
    if (atomic_fetch_sub(&count, 1) == 1)
        free(object);
#else
    atomic_fetch_sub(&count, 1);
    if (count == 0)
        free(object);
#endif
    return arg;
}

int main(void)
{
    pthread_t t;

    object = malloc(sizeof(*object));
    pthread_create(&t, NULL, drop, NULL);
    drop(NULL);
    pthread_join(t, NULL);
    return 0;
}
