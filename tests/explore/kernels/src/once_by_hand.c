/* "First come, initialise" with an atomic flag: the second thread does not
 * initialise, and does not wait for the first either.
 * expect: data-race "table" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static int table;

static void fill(void)
{
    table = 3;
}

static void init(void)
{
#ifdef FIXED
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill);
#else
    static atomic_bool begun;

    if (!atomic_exchange(&begun, true))
        fill();
#endif
}

static void *use(void *arg)
{
    init();
    assert(table == 3);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, use, NULL);
    use(NULL);
    pthread_join(t, NULL);
    return 0;
}
