/* The pointer is looked at twice: it may be set to NULL in between.
 * expect: crash "reads through a null pointer: config (" */
#include <pthread.h>
#include <stdatomic.h>

struct config {
    int value;
};

static struct config only;
static struct config *_Atomic config = &only;

static void *reset(void *arg)
{
    config = NULL;
    return arg;
}

static int look(void)
{
#ifdef FIXED
    struct config *c = config;

    return c != NULL ? c->value : 0;
#else
    return config != NULL ? config->value : 0;
#endif
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, reset, NULL);
    look();
    pthread_join(t, NULL);
    return 0;
}
