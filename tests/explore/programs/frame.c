/* Fails if a function can see what another one has left on the stack. */
#include <pthread.h>
#include <string.h>

enum { BYTES = 512 };

static void leave(void)
{
    memset(__builtin_alloca(BYTES), 1, BYTES);
}

static int look(void)
{
    const char *found = __builtin_alloca(BYTES);

    return memchr(found, 1, BYTES) != NULL;
}

static void *do_both(void *unused)
{
    leave();
    return look() ? &unused : NULL;
}

int main(void)
{
    pthread_t t;
    void *seen;

    pthread_create(&t, NULL, do_both, NULL);
    pthread_join(t, &seen);
    return seen != NULL || do_both(NULL) != NULL;
}
