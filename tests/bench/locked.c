/* Three threads, each a dozen operations: four times a lock, a write to plain
 * memory that the lock guards, and an unlock. */
#include <pthread.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int last;

static void *run(void *arg)
{
    for (int i = 0; i < 4; i++) {
        pthread_mutex_lock(&mu);
        last = i;
        pthread_mutex_unlock(&mu);
    }
    return arg;
}

int main(void)
{
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
