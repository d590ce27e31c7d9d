/* Both threads find the pointer set, and both free what it points to.
 * expect: double-free "frees" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static char *_Atomic buffer;

static void *clean_up(void *arg)
{
#ifdef FIXED
    free(atomic_exchange(&buffer, NULL));
#else
    char *mine = buffer;

    if (mine != NULL) {
        buffer = NULL;
        free(mine);
    }
#endif
    return arg;
}

int main(void)
{
    pthread_t t;

    buffer = malloc(16);
    pthread_create(&t, NULL, clean_up, NULL);
    clean_up(NULL);
    pthread_join(t, NULL);
    return 0;
}
