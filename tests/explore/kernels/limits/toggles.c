/* Two threads each change what the other looks at, until main says stop. In
 * theory main need never get its turn. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool stop;
static int light; /* guarded by mu */

static void *toggle(void *arg)
{
    while (!atomic_load(&stop)) {
        pthread_mutex_lock(&mu);
        light = !light;
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, toggle, NULL);
    pthread_create(&b, NULL, toggle, NULL);
    atomic_store(&stop, true);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
