/* Double-checked locking with a plain pointer: nothing orders the writes that
 * fill the object before the reader that finds the pointer set.
 * expect: data-race "instance" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

struct object {
    int value;
};

static struct object storage;
#ifdef FIXED
static struct object *_Atomic instance;
#define GET()  atomic_load_explicit(&instance, memory_order_acquire)
#define SET(p) atomic_store_explicit(&instance, (p), memory_order_release)
#else
static struct object *instance;
#define GET()  instance
#define SET(p) (instance = (p))
#endif
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *use(void *arg)
{
    (void)arg;
    if (GET() == NULL) {
        pthread_mutex_lock(&mu);
        if (GET() == NULL) {
            storage.value = 7;
            SET(&storage);
        }
        pthread_mutex_unlock(&mu);
    }
    assert(GET()->value == 7);
    return NULL;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, use, NULL);
    pthread_create(&b, NULL, use, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
