/* Thread-specific data that no destructor frees when its thread ends.
 * expect: leaked-memory "never freed" */
#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;

static void *worker(void *arg)
{
    pthread_setspecific(key, malloc(8));
    return arg;
}

int main(void)
{
    pthread_t a, b;

#ifdef FIXED
    pthread_key_create(&key, free);
#else
    pthread_key_create(&key, NULL);
#endif
    pthread_create(&a, NULL, worker, NULL);
    pthread_create(&b, NULL, worker, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    pthread_key_delete(key);
    return 0;
}
