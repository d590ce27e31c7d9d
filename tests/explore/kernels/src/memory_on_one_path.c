/* Whoever loses the race to install the buffer forgets to free his own.
 * expect: leaked-memory "never freed" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static char *_Atomic buffer;

static void *install(void *arg)
{
    char *mine = malloc(16), *none = NULL;

    if (!atomic_compare_exchange_strong(&buffer, &none, mine)) {
#ifdef FIXED
        free(mine);
#endif
    }
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, install, NULL);
    install(NULL);
    pthread_join(t, NULL);
    free(buffer);
    return 0;
}
