/* What alloca() gives lives no longer than a local variable, and takes the
 * place of what it gave before.
 * expect: use-after-free "after the call it belongs to has returned" */
#include <alloca.h>
#include <pthread.h>
#include <string.h>

static void *fill(void *scratch)
{
    memset(scratch, 1, 4);
    return NULL;
}

static pthread_t lend(size_t size)
{
    char *scratch = alloca(size);
    pthread_t t;

    pthread_create(&t, NULL, fill, scratch);
#ifdef FIXED
    pthread_join(t, NULL);
    memset(scratch, 2, size);
#endif
    return t;
}

int main(void)
{
    for (size_t size = 128; size >= 64; size -= 64) {
        pthread_t t = lend(size);
#ifdef FIXED
        (void)t;
#else
        pthread_join(t, NULL);
#endif
    }
    return 0;
}
